"""Time as a parameter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

Clock = Callable[[], datetime]  # returns an aware datetime


def system_clock() -> datetime:
    """The machine's time, aware, in UTC."""
    return datetime.now(timezone.utc)


class FixedClock:
    """A clock that stands still until told otherwise."""

    def __init__(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError(f"a clock needs an aware time, {now.isoformat()} has no offset; add one such as +08:00")
        self._now = now

    def __call__(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move on and return the new time."""
        self._now += by
        return self._now
