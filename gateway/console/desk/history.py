"""A ticket's events as lines that a person reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk.tickets import TicketEvent
from gateway.console.labels import Labels
from gateway.console.locale import theirs

Describe = Callable[[Mapping[str, Any], Mapping[int, str], Labels], str]

_GROUPS = ("priority", "category", "tier", "summary", "skill")
_QUIET = ("noted", "replied")  # shown elsewhere: notes apart, replies in the conversation


@dataclass(frozen=True)
class Line:
    """One event."""

    at: datetime
    kind: str
    what: str
    who: str
    detail: str  # what people have written is marked in it: see `gateway.console.locale.theirs`


def history(events: Sequence[TicketEvent], names: Mapping[int, str], labels: Labels) -> tuple[Line, ...]:
    """Newest first; internal notes are shown apart, see `notes`, and replies in the conversation."""
    lines = (_line(event, names, labels) for event in events if event.kind not in _QUIET)
    return tuple(reversed(tuple(lines)))


def notes(events: Sequence[TicketEvent], names: Mapping[int, str], labels: Labels) -> tuple[Line, ...]:
    """Internal notes, newest first."""
    lines = (_line(event, names, labels) for event in events if event.kind == "noted")
    return tuple(reversed(tuple(lines)))


def plan_of(events: Sequence[TicketEvent]) -> str:
    """How it will be solved, as somebody wrote last; empty when nobody has."""
    return next((str(event.detail.get("text", "")) for event in reversed(events) if event.kind == "planned"), "")


def routed(events: Sequence[TicketEvent], labels: Labels) -> str:
    """Why it is where it is: the reason of the last assignment, or of waiting for one."""
    last = next((event for event in reversed(events) if event.kind in ("assigned", "queued")), None)
    return labels.reason(last.detail.get("reason")) if last else ""


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
    reason = labels.reason(detail.get("reason"))
    return labels.name("detail", "assigned_reason" if reason else "assigned", name=theirs(name), reason=reason)


def _moved(detail: Mapping[str, Any], _names: Mapping[int, str], labels: Labels) -> str:
    before, after = labels.name("status", detail.get("from")), labels.name("status", detail.get("to"))
    return labels.wording.text("console.detail.moved", before=before, after=after)


def _changed(detail: Mapping[str, Any], _names: Mapping[int, str], labels: Labels) -> str:
    old, new = detail.get("old", {}), detail.get("new", {})
    changes = "；".join(
        labels.wording.text(
            "console.detail.changed",
            field=labels.name("field", field),
            before=_value(field, old.get(field), labels),
            after=_value(field, new.get(field), labels),
        )
        for field in _GROUPS
        if field in new
    )
    if "account_id" in new:
        changes = "；".join(part for part in (changes, labels.name("detail", "company")) if part)
    reason = labels.name("detail", "reason", reason=theirs(detail["reason"])) if detail.get("reason") else ""
    return "；".join(part for part in (changes, reason) if part)


def _value(field: str, value: object, labels: Labels) -> str:
    return labels.name(field, str(value), default=theirs(value)) if value else ""


def _plain(key: str) -> Describe:
    return lambda detail, _names, _labels: theirs(detail[key]) if detail.get(key) else ""


def _scheduled(detail: Mapping[str, Any], _names: Mapping[int, str], labels: Labels) -> str:
    at = labels.written(detail.get("at"))
    if not at:
        return labels.name("detail", "ended")
    return labels.name(
        "detail", "until_note" if detail.get("note") else "until", at=at, text=theirs(detail.get("note", ""))
    )


def _consented(detail: Mapping[str, Any], _names: Mapping[int, str], labels: Labels) -> str:
    until = labels.written(detail.get("until"))
    if until:
        return labels.name("detail", "until", at=until)
    return labels.name("detail", "expired" if detail.get("reason") == "expired" else "ended")


def _tied(detail: Mapping[str, Any], _names: Mapping[int, str], labels: Labels) -> str:
    role = labels.name("tie", str(detail.get("role") or ""))
    return labels.name("detail", "tie", role=role, number=detail.get("number", ""))


def _promised(detail: Mapping[str, Any], _names: Mapping[int, str], labels: Labels) -> str:
    due = labels.written(detail.get("due_at"))
    text = theirs(detail.get("text", ""))
    return labels.name("detail", "promise", text=text, at=due) if due else text


def _clock(detail: Mapping[str, Any], _names: Mapping[int, str], labels: Labels) -> str:
    tier = detail.get("new", {}).get("tier") if isinstance(detail.get("new"), Mapping) else detail.get("to_tier")
    kind = labels.name("dial", str(detail.get("kind") or detail.get("clock") or ""))
    return f"{kind} → {labels.name('tier', tier)}" if tier else kind


def _closed(detail: Mapping[str, Any], _names: Mapping[int, str], labels: Labels) -> str:
    return labels.name("closing", str(detail.get("reason") or ""))


def _queued(detail: Mapping[str, Any], _names: Mapping[int, str], labels: Labels) -> str:
    return labels.reason(detail.get("reason"))


def _incident(detail: Mapping[str, Any], _names: Mapping[int, str], labels: Labels) -> str:
    number = detail.get("incident_id")
    return labels.name("detail", "incident", n=number) if number else labels.name("detail", "ended")


def _asked(detail: Mapping[str, Any], _names: Mapping[int, str], labels: Labels) -> str:
    return labels.name("ask", str(detail.get("ask") or ""))


def _scored(detail: Mapping[str, Any], _names: Mapping[int, str], labels: Labels) -> str:
    score = labels.name("detail", "score", score=detail.get("score", ""))
    return f"{score}：{theirs(detail['reason'])}" if detail.get("reason") else score


_DETAILS: Mapping[str, Describe] = {
    "opened": _opened,
    "assigned": _assigned,
    "queued": _queued,
    "moved": _moved,
    "changed": _changed,
    "noted": _plain("text"),
    "resolved": _plain("solution"),
    "reopened": _plain("reason"),
    "closed": _closed,
    "planned": _plain("text"),
    "scheduled": _scheduled,
    "next_contact": _scheduled,
    "consented": _consented,
    "linked": _tied,
    "unlinked": _tied,
    "incident": _incident,
    "promised": _promised,
    "promise_kept": _promised,
    "promise_broken": _promised,
    "promise_withdrawn": _promised,
    "sla_warned": _clock,
    "sla_escalated": _clock,
    "sla_breached": _clock,
    "asked": _asked,
    "scored": _scored,
}
