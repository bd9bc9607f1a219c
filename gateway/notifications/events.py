"""What happened to tickets, as other systems hear it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timezone
from typing import Any

from desk.happened import Happened
from desk.outbox import DeliveryDraft
from gateway.api.views import ticket_view
from gateway.notifications.webhook import KIND

CREATED = "ticket.created"
UPDATED = "ticket.updated"
# Internal notes, replies and questions to the customer change nothing that the ticket's view shows.
_UPDATES = frozenset(
    (
        "assigned", "moved", "changed", "resolved", "closed", "reopened", "planned", "scheduled", "incident",
        "linked", "unlinked", "sla_escalated", "sla_breached",
    )
)  # fmt: skip


def name_of(kind: str) -> str | None:
    """The event that a kind of ticket event is to others; None when it is none of their business."""
    return CREATED if kind == "opened" else UPDATED if kind in _UPDATES else None


def draft(happened: Happened) -> DeliveryDraft | None:
    """A row of the outbox, the same for the same event; None for what others do not hear.

    The ticket stands in it as it is when the row is made, which for a late worker is later than the event.
    """
    name = name_of(happened.event.kind)
    if name is None:
        return None
    event_id = f"evt_{happened.event.id}"
    payload = {"id": event_id, "body": _body(name, happened)}
    return DeliveryDraft(kind=KIND, channel=KIND, payload=payload, dedupe_key=f"webhook:{event_id}")


def _body(name: str, happened: Happened) -> Mapping[str, Any]:
    event = happened.event
    return {
        "event": name,
        "occurred_at": event.created_at.astimezone(timezone.utc).isoformat().replace("+00:00", "Z"),
        "change": event.kind,
        "ticket": ticket_view(happened.ticket).model_dump(mode="json"),
    }
