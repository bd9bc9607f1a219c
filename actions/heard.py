"""What the tracker says about the message at hand, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker

from contract.turn import TurnContext


@dataclass(frozen=True)
class Heard:
    """The latest message: its normalised text, its intent, and the turn it belongs to."""

    text: str
    intent: str
    out_of_scope: bool
    context: TurnContext
    entities: tuple[tuple[str, str], ...]

    def entity(self, name: str) -> str | None:
        """The first value of an entity."""
        return next((value for kind, value in self.entities if kind == name), None)


def heard(tracker: Tracker) -> Heard:
    """Read from Rasa's `latest_message`; metadata is absent when a tool talks to the engine."""
    message: dict[str, Any] = tracker.latest_message or {}
    metadata = message.get("metadata") or {}
    return Heard(
        text=message.get("text") or "",
        intent=(message.get("intent") or {}).get("name") or "",
        out_of_scope=bool((message.get("out_of_scope") or {}).get("decision")),
        context=TurnContext.from_json(metadata),
        entities=tuple((e["entity"], str(e["value"])) for e in message.get("entities") or []),
    )
