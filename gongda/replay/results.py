"""What came of a script, as the report says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True)
class TurnResult:
    """One thing said, and what was said to it. Of a burst, everything belongs to the last of its turns."""

    user: str
    texts: tuple[str, ...]  # as the customer reads them
    decisions: tuple[Json, ...]
    pushed: tuple[str, ...]  # arrived unprompted since the turn before
    degraded: bool
    ms: int  # from sending to the end of the turn, in real time
    options: tuple[str, ...] = ()  # labels that can be picked now
    ticket: str | None = None  # the number of the ticket this turn has opened

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {
            "user": self.user,
            "texts": list(self.texts),
            "decisions": [dict(decision) for decision in self.decisions],
            "pushed": list(self.pushed),
            "degraded": self.degraded,
            "ms": self.ms,
        }
        if self.options:
            data["options"] = list(self.options)
        if self.ticket:
            data["ticket"] = self.ticket
        return data


@dataclass(frozen=True)
class ScriptResult:
    """One script's turns; `pushed_after` is what arrived after the last of them."""

    id: str
    turns: tuple[TurnResult, ...]
    pushed_after: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {"id": self.id, "turns": [turn.to_json() for turn in self.turns]}
        if self.pushed_after:
            data["pushed_after"] = list(self.pushed_after)
        return data
