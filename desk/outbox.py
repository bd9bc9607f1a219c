"""The outbox: what is to be sent, recorded with its cause, delivered at least once.

pending -> leased -> sent | pending again (after a pause) | failed (refused for good) | parked (waits for a person
or for the customer's next message). A failed or parked one may be dismissed: kept, but no longer anybody's worry.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any, Literal, cast

from sqlalchemy import and_, case, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk.errors import IllegalMove, NotFound
from desk.racing import racing
from desk.tables import OutboxRow

Status = Literal["pending", "leased", "sent", "failed", "parked"]

MAX_ATTEMPTS = 10
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True)
class DeliveryDraft:
    """Something to send."""

    kind: str
    channel: str
    payload: Mapping[str, Any]
    dedupe_key: str
    conversation_id: int | None = None
    not_before: datetime | None = None


@dataclass(frozen=True)
class Delivery:
    """A row of the outbox."""

    id: int
    kind: str
    channel: str
    payload: Mapping[str, Any]
    dedupe_key: str
    conversation_id: int | None
    status: Status
    attempts: int
    ambiguous: int  # leases that ran out without a word: sent, perhaps
    next_at: datetime
    lease_until: datetime | None
    lease_token: str | None
    last_error: str | None
    created_at: datetime
    sent_at: datetime | None
    dismissed_at: datetime | None = None


@dataclass(frozen=True)
class Counts:
    """The state of the outbox at a glance; what was dismissed counts as neither failed nor parked."""

    pending: int
    leased: int
    sent: int
    failed: int
    parked: int
    ambiguous: int


def enqueue(session: Session, draft: DeliveryDraft, *, now: datetime) -> bool:
    """Record something to send; False when its dedupe key is known (then nothing changes)."""
    if _by_key(session, draft.dedupe_key) is not None:
        return False
    row = OutboxRow(
        kind=draft.kind,
        channel=draft.channel,
        payload=dict(draft.payload),
        dedupe_key=draft.dedupe_key,
        conversation_id=draft.conversation_id,
        next_at=draft.not_before or now,
        created_at=now,
    )
    try:
        with racing(session):
            session.add(row)
    except IntegrityError:
        if _by_key(session, draft.dedupe_key) is None:
            raise
        return False
    return True


def lease(
    session: Session,
    *,
    limit: int = 10,
    duration: timedelta = timedelta(seconds=60),
    but: Collection[str] = (),
    now: datetime,
) -> tuple[Delivery, ...]:
    """Take due rows, and rows whose lease ran out, for `duration`; none of the kinds `but`. No two callers get the
    same row.

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
        .where(OutboxRow.kind.not_in(but))
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


def mark_sent(session: Session, delivery: Delivery, *, now: datetime) -> bool:
    """False when the lease was lost to somebody else meanwhile (it may then be sent twice)."""
    row = _held(session, delivery)
    if row is None:
        return False
    row.sent_at = now
    _settle(session, row, "sent", None)
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
    _settle(session, row, status, error)
    return status


def park(session: Session, delivery: Delivery, reason: str) -> bool:
    """Sending makes no sense now, such as outside WeChat's 48 hours. False: lease lost."""
    row = _held(session, delivery)
    if row is None:
        return False
    _settle(session, row, "parked", reason)
    return True


def postpone(session: Session, delivery: Delivery, until: datetime, reason: str | None = None) -> bool:
    """Back to pending until then, without having counted as a try. False: lease lost."""
    row = _held(session, delivery)
    if row is None:
        return False
    row.attempts, row.next_at = max(0, row.attempts - 1), until
    _settle(session, row, "pending", row.last_error if reason is None else reason)
    return True


def parked(session: Session, conversation_id: int) -> tuple[Delivery, ...]:
    """What still waits for this customer, oldest first."""
    query = select(OutboxRow).where(OutboxRow.conversation_id == conversation_id, OutboxRow.status == "parked")
    return tuple(delivery_of(row) for row in session.scalars(query.order_by(OutboxRow.id)))


def retry(session: Session, delivery_id: int, *, now: datetime) -> Delivery:
    """Make a failed or parked row pending again, with all its tries. Raises NotFound, IllegalMove."""
    row = session.get(OutboxRow, delivery_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(f"there is no delivery {delivery_id}")
    if row.status not in ("failed", "parked"):
        raise IllegalMove(f"delivery {delivery_id} is {row.status}; only a failed or parked one is tried again")
    row.attempts, row.next_at, row.dismissed_at = 0, now, None
    _settle(session, row, "pending", row.last_error)
    return delivery_of(row)


def dismiss(session: Session, delivery_id: int, *, now: datetime) -> Delivery:
    """Nobody wants this row sent any more: a failed one, or one that is parked and waits for no customer.

    Raises NotFound, IllegalMove.
    """
    row = session.get(OutboxRow, delivery_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(f"there is no delivery {delivery_id}")
    if row.status != "failed" and not (row.status == "parked" and row.conversation_id is None):
        raise IllegalMove(f"delivery {delivery_id} is {row.status}; only what waits for a person can be dismissed")
    row.dismissed_at = row.dismissed_at or now
    session.flush()
    return delivery_of(row)


def counts(session: Session) -> Counts:
    """For the health page."""
    wanted = func.sum(case((OutboxRow.dismissed_at.is_(None), 1), else_=0))
    query = select(OutboxRow.status, wanted, func.sum(OutboxRow.ambiguous)).group_by(OutboxRow.status)
    found = {status: (int(number), int(ambiguous)) for status, number, ambiguous in session.execute(query)}
    numbers = {name: found.get(name, (0, 0))[0] for name in ("pending", "leased", "sent", "failed", "parked")}
    return Counts(**numbers, ambiguous=sum(ambiguous for _, ambiguous in found.values()))


def pause(attempts: int) -> timedelta:
    """How long to wait after that many tries: doubling from 5 s to 1 h."""
    doublings = min(max(0, attempts - 1), 16)  # far past the longest pause, and no overflow
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def _by_key(session: Session, key: str) -> int | None:
    return session.scalar(select(OutboxRow.id).where(OutboxRow.dedupe_key == key))


def _held(session: Session, delivery: Delivery) -> OutboxRow | None:
    """The row, if this lease is still the one that counts (run out or not, nobody else has taken it)."""
    row = session.get(OutboxRow, delivery.id, with_for_update=True, populate_existing=True)
    return row if row and row.status == "leased" and row.lease_token == delivery.lease_token else None


def _settle(session: Session, row: OutboxRow, status: Status, error: str | None) -> None:
    row.status, row.last_error = status, error
    row.lease_token = row.lease_until = None
    session.flush()


def delivery_of(row: OutboxRow) -> Delivery:
    """What a row says, for the other modules that read the outbox."""
    return Delivery(
        id=row.id,
        kind=row.kind,
        channel=row.channel,
        payload=dict(row.payload),
        dedupe_key=row.dedupe_key,
        conversation_id=row.conversation_id,
        status=cast(Status, row.status),
        attempts=row.attempts,
        ambiguous=row.ambiguous,
        next_at=row.next_at,
        lease_until=row.lease_until,
        lease_token=row.lease_token,
        last_error=row.last_error,
        created_at=row.created_at,
        sent_at=row.sent_at,
        dismissed_at=row.dismissed_at,
    )
