"""How bad, what kind, in what mood: as the engine's model has it, else by the patterns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zhtext import emotion
from zhtext.severity import assess

_SURE = 0.6
UNTOLD = "P3"  # the priority of what tells no problem, once it becomes a ticket


@dataclass(frozen=True)
class Situation:
    """One message as the desk would judge it; `priority` is None for what is neither a problem nor a question."""

    priority: str | None
    category: str
    negative: bool = False
    complaint: bool = False
    sure: float = 1.0  # of the priority

    @property
    def emergency(self) -> bool:
        """Everybody down, saved data lost, a security event: and no mere guess, because it wakes somebody up."""
        return self.priority == "P1" and self.sure >= _SURE


def of_message(message: Mapping[str, Any]) -> Situation | None:
    """What the engine's `situation` says; None when its model has none."""
    said = message.get("situation")
    if not isinstance(said, Mapping):
        return None
    sure = float((said.get("scores") or {}).get("priority", 1.0))
    return Situation(said["priority"], said["category"], bool(said["negative"]), bool(said["complaint"]), sure)


def by_patterns(text: str) -> Situation:
    """For texts the engine has not read in this episode."""
    judged = assess(text)
    return Situation(judged.priority, judged.category, emotion.negative(text), emotion.complains(text))
