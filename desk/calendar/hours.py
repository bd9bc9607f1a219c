"""Working hours as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from types import MappingProxyType
from zoneinfo import ZoneInfo

_LONGEST_PAUSE = 366  # days without an opening after which there is none


@dataclass(frozen=True)
class Interval:
    """From `start` until just before `end`, on one day."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError(f"an interval must end after it starts: {self.start:%H:%M}-{self.end:%H:%M} does not")


_DAY = (Interval(time(8, 30), time(12)), Interval(time(13, 30), time(18)))
_WEEK: Mapping[int, tuple[Interval, ...]] = MappingProxyType(dict.fromkeys(range(5), _DAY))


@dataclass(frozen=True)
class WorkingHours:
    """When somebody is on duty; by default Monday to Friday 08:30-12:00 and 13:30-18:00 in China.

    `makeup` days (调休) are worked like a Monday, even on a weekend or holiday.
    """

    week: Mapping[int, tuple[Interval, ...]] = field(default_factory=lambda: _WEEK)  # Monday is 0
    holidays: frozenset[date] = frozenset()
    makeup: frozenset[date] = frozenset()
    tz: tzinfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))

    def on(self, day: date) -> tuple[Interval, ...]:
        """The intervals of one day, in order."""
        if day in self.makeup:
            intervals = self.week.get(0, ())
        elif day in self.holidays:
            intervals = ()
        else:
            intervals = self.week.get(day.weekday(), ())
        return tuple(sorted(intervals, key=lambda interval: interval.start))

    def is_working(self, now: datetime) -> bool:
        """Whether `now` (aware) is within working hours."""
        local = _aware(now).astimezone(self.tz)
        return any(interval.start <= local.time() < interval.end for interval in self.on(local.date()))

    def next_opening(self, now: datetime) -> datetime | None:
        """The next moment at which work begins, strictly after `now`; None when there is none within a year."""
        first = _aware(now).astimezone(self.tz).date()
        for offset in range(_LONGEST_PAUSE + 1):
            day = first + timedelta(days=offset)
            for interval in self.on(day):
                opening = datetime.combine(day, interval.start, self.tz)
                # Compared in UTC: two times of one zone are compared by the wall clock, wrong where clocks change.
                if opening.astimezone(timezone.utc) > now:
                    return opening
        return None


def _aware(now: datetime) -> datetime:
    if now.tzinfo is None:
        raise ValueError(f"{now.isoformat()} has no offset; add one such as +08:00")
    return now
