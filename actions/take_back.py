"""取消人工, and what else the message asks."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.heard import heard
from actions.knowledge import Knowledge
from contract.decisions import Answer, Choices, EndHandoff, to_json
from zhtext.questions import asks
from zhtext.wish import split_cancel

_LEAD = re.compile(r"^(另外|还有|顺便|再问(一下|下)?|对了)[,，\s]*")


class ActionTakeBack(Action):
    """The hand-off ends; the rest of 取消人工，另外 ERROR_403 怎么处理 is answered where there is an answer."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def name(self) -> str:
        return "action_take_back"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        dispatcher.utter_message(json_message=to_json(EndHandoff()))
        plain, rest = split_cancel(heard(tracker).text)
        asked = _LEAD.sub("", rest) if plain else ""
        found = await asyncio.to_thread(self._knowledge.decide, asked) if asks(asked) else None
        if isinstance(found, (Answer, Choices)):
            dispatcher.utter_message(json_message=to_json(replace(found, question=asked)))
        return [SlotSet("phenomenon", None)]
