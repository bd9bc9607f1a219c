"""How a ticket stood at some moment, told from its events alone.

The words of a ticket (summary, slots) are not part of it: they may be erased, the history may not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from desk.tickets.model import Priority, Status, Ticket, TicketEvent, Tier


@dataclass(frozen=True)
class Standing:
    """What the events tell; each field is the ticket's of the same name."""

    status: Status
    priority: Priority
    category: str
    tier: Tier
    reason: str
    vip: bool
    account_id: int | None
    skill: str = ""
    assignee_id: int | None = None
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    next_contact_at: datetime | None = None
    next_contact_note: str = ""
    remote_until: datetime | None = None
    incident_id: int | None = None


_FIELDS = frozenset(field.name for field in fields(Standing))


def fold(events: Iterable[TicketEvent]) -> Standing:
    """The standing after these events, oldest first. Raises ValueError when they do not begin with the opening."""
    standing: Standing | None = None
    for event in events:
        standing = _opened(event) if standing is None else _after(standing, event)
    if standing is None:
        raise ValueError("a ticket without events has no standing")
    return standing


def standing(ticket: Ticket) -> Standing:
    """What the row says, to be compared."""
    return Standing(**{name: getattr(ticket, name) for name in _FIELDS})


def _opened(event: TicketEvent) -> Standing:
    if event.kind != "opened":
        raise ValueError(f"a history begins with opened, not with {event.kind}")
    said = event.detail
    return Standing(
        status=said["to"],
        priority=said["priority"],
        category=said["category"],
        tier=said["tier"],
        reason=said["reason"],
        vip=said.get("vip", False),
        account_id=said.get("account_id"),
    )


def _after(before: Standing, event: TicketEvent) -> Standing:
    values = dict(_FOLDED[event.kind](event)) if event.kind in _FOLDED else {}
    if "to" in event.detail:
        values["status"] = event.detail["to"]
    if event.kind == "replied" and before.first_response_at is None and event.actor.startswith("agent:"):
        values["first_response_at"] = event.created_at
    return replace(before, **values) if values else before


_FOLDED: Mapping[str, Callable[[TicketEvent], Mapping[str, Any]]] = {
    "assigned": lambda event: {"assignee_id": event.detail["agent_id"]},
    "changed": lambda event: {name: value for name, value in event.detail["new"].items() if name in _FIELDS},
    "sla_escalated": lambda event: {"tier": event.detail["new"]["tier"]},
    "resolved": lambda event: {"resolved_at": event.created_at},
    "closed": lambda event: {"closed_at": event.created_at},
    "reopened": lambda _: {"resolved_at": None, "closed_at": None},
    "scheduled": lambda event: {
        "next_contact_at": _read(event.detail["at"]),
        "next_contact_note": event.detail["note"],
    },
    "consented": lambda event: {"remote_until": _read(event.detail["until"])},
    "incident": lambda event: {"incident_id": event.detail["incident_id"]},
}


def _read(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
