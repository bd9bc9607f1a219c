"""From what was said to what stands on a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions.heard import Heard
from contract.decisions import Callback, Complaint, Handoff, OpenTicket
from contract.turn import PERSONAL
from zhtext.codes import find_codes
from zhtext.normalize import normalize
from zhtext.slots import slot_values

SUMMARY_CHARS = 120  # what fits on one line of the console's queue
SKIPPED = "-"
_PROBLEM = ("error_code", "module", "when", "frequency", "scope")


def known_slots(heard: Heard, slots: Mapping[str, Any]) -> dict[str, str]:
    """What the ticket can say without asking: earlier episodes, the problem in question, this message, the form."""
    problem = problem_of(heard, slots)
    found: dict[str, str] = {name: heard.context.slots[name] for name in PERSONAL if heard.context.slots.get(name)}
    found |= {name: str(slots[name]) for name in PERSONAL if slots.get(name)}
    for text in (problem, heard.text):
        found |= _said(text) | _kept(heard.said_with(text))
    if problem:
        found["phenomenon"] = problem
    return {name: value for name, value in found.items() if value != SKIPPED}


def problem_of(heard: Heard, slots: Mapping[str, Any]) -> str:
    """The words that tell the problem: the form's answer, else the last question; nothing when neither is there.

    An emergency told in the middle of the form is what the ticket is about now.
    """
    said = slots.get("phenomenon")
    told = "" if said in (None, SKIPPED) else str(said)
    if heard.emergency and heard.judged(told) is not heard.situation:
        return heard.text
    return told or heard.context.last_question or ""


def open_ticket(heard: Heard, slots: Mapping[str, Any]) -> OpenTicket:
    """The form is complete."""
    problem = problem_of(heard, slots)
    judged = heard.judged(problem)
    kept = known_slots(heard, slots)
    return OpenTicket(judged.category, heard.priority(problem) if problem else "P3", _summary(problem), kept)


def handoff(heard: Heard, slots: Mapping[str, Any], reason: str) -> Handoff:
    """A human is to take over at once; what was just asked is the problem, or before it, if this tells none."""
    asked = heard.context.last_question
    told = heard.situation.priority is not None or heard.entity("error_code")
    problem = heard.text if told or not asked else asked
    kept = known_slots(heard, {**slots, "phenomenon": problem})
    return Handoff(reason, heard.judged(problem).category, heard.priority(problem), _summary(problem), kept)


def complaint(heard: Heard, slots: Mapping[str, Any]) -> Complaint:
    """Straight to a human, in the customer's own words."""
    priority = "P1" if heard.emergency else "P2"
    return Complaint(_summary(heard.text), known_slots(heard, slots), heard.situation.category, priority)


def callback(heard: Heard, slots: Mapping[str, Any]) -> Callback:
    """Please call back; the number if it was said."""
    phone = heard.entity("phone") or known_slots(heard, slots).get("phone")
    return Callback(phone=phone, summary=_summary(heard.context.last_question or heard.text))


def _said(text: str) -> dict[str, str]:
    plain = normalize(text)
    said = {name: value for name, value in slot_values(plain).items() if name in (*PERSONAL, *_PROBLEM)}
    codes = find_codes(plain)
    return {**said, "error_code": codes[0].canonical} if codes else said


def _kept(said: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in said.items() if name in (*PERSONAL, *_PROBLEM)}


def _summary(text: str) -> str:
    return text if len(text) <= SUMMARY_CHARS else text[: SUMMARY_CHARS - 1] + "…"
