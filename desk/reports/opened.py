"""Tickets of a night, and what was done about the urgent ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from desk.reports.hours import Night
from desk.tables import AccountRow, AgentRow, ContactRow, TicketEventRow, TicketRow
from zhtext.secrets import mask_secrets

_DONE_KINDS = ("assigned", "replied", "moved", "resolved", "closed", "sla_escalated", "sla_breached", "queued")


def opened(session: Session, night: Night) -> list[dict[str, Any]]:
    """What was opened in the night."""
    return _tickets(session, TicketRow.created_at >= night.since, TicketRow.created_at < night.until)


def _tickets(session: Session, *where: Any) -> list[dict[str, Any]]:
    """By priority, then oldest first, with the people around them."""
    query = (
        select(TicketRow, ContactRow.name, AccountRow.name, AgentRow.name)
        .join(ContactRow, ContactRow.id == TicketRow.contact_id)
        .outerjoin(AccountRow, AccountRow.id == TicketRow.account_id)
        .outerjoin(AgentRow, AgentRow.id == TicketRow.assignee_id)
        .where(*where)
        .order_by(TicketRow.priority, TicketRow.created_at, TicketRow.id)
    )
    return [_ticket(row, *names) for row, *names in session.execute(query)]


def _ticket(row: TicketRow, contact: str | None, company: str | None, agent: str | None) -> dict[str, Any]:
    return {
        "number": row.number,
        "priority": row.priority,
        "status": row.status,
        "category": row.category,
        "summary": mask_secrets(row.summary).text,
        "contact": contact,
        "contact_id": row.contact_id,
        "company": company,
        "vip": row.vip,
        "agent": agent,
        "created_at": row.created_at.isoformat(),
        "first_response_at": row.first_response_at.isoformat() if row.first_response_at else None,
        "resolved_at": row.resolved_at.isoformat() if row.resolved_at else None,
    }


def urgent(session: Session, night: Night) -> list[dict[str, Any]]:
    """P1: opened as such in the night, or raised to it."""
    within = TicketEventRow.created_at >= night.since, TicketEventRow.created_at < night.until
    kinds = TicketEventRow.kind.in_(("opened", "changed"))
    raised = [
        event.ticket_id
        for event in session.scalars(select(TicketEventRow).where(*within, kinds))
        if event.detail.get("priority") == "P1" or (event.detail.get("new") or {}).get("priority") == "P1"
    ]
    opened = (TicketRow.created_at >= night.since) & (TicketRow.created_at < night.until) & (TicketRow.priority == "P1")
    found = _tickets(session, or_(TicketRow.id.in_(sorted(set(raised))), opened))
    ids = dict(
        session.execute(
            select(TicketRow.number, TicketRow.id).where(TicketRow.number.in_([one["number"] for one in found]))
        ).all()
    )
    return [{**one, "done": _done(session, ids[one["number"]], night)} for one in found]


def _done(session: Session, ticket_id: int, night: Night) -> list[dict[str, Any]]:
    query = (
        select(TicketEventRow)
        .where(TicketEventRow.ticket_id == ticket_id, TicketEventRow.kind.in_(_DONE_KINDS))
        .where(TicketEventRow.created_at < night.until)
        .order_by(TicketEventRow.id)
    )
    events = session.scalars(query).all()
    names = _names(session, (agent for event in events for agent in (_agent_of(event.actor), _given_to(event))))
    return [_step(event, names) for event in events]


def _step(event: TicketEventRow, names: Mapping[int, str]) -> dict[str, Any]:
    by, given = _agent_of(event.actor), _given_to(event)
    return {
        "kind": event.kind,
        "at": event.created_at.isoformat(),
        "by": names.get(by) if by else None,
        "given": names.get(given) if given else None,
        "to": event.detail.get("to"),
        "solution": mask_secrets(str(event.detail.get("solution") or "")).text,
    }


def _agent_of(actor: str) -> int | None:
    kind, _, number = actor.partition(":")
    return int(number) if kind == "agent" and number.isdigit() else None


def _given_to(event: TicketEventRow) -> int | None:
    given = event.detail.get("agent_id") if event.kind == "assigned" else None
    return given if isinstance(given, int) else None


def _names(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    wanted = sorted({one for one in ids if one is not None})
    return {row.id: row.name for row in session.scalars(select(AgentRow).where(AgentRow.id.in_(wanted)))}
