"""Where working hours come from: the live calendar, or ones that nobody changes."""

from __future__ import annotations

from typing import Protocol

from desk.calendar.hours import WorkingHours


class Calendar(Protocol):
    """Gives the working hours of this moment."""

    def current(self) -> WorkingHours:
        """What is decided by now."""
        ...


class FixedHours:
    """The same hours for ever: for tests, replays and tools."""

    def __init__(self, hours: WorkingHours | None = None) -> None:
        self._hours = hours or WorkingHours()

    def current(self) -> WorkingHours:
        return self._hours
