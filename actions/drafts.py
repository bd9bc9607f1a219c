"""From what was said to what stands on a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions.heard import Heard
from contract.decisions import Callback, Complaint, Handoff, OpenTicket
from zhtext.severity import assess
from zhtext.slots import slot_values

SUMMARY_CHARS = 120  # what fits on one line of the console's queue
SKIPPED = "-"
_ON_TICKET = ("phenomenon", "error_code", "version", "os", "phone")


def known_slots(heard: Heard, slots: Mapping[str, Any]) -> dict[str, str]:
    """What the ticket can say without asking: the form, earlier episodes, the question itself, this message."""
    said = {**slot_values(heard.context.last_question or ""), **slot_values(heard.text)}
    found = {**heard.context.slots, **said, **{k: v for k, v in slots.items() if v}}
    if not found.get("phenomenon") and heard.context.last_question:
        found["phenomenon"] = heard.context.last_question
    return {name: str(found[name]) for name in _ON_TICKET if found.get(name) and found[name] != SKIPPED}


def open_ticket(heard: Heard, slots: Mapping[str, Any]) -> OpenTicket:
    """The form is complete."""
    kept = known_slots(heard, slots)
    summary = _summary(kept.get("phenomenon") or heard.context.last_question or "")
    judged = assess(kept.get("phenomenon") or heard.context.last_question or "")
    return OpenTicket(category=judged.category, priority=judged.priority, summary=summary, slots=kept)


def handoff(heard: Heard, slots: Mapping[str, Any], reason: str) -> Handoff:
    """A human is to take over at once; what was just asked is the problem."""
    kept = known_slots(heard, slots)
    kept.setdefault("phenomenon", heard.text)
    judged = assess(heard.text)
    return Handoff(
        reason=reason, category=judged.category, priority=judged.priority, summary=_summary(heard.text), slots=kept
    )


def complaint(heard: Heard, slots: Mapping[str, Any]) -> Complaint:
    """Straight to a human, in the customer's own words."""
    return Complaint(summary=_summary(heard.text), slots=known_slots(heard, slots))


def callback(heard: Heard, slots: Mapping[str, Any]) -> Callback:
    """Please call back; the number if it was said."""
    phone = heard.entity("phone") or known_slots(heard, slots).get("phone")
    return Callback(phone=phone, summary=_summary(heard.context.last_question or heard.text))


def _summary(text: str) -> str:
    return text if len(text) <= SUMMARY_CHARS else text[: SUMMARY_CHARS - 1] + "…"
