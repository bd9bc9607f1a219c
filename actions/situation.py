"""How bad, what kind, in what mood: as the engine's model has it, else by the patterns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from zhtext import emotion
from zhtext.severity import assess, encrypted, everybody_down, only_asks, over_or_elsewhere

_SURE = 0.6
# One function that goes wrong for everybody is no emergency: 全公司所有人导出的表都少一列.
_PARTS = frozenset({"import_export", "report", "howto", "billing", "suggestion"})
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
    """What the engine's `situation` says, soberly; None when its model has none."""
    said = message.get("situation")
    if not isinstance(said, Mapping):
        return None
    sure = float((said.get("scores") or {}).get("priority", 1.0))
    read = Situation(said["priority"], said["category"], bool(said["negative"]), bool(said["complaint"]), sure)
    return _sober(read, message)


def by_patterns(text: str) -> Situation:
    """For texts the engine has not read in this episode; sure enough to alarm people only when everybody is down."""
    judged = assess(text)
    sure = 1.0 if everybody_down(text) else 0.5
    return Situation(judged.priority, judged.category, emotion.negative(text), emotion.complains(text), sure)


def _sober(read: Situation, message: Mapping[str, Any]) -> Situation:
    """The model's P1 unless something plain speaks against it; what the patterns are certain of is one.

    Not one, whatever they sound like: what only asks how, what is over or somebody else's, one function that goes
    wrong for everybody, 我的任务不见了, what the engine finds foreign, and a mere guess.
    """
    text = message.get("text") or ""
    if encrypted(text):
        return replace(read, priority="P1", category="data_loss", sure=1.0)
    if read.priority != "P1":
        return read
    if only_asks(text):
        return replace(read, priority="P4")
    missing = (message.get("intent") or {}).get("name") == "task_missing" and read.category == "data_loss"
    foreign = bool((message.get("out_of_scope") or {}).get("decision"))
    if missing or foreign or over_or_elsewhere(text):
        return replace(read, priority="P3")
    return replace(read, priority="P2") if read.category in _PARTS or read.sure < _SURE else read
