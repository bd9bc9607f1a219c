"""The outbox: what is to be sent, recorded with its cause, delivered at least once.

pending -> leased -> sent | pending again (after a pause) | failed (refused for good) | parked (waits for a person
or for the customer's next message). A failed or parked one may be dismissed: kept, but no longer anybody's worry.
"""

from desk.outbox.keeping import counts, dismiss, enqueue, is_leased, is_sent, known, needless, parked, retry
from desk.outbox.leasing import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    MAX_ATTEMPTS,
    lease,
    mark_failed,
    mark_sent,
    park,
    pause,
    postpone,
)
from desk.outbox.model import Counts, Delivery, DeliveryDraft, Status, delivery_of
from desk.outbox.taking import (
    enqueue_parked,
    enqueue_taken,
    holds,
    is_owed,
    owed,
    release,
    seize,
    status_of,
    take,
    unsent,
)
from desk.outbox.waiting import releasable

__all__ = [
    "FIRST_PAUSE",
    "LONGEST_PAUSE",
    "MAX_ATTEMPTS",
    "Counts",
    "Delivery",
    "DeliveryDraft",
    "Status",
    "counts",
    "delivery_of",
    "dismiss",
    "enqueue",
    "enqueue_parked",
    "enqueue_taken",
    "holds",
    "is_leased",
    "is_owed",
    "is_sent",
    "known",
    "lease",
    "mark_failed",
    "mark_sent",
    "needless",
    "owed",
    "park",
    "parked",
    "pause",
    "postpone",
    "releasable",
    "release",
    "retry",
    "seize",
    "status_of",
    "take",
    "unsent",
]
