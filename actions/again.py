"""Say the last answer once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

_ONCE = frozenset({"open_ticket", "handoff", "complaint", "callback", "ticket_urge", "feedback", "end_handoff"})


class ActionRepeat(Action):
    """What was said before the request; what changed something then is not done twice."""

    def name(self) -> str:
        return "action_repeat"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        filling = bool((tracker.active_loop or {}).get("name"))
        said = _last_said(tracker.events or [], _ONCE | {"asking"} if filling else _ONCE)
        for event in said:
            custom = (event.get("data") or {}).get("custom")
            if custom:
                dispatcher.utter_message(json_message=custom)
            if event.get("text"):
                buttons = (event.get("data") or {}).get("buttons") or []
                dispatcher.utter_message(text=event["text"], buttons=buttons)
        if not said and not filling:  # a form asks its question again by itself
            dispatcher.utter_message(response="utter_nothing_to_repeat")
        return []


def _last_said(events: Sequence[Mapping[str, Any]], once: frozenset[str]) -> list[Mapping[str, Any]]:
    """The bot's messages of the turn before this one, without the decisions in `once`."""
    turns: list[list[Mapping[str, Any]]] = [[]]
    for event in events:
        if event.get("event") == "user":
            turns.append([])
        elif event.get("event") == "bot":
            turns[-1].append(event)
    spoken = [turn for turn in turns[:-1] if turn]
    return [event for event in (spoken[-1] if spoken else []) if _kind(event) not in once]


def _kind(event: Mapping[str, Any]) -> str:
    return str(((event.get("data") or {}).get("custom") or {}).get("type", ""))
