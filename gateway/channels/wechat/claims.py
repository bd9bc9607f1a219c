"""Taking chosen rows of the outbox, where `outbox.lease` takes whatever is due.

A row made due in 2000 is the only one that a lease taken in 2000 finds; the lease itself is long enough to
last into the present. Both happen in one transaction, so that nobody else sees the row in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from desk import outbox
from desk.outbox import Delivery, DeliveryDraft
from desk.session import Session

_LONG_AGO = datetime(2000, 1, 1, tzinfo=timezone.utc)


def claim(session: Session, parked: Sequence[int], *, duration: timedelta, now: datetime) -> tuple[Delivery, ...]:
    """Parked rows become ours for `duration`; after that the worker gets them. Raises IllegalMove, NotFound."""
    for delivery_id in parked:
        outbox.retry(session, delivery_id, now=_LONG_AGO)
    return _ours(session, duration, now)


def enqueue_claimed(
    session: Session, draft: DeliveryDraft, *, duration: timedelta, now: datetime
) -> tuple[Delivery, ...]:
    """Record a row that is ours from the start; empty when its dedupe key is known."""
    outbox.enqueue(session, _due_long_ago(draft), now=now)
    return _ours(session, duration, now)


def enqueue_parked(session: Session, draft: DeliveryDraft, reason: str, *, now: datetime) -> None:
    """Record a row that waits for the follower's next message; nothing when its dedupe key is known."""
    for delivery in enqueue_claimed(session, draft, duration=timedelta(seconds=1), now=now):
        outbox.park(session, delivery, reason)


def _due_long_ago(draft: DeliveryDraft) -> DeliveryDraft:
    return DeliveryDraft(
        kind=draft.kind,
        channel=draft.channel,
        payload=draft.payload,
        dedupe_key=draft.dedupe_key,
        conversation_id=draft.conversation_id,
        not_before=_LONG_AGO,
    )


def _ours(session: Session, duration: timedelta, now: datetime) -> tuple[Delivery, ...]:
    return outbox.lease(session, limit=1000, duration=now - _LONG_AGO + duration, now=_LONG_AGO)
