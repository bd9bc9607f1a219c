"""What waits in the morning."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk.reports.hours import Night
from desk.tables import AgentRow, ContactRow, ConversationRow, PromiseRow, SlaMarkRow, TicketRow
from desk.tickets.model import DONE
from zhtext.secrets import mask_secrets

_SHOWN = 200  # rows of one table


def waiting(session: Session, now: datetime) -> list[dict[str, Any]]:
    """Conversations that wait for a human, longest first, with the open hand-off that they wait for."""
    query = (
        select(ConversationRow.id, ConversationRow.channel, ContactRow.id, ContactRow.name)
        .add_columns(TicketRow.number, TicketRow.created_at)
        .join(ContactRow, ContactRow.id == ConversationRow.contact_id)
        .outerjoin(
            TicketRow,
            (TicketRow.conversation_id == ConversationRow.id) & TicketRow.handoff & TicketRow.status.not_in(DONE),
        )
        .where(ConversationRow.state == "waiting")
        .order_by(func.coalesce(TicketRow.created_at, ConversationRow.updated_at), ConversationRow.id)
        .limit(_SHOWN)
    )
    return [
        {
            "channel": channel,
            "contact": name,
            "contact_id": contact_id,
            "number": number,
            "since": since.isoformat() if since else None,
            "minutes": int((now - since).total_seconds() // 60) if since else None,
        }
        for _, channel, contact_id, name, number, since in session.execute(query)
    ]


def marks(session: Session, night: Night) -> list[dict[str, Any]]:
    """Warnings, escalations and breaches of the night."""
    query = (
        select(SlaMarkRow.mark, SlaMarkRow.kind, SlaMarkRow.due_at)
        .add_columns(TicketRow.number, TicketRow.priority, TicketRow.summary)
        .join(TicketRow, TicketRow.id == SlaMarkRow.ticket_id)
        .where(SlaMarkRow.created_at >= night.since, SlaMarkRow.created_at < night.until)
        .order_by(SlaMarkRow.created_at, TicketRow.id, SlaMarkRow.kind, SlaMarkRow.mark)
    )
    return [
        {
            "mark": mark,
            "clock": clock,
            "due_at": due_at.isoformat(),
            "number": number,
            "priority": priority,
            "summary": mask_secrets(summary).text,
        }
        for mark, clock, due_at, number, priority, summary in session.execute(query)
    ]


def promises(session: Session, ends: datetime, now: datetime) -> list[dict[str, Any]]:
    """What was promised until the end of the day."""
    query = (
        select(PromiseRow.text, PromiseRow.due_at, TicketRow.number, AgentRow.name)
        .join(TicketRow, TicketRow.id == PromiseRow.ticket_id)
        .outerjoin(AgentRow, AgentRow.id == TicketRow.assignee_id)
        .where(PromiseRow.state == "open", PromiseRow.due_at < ends)
        .order_by(PromiseRow.due_at, PromiseRow.id)
        .limit(_SHOWN)
    )
    return [
        _due(number, mask_secrets(text).text, due_at, agent, now)
        for text, due_at, number, agent in session.execute(query)
    ]


def next_contacts(session: Session, ends: datetime, now: datetime) -> list[dict[str, Any]]:
    """Customers to be called until the end of the day."""
    query = (
        select(TicketRow, AgentRow.name)
        .outerjoin(AgentRow, AgentRow.id == TicketRow.assignee_id)
        .where(TicketRow.next_contact_at < ends, TicketRow.status.not_in(DONE))
        .order_by(TicketRow.next_contact_at, TicketRow.id)
        .limit(_SHOWN)
    )
    return [
        _due(row.number, mask_secrets(row.next_contact_note or row.summary).text, row.next_contact_at, agent, now)
        for row, agent in session.execute(query)
        if row.next_contact_at is not None
    ]


def _due(number: str, text: str, due_at: datetime, agent: str | None, now: datetime) -> dict[str, Any]:
    return {"number": number, "text": text, "due_at": due_at.isoformat(), "agent": agent, "overdue": due_at < now}
