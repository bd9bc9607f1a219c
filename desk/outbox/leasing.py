"""Deliveries in the hands of a sender: leased, and then sent, failed, parked or put off."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Literal

from sqlalchemy import ColumnElement, and_, case, or_, select, update
from sqlalchemy.orm import Session

from desk.outbox.model import Delivery, Status, delivery_of
from desk.tables import OutboxRow

MAX_ATTEMPTS = 10
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)


def lease(
    session: Session,
    *,
    limit: int = 10,
    duration: timedelta = timedelta(seconds=60),
    but: Collection[str] = (),
    to: Literal["anybody", "customers", "others"] = "anybody",
    now: datetime,
) -> tuple[Delivery, ...]:
    """Take due rows, and rows whose lease ran out, for `duration`; none of the kinds `but`. No two callers get the
    same row. What belongs to a conversation is for `customers`.

    A row whose sender has died ten times is parked instead: it may be what kills it.
    """
    lost = and_(OutboxRow.status == "leased", OutboxRow.lease_until <= now)
    session.execute(
        update(OutboxRow)
        .where(lost, OutboxRow.attempts >= MAX_ATTEMPTS)
        .values(
            status="parked",
            last_error=f"no word from the sender after {MAX_ATTEMPTS} tries",
            ambiguous=OutboxRow.ambiguous + 1,
            lease_token=None,
            lease_until=None,
        )
    )
    due = (
        select(OutboxRow.id)
        .where(or_(and_(OutboxRow.status == "pending", OutboxRow.next_at <= now), lost))
        .where(OutboxRow.kind.not_in(but), *_to(to))
        .order_by(OutboxRow.next_at, OutboxRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)  # PostgreSQL; SQLite has one writer at a time anyway
        .cte("due")
    )
    taken = (
        update(OutboxRow)
        .where(OutboxRow.id.in_(select(due.c.id)))
        .values(
            attempts=OutboxRow.attempts + 1,
            ambiguous=OutboxRow.ambiguous + case((OutboxRow.status == "leased", 1), else_=0),
            status="leased",
            lease_until=now + duration,
            lease_token=token_hex(8),
        )
        .returning(OutboxRow)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    rows = session.scalars(taken).all()
    return tuple(delivery_of(row) for row in sorted(rows, key=lambda row: (row.next_at, row.id)))


def _to(to: Literal["anybody", "customers", "others"]) -> tuple[ColumnElement[bool], ...]:
    if to == "anybody":
        return ()
    return (OutboxRow.conversation_id.is_not(None) if to == "customers" else OutboxRow.conversation_id.is_(None),)


def mark_sent(session: Session, delivery: Delivery, *, now: datetime) -> bool:
    """False when the lease was lost to somebody else meanwhile (it may then be sent twice)."""
    row = _held(session, delivery)
    if row is None:
        return False
    row.sent_at = now
    settle(session, row, "sent", None)
    return True


def mark_failed(
    session: Session,
    delivery: Delivery,
    error: str,
    *,
    permanent: bool = False,
    perhaps_sent: bool = False,
    now: datetime,
) -> Status | None:
    """Try again after 5 s, 10 s, … 1 h; parked after 10 tries, failed at once if permanent. None: lease lost.

    `perhaps_sent`: the answer got lost, and the other side may have it; counted as ambiguous.
    """
    row = _held(session, delivery)
    if row is None:
        return None
    row.ambiguous += perhaps_sent
    if permanent:
        status: Status = "failed"
    else:
        status = "parked" if row.attempts >= MAX_ATTEMPTS else "pending"
    row.next_at = now + pause(row.attempts)
    settle(session, row, status, error)
    return status


def park(session: Session, delivery: Delivery, reason: str, *, now: datetime | None = None) -> bool:
    """Sending makes no sense now, such as outside WeChat's 48 hours. False: lease lost.

    `now` is kept in `next_at`, as the time since when it waits.
    """
    row = _held(session, delivery)
    if row is None:
        return False
    row.next_at = now or row.next_at
    settle(session, row, "parked", reason)
    return True


def postpone(session: Session, delivery: Delivery, until: datetime, reason: str | None = None) -> bool:
    """Back to pending until then, without having counted as a try. False: lease lost."""
    row = _held(session, delivery)
    if row is None:
        return False
    row.attempts, row.next_at = max(0, row.attempts - 1), until
    settle(session, row, "pending", row.last_error if reason is None else reason)
    return True


def pause(attempts: int) -> timedelta:
    """How long to wait after that many tries: doubling from 5 s to 1 h."""
    doublings = min(max(0, attempts - 1), 16)  # far past the longest pause, and no overflow
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def _held(session: Session, delivery: Delivery) -> OutboxRow | None:
    """The row, if this lease is still the one that counts (run out or not, nobody else has taken it)."""
    row = session.get(OutboxRow, delivery.id, with_for_update=True, populate_existing=True)
    return row if row and row.status == "leased" and row.lease_token == delivery.lease_token else None


def settle(session: Session, row: OutboxRow, status: Status, error: str | None) -> None:
    """What became of it; nobody holds it any more."""
    row.status, row.last_error = status, error
    row.lease_token = row.lease_until = None
    session.flush()
