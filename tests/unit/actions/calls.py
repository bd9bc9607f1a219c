"""Rasa's side of an action call, as it comes over the wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from contract.decisions import Decision, from_json
from contract.turn import TurnContext

TURN = {"turn_id": "t-1", "now": "2026-11-23T10:00:00+08:00"}


def message(text: str, intent: str = "data_import", **more: Any) -> dict[str, Any]:
    """`latest_message`; `turn` is the metadata, `out_of_scope` the decision, `situation` what the engine read."""
    metadata = TurnContext.from_json({**TURN, **more.pop("turn", {})}).to_json()
    return {
        "text": text,
        "intent": {"name": intent, "confidence": more.pop("sure", 0.9)},
        "entities": more.pop("entities", []),
        "metadata": metadata,
        "out_of_scope": {"score": more.pop("foreign", 0.99), "decision": more.pop("out_of_scope", False)},
        **more,
    }


def situation(
    priority: str | None = None,
    category: str = "other",
    *,
    negative: bool = False,
    complaint: bool = False,
    sure: float = 0.9,
) -> dict[str, Any]:
    """What the engine's model reads in a message."""
    flags = {"negative": negative, "complaint": complaint, "wants_human": False}
    return {"priority": priority, "category": category, **flags, "scores": {"priority": sure}}


def entity(name: str, value: str) -> dict[str, Any]:
    return {"entity": name, "value": value, "start": 0, "end": len(value)}


def call(
    action: str,
    latest: dict[str, Any] | None = None,
    slots: dict[str, Any] | None = None,
    just_set: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The body of Rasa's request; the domain is left out, as with `enable_selective_domain`.

    `just_set` are the slots the message has filled, for a form to look at.
    """
    tracker = {
        "sender_id": "1:0",
        "slots": {**(slots or {}), **(just_set or {})},
        "latest_message": latest or {},
        "latest_event_time": 1.0,
        "followup_action": None,
        "paused": False,
        "events": [{"event": "slot", "name": name, "value": value} for name, value in (just_set or {}).items()],
        "latest_input_channel": "web",
        "active_loop": {},
        "latest_action": {},
        "latest_action_name": "action_listen",
    }
    return {"next_action": action, "sender_id": "1:0", "tracker": tracker, "version": "3.6.21"}


def user(latest: dict[str, Any]) -> dict[str, Any]:
    """The event of a message; Rasa keeps the text as it was written, and beside it what the engine made of it."""
    return {"event": "user", "text": latest.get("text"), "parse_data": latest}


def bot(text: str | None = None, custom: dict[str, Any] | None = None, buttons: Any = None) -> dict[str, Any]:
    """The event of something the bot said."""
    return {"event": "bot", "text": text, "data": {"custom": custom, "buttons": buttons}}


def tracker(
    latest: dict[str, Any],
    slots: dict[str, Any] | None = None,
    form: str | None = None,
    earlier: Sequence[dict[str, Any]] = (),
) -> Tracker:
    """What an action sees; `earlier` are the events before the latest message."""
    loop = {"name": form} if form else {}
    return Tracker("1:0", slots or {}, latest, [*earlier, user(latest)], False, None, loop, "action_listen")


def dispatcher() -> CollectingDispatcher:
    return CollectingDispatcher()


async def said(action: Action, seen: Tracker) -> list[Decision | str]:
    """What an action says: decisions, responses by name, plain texts."""
    collected = dispatcher()
    await action.run(collected, seen, {})
    return [_said(each) for each in collected.messages]


def _said(response: dict[str, Any]) -> Decision | str:
    if response.get("custom"):
        return from_json(response["custom"])
    return response.get("response") or response["text"]


async def changes(action: Action, seen: Tracker) -> dict[str, Any]:
    """The slots an action sets."""
    events = await action.run(dispatcher(), seen, {})
    return {event["name"]: event["value"] for event in events if event["event"] == "slot"}
