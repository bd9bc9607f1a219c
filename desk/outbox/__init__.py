"""The outbox: what is to be sent, recorded with its cause, delivered at least once.

pending -> leased -> sent | pending again (after a pause) | failed (refused for good) | parked (waits for a person
or for the customer's next message). A failed or parked one may be dismissed: kept, but no longer anybody's worry.
"""

from desk.outbox.keeping import counts, dismiss, enqueue, known, parked, retry
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
    "known",
    "lease",
    "mark_failed",
    "mark_sent",
    "park",
    "parked",
    "pause",
    "postpone",
    "retry",
]
