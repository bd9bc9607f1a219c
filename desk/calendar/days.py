"""Days that are not what their weekday says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DayKind = Literal["holiday", "workday", "ordinary"]


@dataclass(frozen=True)
class SpecialDay:
    """A holiday, a day worked all the same (调休), or one put back to what its weekday says; and what it is called."""

    kind: DayKind
    name: str = ""
    weekday: int | None = None  # whose hours a workday has; None: the usual ones

    @property
    def key(self) -> tuple[str, str, int | None]:
        """Everything about it."""
        return self.kind, self.name, self.weekday
