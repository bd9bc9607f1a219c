"""A new episode begins with what the gateway still knows."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, ActiveLoop, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from contract.turn import PERSONAL, TurnContext


class ActionSessionStart(Action):
    """Seeds slots and an unfinished form from the turn's metadata."""

    def name(self) -> str:
        return "action_session_start"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        context = TurnContext.from_json(tracker.get_slot("session_started_metadata") or {})
        slots = [SlotSet(name, context.slots[name]) for name in PERSONAL if context.slots.get(name)]
        return [SessionStarted(), *slots, *_resumed(context.form), ActionExecuted("action_listen")]


def _resumed(form: str | None) -> list[Any]:
    """`ticket_form/phone`: the form and the slot it was asking for."""
    if not form:
        return []
    name, _, slot = form.partition("/")
    return [ActiveLoop(name), SlotSet("requested_slot", slot or None)]
