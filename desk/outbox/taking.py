"""Rows of one conversation, taken by choice where `lease` takes whatever is due: what is owed goes first, in order."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from secrets import token_hex

from sqlalchemy import and_, case, or_, select, update
from sqlalchemy.orm import Session

from desk.outbox.keeping import enqueue
from desk.outbox.leasing import settle
from desk.outbox.model import Delivery, DeliveryDraft, delivery_of
from desk.tables import OutboxRow

UNSENT = ("pending", "leased", "parked")


def unsent(session: Session, conversation_id: int, kind: str) -> tuple[Delivery, ...]:
    """What has still to reach this customer, in the order in which it was said."""
    query = select(OutboxRow).where(OutboxRow.conversation_id == conversation_id, OutboxRow.kind == kind)
    rows = session.scalars(query.where(OutboxRow.status.in_(UNSENT)).order_by(OutboxRow.id))
    return tuple(delivery_of(row) for row in rows.all())


def owed(session: Session, conversation_id: int, kind: str, *, due_after: datetime) -> tuple[Delivery, ...]:
    """Parked, or refused at least once and not tried again before `due_after`; in the order in which it was said."""
    return tuple(row for row in unsent(session, conversation_id, kind) if is_owed(row, due_after))


def is_owed(delivery: Delivery, due_after: datetime) -> bool:
    """Whether it waits for the customer rather than for the sender's next tick."""
    waits = delivery.status == "pending" and delivery.last_error is not None and delivery.next_at > due_after
    return waits or delivery.status == "parked"


def status_of(session: Session, delivery_id: int) -> str | None:
    """How the row stands; None when there is none."""
    return session.scalar(select(OutboxRow.status).where(OutboxRow.id == delivery_id))


def holds(session: Session, delivery: Delivery) -> bool:
    """Whether this lease is still the one that counts."""
    mine = (OutboxRow.id == delivery.id, OutboxRow.status == "leased", OutboxRow.lease_token == delivery.lease_token)
    return session.scalar(select(OutboxRow.id).where(*mine)) is not None


def take(
    session: Session,
    delivery_ids: Collection[int],
    *,
    mine: str | None = None,
    duration: timedelta = timedelta(seconds=60),
    now: datetime,
) -> tuple[Delivery, ...]:
    """Lease these rows for `duration` from now: pending and parked ones, and those under the lease token `mine`.

    What somebody else holds, or has dealt with, is left out. Counts as a try; a parked one begins to count anew.
    """
    if not delivery_ids:
        return ()
    held = and_(OutboxRow.status == "leased", OutboxRow.lease_token == (mine or ""))
    tries = case((held, OutboxRow.attempts), (OutboxRow.status == "parked", 1), else_=OutboxRow.attempts + 1)
    free = or_(OutboxRow.status.in_(("pending", "parked")), held)
    taking = (
        update(OutboxRow)
        .where(OutboxRow.id.in_(list(delivery_ids)), free)
        .values(status="leased", attempts=tries, lease_until=now + duration, lease_token=mine or token_hex(8))
        .returning(OutboxRow)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    rows = session.scalars(taking).all()
    return tuple(delivery_of(row) for row in sorted(rows, key=lambda row: row.id))


def seize(session: Session, dedupe_key: str, *, duration: timedelta, now: datetime) -> tuple[Delivery, ...]:
    """The row with this key for `duration`, whoever had it in their hands; empty when it is dealt with or unknown."""
    seizing = (
        update(OutboxRow)
        .where(OutboxRow.dedupe_key == dedupe_key, OutboxRow.status.in_(UNSENT))
        .values(status="leased", attempts=1, lease_until=now + duration, lease_token=token_hex(8))
        .returning(OutboxRow)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return tuple(delivery_of(row) for row in session.scalars(seizing).all())


def release(session: Session, kind: str, *, now: datetime) -> int:
    """Rows of this kind that somebody had in their hands are free again, and due now; how many. For when they are
    known to have died, because a lease may be long."""
    freeing = (
        update(OutboxRow)
        .where(OutboxRow.kind == kind, OutboxRow.status == "leased")
        .values(status="pending", attempts=OutboxRow.attempts - 1, next_at=now, lease_until=None, lease_token=None)
        .returning(OutboxRow.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(freeing).all())


def enqueue_taken(
    session: Session, draft: DeliveryDraft, *, duration: timedelta, now: datetime
) -> tuple[Delivery, ...]:
    """Record a row that is ours from the start; empty when its dedupe key is known."""
    if not enqueue(session, draft, now=now):
        return ()
    row_id = session.scalars(select(OutboxRow.id).where(OutboxRow.dedupe_key == draft.dedupe_key)).all()
    return take(session, row_id, duration=duration, now=now)


def enqueue_parked(session: Session, draft: DeliveryDraft, reason: str, *, now: datetime) -> bool:
    """Record a row that waits for the customer's next message; False when its dedupe key is known."""
    if not enqueue(session, draft, now=now):
        return False
    row = session.scalars(select(OutboxRow).where(OutboxRow.dedupe_key == draft.dedupe_key)).one()
    row.next_at = now
    settle(session, row, "parked", reason)
    return True
