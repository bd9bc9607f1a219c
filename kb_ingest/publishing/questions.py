"""The questions that a new build has to answer before it may serve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["pinned", "recent"]


@dataclass(frozen=True)
class Question:
    """A question as somebody asked it. `entry_id` is the entry that a human says answers it; a recent one has none."""

    text: str
    entry_id: str | None = None

    @property
    def kind(self) -> Kind:
        return "pinned" if self.entry_id is not None else "recent"
