"""Rasa's side of an action call, as it comes over the wire."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from contract.turn import TurnContext

TURN = {"turn_id": "t-1", "now": "2026-11-23T10:00:00+08:00"}


def message(text: str, intent: str = "data_import", **more: Any) -> dict[str, Any]:
    """`latest_message`; `turn` is the metadata, `out_of_scope` the decision."""
    metadata = TurnContext.from_json({**TURN, **more.pop("turn", {})}).to_json()
    return {
        "text": text,
        "intent": {"name": intent, "confidence": 0.9},
        "entities": more.pop("entities", []),
        "metadata": metadata,
        "out_of_scope": {"score": 0.9, "decision": more.pop("out_of_scope", False)},
    }


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


def tracker(latest: dict[str, Any], slots: dict[str, Any] | None = None, form: str | None = None) -> Tracker:
    """What an action sees."""
    loop = {"name": form} if form else {}
    return Tracker("1:0", slots or {}, latest, [], False, None, loop, "action_listen")


def dispatcher() -> CollectingDispatcher:
    return CollectingDispatcher()
