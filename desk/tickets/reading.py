"""Finding tickets."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.errors import NotFound
from desk.numbers import TicketNumber
from desk.tables import TicketEventRow, TicketRow
from desk.tickets.model import DONE, Filter, Ticket, TicketEvent, event, ticket


def get(session: Session, number: str) -> Ticket:
    """By number, in any way of writing it. Raises NotFound, MalformedNumber."""
    return ticket(row_of(session, number))


def owned(session: Session, number: str, contact_id: int) -> Ticket:
    """For its owner only: everybody else gets NotFound, as for a number that does not exist."""
    found = get(session, number)
    if found.contact_id != contact_id:
        raise _unknown(number)
    return found


def listing(session: Session, where: Filter | None = None, *, limit: int = 100, offset: int = 0) -> tuple[Ticket, ...]:
    """Tickets by priority, then oldest first."""
    wanted = where or Filter()
    query = select(TicketRow).order_by(TicketRow.priority, TicketRow.created_at, TicketRow.id)
    if wanted.open is not None:
        query = query.where(TicketRow.status.not_in(DONE) if wanted.open else TicketRow.status.in_(DONE))
    for column, value in (
        (TicketRow.status, wanted.status),
        (TicketRow.priority, wanted.priority),
        (TicketRow.category, wanted.category),
        (TicketRow.assignee_id, wanted.assignee_id),
        (TicketRow.contact_id, wanted.contact_id),
        (TicketRow.conversation_id, wanted.conversation_id),
        (TicketRow.handoff, wanted.handoff),
    ):
        if value is not None:
            query = query.where(column == value)
    return tuple(ticket(row) for row in session.scalars(query.limit(limit).offset(offset)))


def events(session: Session, number: str) -> tuple[TicketEvent, ...]:
    """The whole history, oldest first. Raises NotFound, MalformedNumber."""
    row = row_of(session, number)
    query = select(TicketEventRow).where(TicketEventRow.ticket_id == row.id).order_by(TicketEventRow.id)
    return tuple(event(line) for line in session.scalars(query))


def row_of(session: Session, number: str, *, lock: bool = False) -> TicketRow:
    """The row, for the other modules of tickets."""
    query = select(TicketRow).where(TicketRow.number == str(TicketNumber.parse(number)))
    row = session.scalar(query.with_for_update().execution_options(populate_existing=True) if lock else query)
    if row is None:
        raise _unknown(number)
    return row


def _unknown(number: str) -> NotFound:
    return NotFound(f"there is no ticket {number[:40]!r}")
