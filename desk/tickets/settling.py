"""The end of a ticket, and coming back from it.

All raise NotFound and MalformedNumber for the number.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from desk.errors import IllegalMove
from desk.tables import TicketRow
from desk.tickets.linking import no_longer_duplicate, original_of
from desk.tickets.model import DONE, Status, Ticket, ticket
from desk.tickets.moves import closed, entered, open_row
from desk.tickets.opening import open_handoff
from desk.tickets.reading import row_of, rows_of

SETTLED = "settled"  # the reason of what was closed because nobody came back


def resolve(session: Session, number: str, *, solution: str, by: str, now: datetime) -> Ticket:
    """Solved, as far as the agent can tell. Raises IllegalMove when it is done already."""
    row = open_row(session, number)
    row.resolved_at = now
    return entered(session, row, "resolved", "resolved", by, {"solution": solution}, now)


def close(session: Session, number: str, *, by: str, reason: str = "", now: datetime) -> Ticket:
    """Done with, solved or not. Closing twice is no error and no event."""
    row = row_of(session, number, lock=True)
    return ticket(row) if row.status == "closed" else closed(session, row, by=by, reason=reason, now=now)


def close_resolved(session: Session, *, before: datetime, now: datetime, limit: int = 100) -> tuple[Ticket, ...]:
    """Close what was resolved before that moment and not reopened since; what somebody works on now is left for the
    next time."""
    query = _settled(before).order_by(TicketRow.id).limit(limit).with_for_update(skip_locked=True)
    due = query.execution_options(populate_existing=True)
    return tuple(closed(session, row, by="system", reason=SETTLED, now=now) for row in session.scalars(due).all())


def settled(session: Session, *, before: datetime) -> bool:
    """Whether `close_resolved` would find anything; only reads."""
    return session.scalar(_settled(before).limit(1)) is not None


def _settled(before: datetime) -> Select[TicketRow]:
    return select(TicketRow).where(TicketRow.status == "resolved", TicketRow.resolved_at < before)


def reopen(session: Session, number: str, *, reason: str = "", by: str, now: datetime) -> Ticket:
    """Not solved after all: back to its agent, or to the queue; it is no duplicate any more.

    Raises IllegalMove when it is not done, or when another hand-off has been opened in the conversation since.
    """
    original = original_of(session, row_of(session, number).id)
    row, *_ = rows_of(session, number, *([original] if original else []))
    if row.status not in DONE:
        raise IllegalMove(f"ticket {row.number} is {row.status}; only a resolved or closed one is reopened")
    other = open_handoff(session, row.conversation_id) if row.handoff else None
    if other is not None:
        raise IllegalMove(f"ticket {row.number} cannot be reopened: {other.number} is open in the same conversation")
    no_longer_duplicate(session, row, by=by, now=now)
    row.resolved_at = row.closed_at = None
    to: Status = "new" if row.assignee_id is None else "assigned"
    return entered(session, row, to, "reopened", by, {"reason": reason}, now)
