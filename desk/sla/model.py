"""What a clock is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from desk.calendar import WorkingHours
from desk.sla.rules import Kind

State = Literal["running", "paused", "stopped"]
MarkName = Literal["warned", "escalated", "breached"]
MARKS: tuple[MarkName, ...] = ("warned", "escalated", "breached")


@dataclass(frozen=True)
class Clock:
    """One clock of a ticket at one moment; all numbers are seconds, `used` until that moment.

    `due_at` and `breach_at` are when target and limit are, or were, reached; None while it is not known when, because
    the clock is paused or was stopped before. `warned`, `escalated` and `breached` are on record.
    """

    kind: Kind
    state: State
    priority: str
    target: int
    breach: int
    wall: bool  # around the clock; otherwise in working time
    used: int
    due_at: datetime | None
    breach_at: datetime | None
    stopped_at: datetime | None
    warned: bool = False
    escalated: bool = False
    breached: bool = False

    @property
    def remaining(self) -> int:
        """Until the target; negative when it is over."""
        return self.target - self.used

    @property
    def share(self) -> float:
        """Used of the target: 1.0 is all of it."""
        return self.used / self.target

    @property
    def met(self) -> bool | None:
        """Whether it was stopped in time; None while it is not stopped."""
        return self.used <= self.target if self.state == "stopped" else None


def passed(hours: WorkingHours, wall: bool, a: datetime, b: datetime) -> int:
    """Seconds that count from `a` until `b`."""
    return max(0, int((b - a).total_seconds())) if wall else hours.working_seconds(a, b)
