"""Promises: what a customer was told would be done on a ticket, and by when; kept, broken, or taken back.

open ──> kept         in time
  ├────> broken       the moment has come (or passed before anybody said so)
  └────> withdrawn    there is nothing left to promise

Each change is also an event of the ticket. The ticket is locked before its promises.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from desk.errors import IllegalMove, NotFound
from desk.tables import PromiseRow, TicketRow
from desk.tickets.moves import must_be_open
from desk.tickets.opening import append
from desk.tickets.reading import row_of

State = Literal["open", "kept", "broken", "withdrawn"]
LONGEST = 500  # characters


@dataclass(frozen=True)
class Promise:
    """One promise; `assignee_id` is who has its ticket now, and so who has to keep it."""

    id: int
    number: str
    text: str
    due_at: datetime
    state: State
    made_by: str
    assignee_id: int | None
    created_at: datetime
    decided_at: datetime | None


def make(session: Session, number: str, text: str, due_at: datetime, *, by: str, now: datetime) -> Promise:
    """Promise something on an open ticket. Raises NotFound, MalformedNumber, IllegalMove when the ticket is done,
    ValueError for no words, more than 500 characters, or a moment that has passed."""
    row = row_of(session, number, lock=True)
    must_be_open(row)
    text = text.strip()
    if not 0 < len(text) <= LONGEST:
        raise ValueError(f"a promise has 1 to {LONGEST} characters, not {len(text)}")
    if due_at <= now:
        raise ValueError(f"a promise is about what is to come; {due_at.isoformat()} has passed")
    made = PromiseRow(ticket_id=row.id, text=text, due_at=due_at, state="open", made_by=by, created_at=now)
    session.add(made)
    session.flush()
    append(session, row, "promised", by, {"promise_id": made.id, "text": text, "due_at": due_at.isoformat()}, now)
    return _promise(made, row)


def keep(session: Session, promise_id: int, *, by: str, now: datetime) -> Promise:
    """It has been done. After its moment it is broken all the same: look at the state that comes back.

    Raises NotFound, IllegalMove when it is not open any more.
    """
    row, promise = _open(session, promise_id)
    return _decided(session, row, promise, "kept" if now <= promise.due_at else "broken", by, {}, now)


def withdraw(session: Session, promise_id: int, *, reason: str = "", by: str, now: datetime) -> Promise:
    """It is taken back, in time. Raises NotFound, IllegalMove when it is not open any more, or due already."""
    row, promise = _open(session, promise_id)
    if now >= promise.due_at:
        raise IllegalMove(f"promise {promise_id} was due at {promise.due_at.isoformat()}; it cannot be taken back now")
    return _decided(session, row, promise, "withdrawn", by, {"reason": reason} if reason else {}, now)


def decide(session: Session, promise_id: int, *, now: datetime) -> Promise | None:
    """What became of a promise whose moment has come: broken, unless its ticket was resolved in time (kept) or closed
    in time without that (withdrawn). None when it is not due, or decided before. Raises NotFound."""
    row, promise = _locked(session, promise_id)
    if promise.state != "open" or now < promise.due_at:
        return None
    state: State = "broken"
    if row.resolved_at is not None and row.resolved_at <= promise.due_at:
        state = "kept"
    elif row.resolved_at is None and row.closed_at is not None and row.closed_at <= promise.due_at:
        state = "withdrawn"
    return _decided(session, row, promise, state, "system", {}, now)


def break_due(session: Session, *, now: datetime, limit: int = 100) -> tuple[Promise, ...]:
    """Decide all that are due; see `decide`. Only what this call decided comes back."""
    found = (decide(session, one.id, now=now) for one in due(session, now=now, limit=limit))
    return tuple(one for one in found if one is not None)


def due(session: Session, *, now: datetime, limit: int = 100) -> tuple[Promise, ...]:
    """Open ones whose moment has come, by ticket, so that whoever locks them all does it in the same order."""
    query = _query().where(PromiseRow.state == "open", PromiseRow.due_at <= now)
    return _found(session, query.order_by(PromiseRow.ticket_id, PromiseRow.id), limit)


def soon(session: Session, *, now: datetime, within: timedelta, limit: int = 100) -> tuple[Promise, ...]:
    """Open ones due within that time. Whoever promises something for in ten minutes needs no reminder: not these."""
    query = _query().where(PromiseRow.state == "open", PromiseRow.due_at > now, PromiseRow.due_at <= now + within)
    found = _found(session, query.order_by(PromiseRow.due_at, PromiseRow.id), limit)
    return tuple(one for one in found if one.created_at < one.due_at - within)


def get(session: Session, promise_id: int) -> Promise:
    """Raises NotFound."""
    found = session.execute(_query().where(PromiseRow.id == promise_id)).one_or_none()
    if found is None:
        raise _unknown(promise_id)
    return _promise(*found)


def listing(
    session: Session,
    *,
    number: str | None = None,
    agent_id: int | None = None,
    state: State | None = None,
    due_before: datetime | None = None,
    limit: int = 100,
) -> tuple[Promise, ...]:
    """By the moment they are due; `agent_id` has the ticket. Raises NotFound, MalformedNumber for the number."""
    query = _query().order_by(PromiseRow.due_at, PromiseRow.id)
    if number is not None:
        query = query.where(PromiseRow.ticket_id == row_of(session, number).id)
    if agent_id is not None:
        query = query.where(TicketRow.assignee_id == agent_id)
    if state is not None:
        query = query.where(PromiseRow.state == state)
    if due_before is not None:
        query = query.where(PromiseRow.due_at < due_before)
    return _found(session, query, limit)


def _query() -> Select[PromiseRow, TicketRow]:
    return select(PromiseRow, TicketRow).join(TicketRow, TicketRow.id == PromiseRow.ticket_id)


def _found(session: Session, query: Select[PromiseRow, TicketRow], limit: int) -> tuple[Promise, ...]:
    return tuple(_promise(promise, row) for promise, row in session.execute(query.limit(limit)))


def _locked(session: Session, promise_id: int) -> tuple[TicketRow, PromiseRow]:
    found = session.execute(_query().where(PromiseRow.id == promise_id)).one_or_none()
    if found is None:
        raise _unknown(promise_id)
    row = row_of(session, found[1].number, lock=True)
    return row, session.get_one(PromiseRow, promise_id, with_for_update=True, populate_existing=True)


def _open(session: Session, promise_id: int) -> tuple[TicketRow, PromiseRow]:
    row, promise = _locked(session, promise_id)
    if promise.state != "open":
        raise IllegalMove(f"promise {promise_id} is {promise.state} already")
    return row, promise


def _decided(
    session: Session, row: TicketRow, promise: PromiseRow, state: State, by: str, detail: dict[str, Any], now: datetime
) -> Promise:
    promise.state, promise.decided_at = state, now
    append(session, row, f"promise_{state}", by, {"promise_id": promise.id, "text": promise.text, **detail}, now)
    return _promise(promise, row)


def _promise(promise: PromiseRow, row: TicketRow) -> Promise:
    return Promise(
        id=promise.id,
        number=row.number,
        text=promise.text,
        due_at=promise.due_at,
        state=cast(State, promise.state),
        made_by=promise.made_by,
        assignee_id=row.assignee_id,
        created_at=promise.created_at,
        decided_at=promise.decided_at,
    )


def _unknown(promise_id: int) -> NotFound:
    return NotFound(f"there is no promise {promise_id}")
