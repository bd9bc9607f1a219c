"""Answer what was asked from the knowledge base; hand over after the second miss, in rage and in an emergency."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.drafts import handoff
from actions.emergency import emergency
from actions.empathy import needs_a_person, soothe
from actions.heard import Heard, heard
from actions.knowledge import Knowledge
from contract.decisions import ENTRY, Answer, Choices, Decision, Decline, Handoff, Option, Runbook, to_json
from zhtext.questions import split_questions

MISSES_BEFORE_HUMAN = 1  # misses already behind us when another one calls a human
CERTAIN = 0.95  # probability from which an answer stands although the engine finds the question foreign
SURELY_FOREIGN = 0.96  # out-of-scope score of small talk; below it stands much that only nobody has written about yet
_NO_EMERGENCY = ("P2", "P3")
PENDING = "pending_question"  # the slot of a second question that waits for the choice of the first


class ActionAnswer(Action):
    """One message, one question or two; each gets its decision."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def name(self) -> str:
        return "action_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        message = heard(tracker)
        # In a thread: encoding and ranking would hold up every other conversation.
        found, waiting = await asyncio.to_thread(self._found, message, tracker)
        events = soothe(dispatcher, message, tracker)
        for decision in found:
            dispatcher.utter_message(json_message=to_json(decision))
        unknown = message.unknown_codes
        if unknown and not any(isinstance(decision, (Decline, Handoff)) for decision in found):
            dispatcher.utter_message(response="utter_unknown_code_too", codes="、".join(unknown))
        if waiting:
            dispatcher.utter_message(response="utter_next_question", question=waiting)
        over = bool(tracker.active_loop.get("name")) and any(isinstance(decision, Handoff) for decision in found)
        leaving = [ActiveLoop(None), SlotSet("requested_slot", None)] if over else []
        return [*events, SlotSet(PENDING, waiting), *leaving]

    def _found(self, message: Heard, tracker: Tracker) -> tuple[tuple[Decision, ...], str | None]:
        """Decisions to say now, and the question that has to wait."""
        if message.picked.startswith(ENTRY):
            return self._picked(message, tracker.get_slot(PENDING)), None
        if message.emergency:
            return emergency(message, tracker.current_slot_values(), self._knowledge), None
        found, waiting = self._ask(message)
        return self._person_where_due(found, message, tracker), waiting

    def _picked(self, message: Heard, pending: str | None) -> tuple[Decision, ...]:
        # 第一个 is no question; what the choice was about still is.
        entry = _about(
            self._knowledge.entry(message.picked.removeprefix(ENTRY), message.version), message.context.last_question
        )
        if isinstance(entry, Runbook):  # who picks 平台打不开、大面积崩溃 is in the middle of it
            return entry, replace(handoff(message, {}, "emergency"), priority="P1")
        return (entry, _about(self._knowledge.decide(pending, message.version), pending)) if pending else (entry,)

    def _ask(self, message: Heard) -> tuple[tuple[Decision, ...], str | None]:
        """All questions of the message. Two choices at once cannot be picked from: then the second has to wait."""
        questions = (message.text,) if message.followed_up else split_questions(message.text)
        found = [_scoped(self._knowledge.decide(question, message.version), message) for question in questions]
        if len(questions) == 1:
            return (_about(found[0], message.followed_up),), None
        if _one_matter(found):
            return (_scoped(self._knowledge.decide(message.text, message.version), message),), None
        named = [_about(decision, question) for decision, question in zip(found, questions, strict=True)]
        settled = [decision for decision in named if not isinstance(decision, Choices)]
        open_ = [decision for decision in named if isinstance(decision, Choices)]
        waiting = open_[1].question if len(open_) > 1 else None
        return (*settled, *open_[:1]), waiting

    def _person_where_due(self, found: tuple[Decision, ...], message: Heard, tracker: Tracker) -> tuple[Decision, ...]:
        """The second miss in a row becomes a hand-off, and so does rage; small talk never does."""
        slots = tracker.current_slot_values()
        if needs_a_person(message):
            answered = tuple(decision for decision in found if isinstance(decision, (Answer, Runbook)))
            return (*answered, handoff(message, slots, "emotion"))
        missed = all(isinstance(decision, Decline) and decision.reason != "out_of_scope" for decision in found)
        if missed and message.context.misses >= MISSES_BEFORE_HUMAN:
            return (handoff(message, slots, "two_misses"),)
        return found


def _scoped(found: Decision, message: Heard) -> Decision:
    """Out of scope wins over a guess, and loses against evidence: a code, or an entry that is as good as certain."""
    if message.out_of_scope and isinstance(found, (Answer, Choices, Decline)) and _guessed(found):
        return Decline("out_of_scope", build_id=found.build_id, trace_id=found.trace_id, keep=_perhaps_ours(message))
    if isinstance(found, Runbook) and message.situation.priority in _NO_EMERGENCY:
        # 只有我一个人打不开: what is meant for everybody is only on offer.
        return Choices((Option(ENTRY + found.entry_id, found.title),), found.build_id, found.trace_id)
    return found


def _perhaps_ours(message: Heard) -> bool:
    """混凝土罐车的轨迹怎么看: a matter that no entry and no example knows yet looks foreign, too."""
    return message.foreign < SURELY_FOREIGN and message.situation.priority is not None


def _guessed(found: Answer | Choices | Decline) -> bool:
    if isinstance(found, Answer):
        return found.code is None and found.probability < CERTAIN
    return isinstance(found, Choices) or found.reason == "no_evidence"


def _about(found: Decision, question: str | None) -> Decision:
    """The decision, naming what it was looked up for where that is not the message itself."""
    if question and isinstance(found, (Answer, Choices, Decline, Runbook)):
        return replace(found, question=question)
    return found


def _one_matter(found: Sequence[Decision]) -> bool:
    """The parts lead to one entry, or say less than the whole: then the message asks one thing after all."""
    if all(isinstance(decision, Decline) for decision in found):
        return True
    entries = {decision.entry_id for decision in found if isinstance(decision, (Answer, Runbook))}
    return len(entries) == 1 and all(isinstance(decision, (Answer, Runbook)) for decision in found)
