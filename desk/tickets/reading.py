"""Finding tickets."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk import conversations
from desk.errors import NotFound
from desk.numbers import TicketNumber
from desk.tables import TicketEventRow, TicketRow
from desk.tickets.filter import Filter, narrowed
from desk.tickets.model import Ticket, TicketEvent, event, ticket


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
    query = narrowed(select(TicketRow), where).order_by(TicketRow.priority, TicketRow.created_at, TicketRow.id)
    return tuple(ticket(row) for row in session.scalars(query.limit(limit).offset(offset)))


def page(
    session: Session, where: Filter | None = None, *, after: int | None = None, limit: int = 100
) -> tuple[Ticket, ...]:
    """Tickets in the order in which they were opened, newest first; `after` is the id of the last one seen.

    What is opened or worked on meanwhile moves nothing from one page to another.
    """
    query = narrowed(select(TicketRow), where).order_by(TicketRow.id.desc())
    if after is not None:
        query = query.where(TicketRow.id < after)
    return tuple(ticket(row) for row in session.scalars(query.limit(limit)))


def count(session: Session, where: Filter | None = None) -> int:
    """How many there are."""
    return session.scalar(narrowed(select(func.count(TicketRow.id)), where)) or 0


def events(session: Session, number: str) -> tuple[TicketEvent, ...]:
    """The whole history, oldest first. Raises NotFound, MalformedNumber."""
    row = row_of(session, number)
    query = select(TicketEventRow).where(TicketEventRow.ticket_id == row.id).order_by(TicketEventRow.id)
    return tuple(event(line) for line in session.scalars(query))


def events_of(
    session: Session, ticket_ids: Iterable[int], kinds: Iterable[str] | None = None
) -> dict[int, tuple[TicketEvent, ...]]:
    """The histories of many tickets by id, oldest line first; of some kinds only where `kinds` are named."""
    wanted = list(ticket_ids)
    found: dict[int, list[TicketEvent]] = {one: [] for one in wanted}
    query = select(TicketEventRow).where(TicketEventRow.ticket_id.in_(wanted)).order_by(TicketEventRow.id)
    if kinds is not None:
        query = query.where(TicketEventRow.kind.in_(list(kinds)))
    for line in session.scalars(query):
        found[line.ticket_id].append(event(line))
    return {one: tuple(lines) for one, lines in found.items()}


def row_of(session: Session, number: str, *, lock: bool = False) -> TicketRow:
    """The row, for the other modules of tickets."""
    query = select(TicketRow).where(TicketRow.number == str(TicketNumber.parse(number)))
    row = session.scalar(query.with_for_update().execution_options(populate_existing=True) if lock else query)
    if row is None:
        raise _unknown(number)
    return row


def rows_of(session: Session, *numbers: str) -> tuple[TicketRow, ...]:
    """Several rows, locked: their conversations first, then the rows, each by id, so that nobody waits in a circle."""
    rows = [row_of(session, number) for number in numbers]
    for conversation_id in sorted({row.conversation_id for row in rows if row.conversation_id is not None}):
        conversations.row_of(session, conversation_id, lock=True)
    for row in sorted(rows, key=lambda each: each.id):
        row_of(session, row.number, lock=True)
    return tuple(rows)


def _unknown(number: str) -> NotFound:
    return NotFound(f"there is no ticket {number[:40]!r}")
