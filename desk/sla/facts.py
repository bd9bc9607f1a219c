"""What events say about a ticket, as far as its clocks care."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from desk.sla.model import State
from desk.sla.rules import Kind
from desk.tickets.model import DONE, TicketEvent

_STATUSES = frozenset({"new", "assigned", "in_progress", "waiting", "on_site", *DONE})


@dataclass(frozen=True)
class Facts:
    """A ticket between two events."""

    status: str = "new"
    priority: str = "P3"
    category: str = "other"
    tier: str = "L1"
    answered: bool = False  # by a person
    planned: bool = False

    def after(self, event: TicketEvent) -> Facts:
        """What holds after one more event; kinds that nobody knows yet count by their `to`, `old` and `new`."""
        detail = event.detail
        changes: dict[str, Any] = {}
        if detail.get("to") in _STATUSES:
            changes["status"] = detail["to"]
        new = detail if event.kind == "opened" else detail.get("new")
        if isinstance(new, Mapping):
            changes.update({name: new[name] for name in ("priority", "category", "tier") if name in new})
        if event.actor.startswith("agent:") and event.kind in ("replied", "resolved", "closed"):
            changes["answered"] = True
        if event.kind == "planned":
            changes["planned"] = True
        return replace(self, **changes)

    def wanted(self, kind: Kind) -> State:
        """The state in which a clock has to be. Only a reply by a person, or their solution, stops the first
        response for good; waiting for the customer does not even pause it."""
        if self.status in DONE:
            return "stopped"
        if kind == "first_response":
            return "stopped" if self.answered else "running"
        if kind == "plan" and (self.planned or self.tier != "L3"):
            return "stopped"
        return "paused" if self.status == "waiting" else "running"
