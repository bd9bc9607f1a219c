"""One thing that an editor should look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from retrieval.knowledge.entry import Entry

ERROR, WARNING = "error", "warning"
_EXAMPLES = 3


@dataclass(frozen=True)
class Finding:
    """`check` names the rule, `message` says in Chinese what is wrong and what to do. An error blocks publication."""

    check: str
    level: str
    entry_ids: tuple[str, ...]
    message: str

    def to_json(self) -> dict[str, Any]:
        return {
            "check": self.check,
            "level": self.level,
            "entry_ids": list(self.entry_ids),
            "message": self.message,
        }


def name(entry: Entry) -> str:
    """How messages call an entry."""
    return f"{entry.id}《{entry.title}》"


def quoted(texts: tuple[str, ...]) -> str:
    """The first few texts in quotation marks, and how many there are where that is not all."""
    shown = "、".join(f"“{text}”" for text in texts[:_EXAMPLES])
    return shown if len(texts) <= _EXAMPLES else f"{shown}等 {len(texts)} 条"
