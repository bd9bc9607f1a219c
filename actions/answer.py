"""Answer a question from the knowledge base; hand over after the second miss."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.drafts import handoff
from actions.heard import Heard, heard
from actions.knowledge import Knowledge
from contract.decisions import Choices, Decision, Decline, to_json

MISSES_BEFORE_HUMAN = 1  # misses already behind us when another one calls a human


class ActionAnswer(Action):
    """One question, one decision."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def name(self) -> str:
        return "action_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        message = heard(tracker)
        # In a thread: encoding and ranking would hold up every other conversation.
        found = await asyncio.to_thread(self._find, message)
        dispatcher.utter_message(json_message=to_json(_after_misses(found, message, tracker)))
        return []

    def _find(self, message: Heard) -> Decision:
        picked = (message.context.choice or {}).get("id", "")
        if picked.startswith("entry:"):
            return self._knowledge.entry(picked.removeprefix("entry:"))
        found = self._knowledge.decide(message.text)
        if message.out_of_scope and isinstance(found, Choices):
            return Decline(reason="out_of_scope", build_id=found.build_id, trace_id=found.trace_id)
        if message.out_of_scope and isinstance(found, Decline) and found.reason == "no_evidence":
            return Decline(reason="out_of_scope", build_id=found.build_id, trace_id=found.trace_id)
        return found


def _after_misses(found: Decision, message: Heard, tracker: Tracker) -> Decision:
    """The second miss in a row becomes a hand-off; small talk never does."""
    missed = isinstance(found, Decline) and found.reason != "out_of_scope"
    if missed and message.context.misses >= MISSES_BEFORE_HUMAN:
        return handoff(message, tracker.current_slot_values(), "two_misses")
    return found
