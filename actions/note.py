"""Facts without a question: 我用的是 6.1 版. They may be what the last question lacked."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import ActionAnswer
from actions.empathy import soothe
from actions.heard import Heard, heard
from actions.knowledge import Knowledge
from contract.decisions import Answer, Decision, Runbook, to_json

_SURE = 0.5  # below, it may as well be a question


class ActionNote(Action):
    """Answers the last question anew when it was missed; else says that the facts are noted (they are: as slots)."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._answer = ActionAnswer(knowledge)

    def name(self) -> str:
        return "action_note"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        message = heard(tracker)
        # 只有我一个人打不开: a fact, and a question all the same.
        if message.emergency or message.sure < _SURE or message.entity("phenomenon"):
            return await self._answer.run(dispatcher, tracker, domain)
        events = soothe(dispatcher, message, tracker)
        found = await asyncio.to_thread(self._anew, message)
        if found is None:
            dispatcher.utter_message(response="utter_noted")
        else:
            dispatcher.utter_message(json_message=to_json(found))
        return events

    def _anew(self, message: Heard) -> Decision | None:
        asked = message.context.last_question
        if not asked or not message.context.misses:
            return None
        whole = f"{asked}，{message.text}"
        found = self._knowledge.decide(whole)
        return replace(found, question=whole) if isinstance(found, (Answer, Runbook)) else None
