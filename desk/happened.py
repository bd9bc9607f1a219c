"""What happened to tickets, in the order of recording, for those who follow all of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk.tables import TicketEventRow, TicketRow
from desk.tickets import Ticket, TicketEvent
from desk.tickets.model import event, ticket


@dataclass(frozen=True)
class Happened:
    """An event, and its ticket as it stands now."""

    event: TicketEvent
    ticket: Ticket


def latest(session: Session) -> int:
    """The id of the newest event; 0 before the first."""
    return session.scalar(select(func.max(TicketEventRow.id))) or 0


def since(session: Session, after: int, *, limit: int = 200) -> tuple[Happened, ...]:
    """Events with an id above `after`.

    On PostgreSQL an id is drawn before its transaction commits: a lower one may become visible later.
    """
    query = (
        select(TicketEventRow, TicketRow)
        .join(TicketRow, TicketRow.id == TicketEventRow.ticket_id)
        .where(TicketEventRow.id > after)
        .order_by(TicketEventRow.id)
        .limit(limit)
    )
    return tuple(Happened(event(line), ticket(row)) for line, row in session.execute(query))
