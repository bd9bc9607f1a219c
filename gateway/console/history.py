"""A ticket's events as lines that a person reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk.tickets import TicketEvent
from gateway.console.labels import Labels

_GROUPS = ("priority", "category", "tier", "summary")


@dataclass(frozen=True)
class Line:
    """One event."""

    at: datetime
    kind: str
    what: str
    who: str
    detail: str


def history(events: Sequence[TicketEvent], names: Mapping[int, str], labels: Labels) -> tuple[Line, ...]:
    """Newest first; internal notes are shown apart, see `notes`."""
    lines = (_line(event, names, labels) for event in events if event.kind != "noted")
    return tuple(reversed(tuple(lines)))


def notes(events: Sequence[TicketEvent], names: Mapping[int, str], labels: Labels) -> tuple[Line, ...]:
    """Internal notes, newest first."""
    lines = (_line(event, names, labels) for event in events if event.kind == "noted")
    return tuple(reversed(tuple(lines)))


def _line(event: TicketEvent, names: Mapping[int, str], labels: Labels) -> Line:
    describe = _DETAILS.get(event.kind)
    return Line(
        at=event.created_at,
        kind=event.kind,
        what=labels.name("event", event.kind),
        who=labels.actor(event.actor, names),
        detail=describe(event.detail, names, labels) if describe else "",
    )


def _opened(detail: Mapping[str, Any], _names: Mapping[int, str], labels: Labels) -> str:
    return labels.wording.text(
        "console.detail.opened",
        priority=detail.get("priority", ""),
        category=labels.name("category", detail.get("category")),
        reason=labels.name("reason", detail.get("reason")),
    )


def _assigned(detail: Mapping[str, Any], names: Mapping[int, str], labels: Labels) -> str:
    name = labels.actor(f"agent:{detail.get('agent_id')}", names)
    key = "assigned_reason" if detail.get("reason") else "assigned"
    values = {"name": name, "reason": detail.get("reason", "")}
    return labels.wording.text(f"console.detail.{key}", **values)


def _moved(detail: Mapping[str, Any], _names: Mapping[int, str], labels: Labels) -> str:
    before, after = labels.name("status", detail.get("from")), labels.name("status", detail.get("to"))
    return labels.wording.text("console.detail.moved", before=before, after=after)


def _changed(detail: Mapping[str, Any], _names: Mapping[int, str], labels: Labels) -> str:
    old, new = detail.get("old", {}), detail.get("new", {})
    return "；".join(
        labels.wording.text(
            "console.detail.changed",
            field=labels.name("field", field),
            before=labels.name(field, old.get(field)),
            after=labels.name(field, new.get(field)),
        )
        for field in _GROUPS
        if field in new
    )


def _plain(key: str) -> Callable[[Mapping[str, Any], Mapping[int, str], Labels], str]:
    return lambda detail, _names, _labels: str(detail.get(key) or "")


_DETAILS: Mapping[str, Callable[[Mapping[str, Any], Mapping[int, str], Labels], str]] = {
    "opened": _opened,
    "assigned": _assigned,
    "moved": _moved,
    "changed": _changed,
    "noted": _plain("text"),
    "resolved": _plain("solution"),
    "reopened": _plain("reason"),
}
