"""Waiting for a human: when it has taken so long that the bot says so and answers again.

The ticket stays open and in its place; whoever takes it later finds the whole conversation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk.calendar import WorkingHours
from desk.tables import ConversationRow, TicketEventRow, TicketRow
from desk.tickets.model import DONE

_BEGINS = ("opened", "requested_again", "reopened")  # events with which somebody begins to wait


@dataclass(frozen=True)
class QueueRules:
    """`time_out`: working time after which one who waits for a human hears how things are."""

    time_out: timedelta = timedelta(minutes=30)

    def __post_init__(self) -> None:
        if self.time_out < timedelta(minutes=1):
            raise ValueError(f"a queue times out after a minute or more, not after {self.time_out}")


@dataclass(frozen=True)
class Waiting:
    """One who waits: their conversation, the ticket, and since when."""

    conversation_id: int
    number: str
    since: datetime
    event_id: int  # with which the wait began: what each wait is known by


def overdue(
    session: Session,
    rules: QueueRules,
    hours: WorkingHours,
    *,
    now: datetime,
    conversation_id: int | None = None,
    limit: int = 200,
) -> tuple[Waiting, ...]:
    """Who has waited too long in working time, longest first. Nobody outside of it: then nobody is late."""
    if not hours.is_working(now):
        return ()
    began = (
        select(TicketEventRow.ticket_id, func.max(TicketEventRow.id).label("id"))
        .where(TicketEventRow.kind.in_(_BEGINS))
        .group_by(TicketEventRow.ticket_id)
        .subquery()
    )
    query = (
        select(ConversationRow.id, TicketRow.number, TicketEventRow.created_at, TicketEventRow.id)
        .join(TicketRow, TicketRow.conversation_id == ConversationRow.id)
        .join(began, began.c.ticket_id == TicketRow.id)
        .join(TicketEventRow, TicketEventRow.id == began.c.id)
        .where(ConversationRow.state == "waiting", TicketRow.handoff, TicketRow.status.not_in(DONE))
        .where(TicketEventRow.created_at <= now - rules.time_out)
        .order_by(TicketEventRow.created_at)
    )
    if conversation_id is not None:
        query = query.where(ConversationRow.id == conversation_id)
    found = (Waiting(*row) for row in session.execute(query.limit(limit)))
    return tuple(one for one in found if hours.working_seconds(one.since, now) >= rules.time_out.total_seconds())
