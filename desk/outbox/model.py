"""What goes out: its draft, its row, and how many there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from desk.tables import OutboxRow

Status = Literal["pending", "leased", "sent", "failed", "parked"]


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
