"""Deliveries recorded once, counted, and dealt with by people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk.errors import IllegalMove, NotFound
from desk.outbox.leasing import settle
from desk.outbox.model import Counts, Delivery, DeliveryDraft, delivery_of
from desk.racing import racing
from desk.tables import OutboxRow


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


def known(session: Session, dedupe_key: str) -> bool:
    """Whether there is a row with this key; only reads."""
    return _by_key(session, dedupe_key) is not None


def is_sent(session: Session, dedupe_key: str) -> bool:
    """Whether the row with this key has been dealt with; only reads."""
    done = select(OutboxRow.id).where(OutboxRow.dedupe_key == dedupe_key, OutboxRow.status == "sent")
    return session.scalar(done) is not None


def is_leased(session: Session, dedupe_key: str) -> bool:
    """Whether somebody has the row with this key in their hands; only reads."""
    taken = select(OutboxRow.id).where(OutboxRow.dedupe_key == dedupe_key, OutboxRow.status == "leased")
    return session.scalar(taken) is not None


def needless(session: Session, dedupe_key: str) -> bool:
    """What the row was to bring about has happened in another way: it goes. False when nothing was waiting."""
    waits = OutboxRow.status.in_(("pending", "leased", "parked"))
    gone = delete(OutboxRow).where(OutboxRow.dedupe_key == dedupe_key, waits).returning(OutboxRow.id)
    return session.scalar(gone.execution_options(synchronize_session=False)) is not None


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
    settle(session, row, "pending", row.last_error)
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


def _by_key(session: Session, key: str) -> int | None:
    return session.scalar(select(OutboxRow.id).where(OutboxRow.dedupe_key == key))
