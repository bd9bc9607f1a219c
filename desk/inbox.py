"""What agents have not dealt with yet, in a few cheap questions: streams ask them every two seconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk.tables import MessageRow, TicketEventRow, TicketRow
from desk.tickets.model import DONE


@dataclass(frozen=True)
class Pulse:
    """Another one: something has happened to some ticket, or somebody has said something."""

    last_event: int
    last_message: int


def pulse(session: Session) -> Pulse:
    """Where events and messages end now; two look-ups in an index, however many there are."""
    event = session.scalar(select(func.max(TicketEventRow.id)))
    message = session.scalar(select(func.max(MessageRow.id)))
    return Pulse(event or 0, message or 0)


def unread(session: Session, conversation_ids: Iterable[int]) -> Mapping[int, int]:
    """How many messages of the customer come after our last word; conversations without any are left out."""
    wanted = list(conversation_ids)
    if not wanted:
        return {}
    spoken = (
        select(MessageRow.conversation_id, func.max(MessageRow.seq).label("seq"))
        .where(MessageRow.conversation_id.in_(wanted), MessageRow.author.in_(("agent", "system")))
        .group_by(MessageRow.conversation_id)
        .subquery()
    )
    query = (
        select(MessageRow.conversation_id, func.count())
        .outerjoin(spoken, spoken.c.conversation_id == MessageRow.conversation_id)
        .where(
            MessageRow.conversation_id.in_(wanted),
            MessageRow.author == "user",
            MessageRow.seq > func.coalesce(spoken.c.seq, 0),
        )
        .group_by(MessageRow.conversation_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def unassigned(session: Session, *, limit: int = 100) -> tuple[str, ...]:
    """Numbers of the open tickets that nobody has, the latest first."""
    query = select(TicketRow.number).where(TicketRow.assignee_id.is_(None), TicketRow.status.not_in(DONE))
    return tuple(session.scalars(query.order_by(TicketRow.id.desc()).limit(limit)))


@dataclass(frozen=True)
class Held:
    """An open ticket in somebody's hands."""

    number: str
    status: str
    conversation_id: int | None


def held(session: Session, agent_id: int) -> tuple[Held, ...]:
    """The agent's open tickets, oldest first."""
    query = select(TicketRow.number, TicketRow.status, TicketRow.conversation_id)
    query = query.where(TicketRow.assignee_id == agent_id, TicketRow.status.not_in(DONE)).order_by(TicketRow.id)
    return tuple(Held(row[0], row[1], row[2]) for row in session.execute(query))


def loads(session: Session) -> Mapping[int, int]:
    """Open tickets by agent."""
    query = select(TicketRow.assignee_id, func.count()).where(
        TicketRow.assignee_id.is_not(None), TicketRow.status.not_in(DONE)
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(TicketRow.assignee_id)) if row[0] is not None}


def last_event(session: Session, ticket_id: int) -> int:
    """Where a ticket's history ends now."""
    return session.scalar(select(func.max(TicketEventRow.id)).where(TicketEventRow.ticket_id == ticket_id)) or 0
