"""Working hours as data, and arithmetic with them.

Moments are compared in UTC, so that nothing depends on the zone: a time that the clocks skip counts as that much
later, one that comes twice as the first of the two (RFC 5545, section 3.3.5).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType
from zoneinfo import ZoneInfo

from desk.calendar.days import SpecialDay
from desk.calendar.period import Period, period
from desk.calendar.years import SECOND, Year, microseconds, moment, year_of
from desk.errors import NoWorkingTime

_LONGEST_PAUSE = 366  # days without an opening after which there is none
_MIDNIGHT = time(0)


@dataclass(frozen=True)
class Interval:
    """From `start` until just before `end`, on one day; `time(0)` as the end is the midnight that ends the day."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start >= self.end and self.end != _MIDNIGHT:
            raise ValueError(f"an interval must end after it starts: {self.start:%H:%M}-{self.end:%H:%M} does not")


_DAY = (Interval(time(8, 30), time(12)), Interval(time(13, 30), time(18)))
_WEEK: Mapping[int, tuple[Interval, ...]] = MappingProxyType(dict.fromkeys(range(5), _DAY))
_NONE: Mapping[date, SpecialDay] = MappingProxyType({})


@dataclass(frozen=True)
class WorkingHours:
    """When somebody is on duty; by default Monday to Friday 08:30-12:00 and 13:30-18:00 in China.

    A day is what `own` (the operator's decisions) says, else `makeup` and `holidays` (the vendor's, from
    support.toml), else `table` (the statutory days), else what its weekday is. Make-up days (调休) are worked, even on
    a weekend, like the weekday that `own` names or else like the first weekday that is worked.
    `confirmed` are the years whose days the vendor has checked against the official notice.
    """

    week: Mapping[int, tuple[Interval, ...]] = field(default_factory=lambda: _WEEK)  # Monday is 0
    holidays: frozenset[date] = frozenset()
    makeup: frozenset[date] = frozenset()
    tz: tzinfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    table: Mapping[date, SpecialDay] = field(default_factory=lambda: _NONE, repr=False)
    own: Mapping[date, SpecialDay] = field(default_factory=lambda: _NONE)
    confirmed: frozenset[int] = frozenset()

    def special(self, day: date) -> SpecialDay | None:
        """What is decided about one day; None for a day like any other."""
        statutory = self.table.get(day)
        name = statutory.name if statutory else ""
        if day in self.own:
            return self.own[day]
        if day in self.makeup:
            return SpecialDay("workday", name)
        if day in self.holidays:
            return SpecialDay("holiday", name)
        return statutory

    def on(self, day: date) -> tuple[Interval, ...]:
        """The intervals of one day, in order."""
        special = self.special(day)
        kind = special.kind if special else "ordinary"
        if kind == "holiday":
            return ()
        weekday = day.weekday()
        if special and kind == "workday":
            weekday = self._pattern if special.weekday is None else special.weekday
        return tuple(sorted(self.week.get(weekday, ()), key=lambda interval: interval.start))

    def is_working(self, now: datetime) -> bool:
        """Whether `now` (aware) is within working hours."""
        at = microseconds(_aware(now))
        return self._year(year_of(at, self.tz)).contains(at)

    def next_opening(self, now: datetime) -> datetime | None:
        """The next moment at which work begins, strictly after `now`; None when there is none within a year."""
        at = microseconds(_aware(now))
        latest = at + _LONGEST_PAUSE * 24 * 3600 * SECOND
        first = year_of(at, self.tz)
        ended = None  # where the year before left off: work that goes on over New Year does not begin there
        for number in (first, first + 1):
            year = self._year(number)
            opening = year.opening(at)
            if opening is not None and opening == ended:
                opening = year.opening(opening)
            if opening is not None:
                return moment(opening, self.tz) if opening <= latest else None
            ended = year.ends[-1] if year.ends else None
        return None

    def working_seconds(self, a: datetime, b: datetime) -> int:
        """Whole working seconds from `a` until `b`; 0 when `b` is not after `a`."""
        first, last = microseconds(_aware(a)), microseconds(_aware(b))
        if last <= first:
            return 0
        begun, ended = year_of(first, self.tz), year_of(last, self.tz)
        whole = sum(self._year(number).total for number in range(begun, ended))
        return (whole + self._year(ended).worked(last) - self._year(begun).worked(first)) // SECOND

    def after(self, start: datetime, seconds: int) -> datetime:
        """The first moment at which so many working seconds have passed since `start`. Raises NoWorkingTime when
        nobody works for a year and a day on the way there."""
        at = microseconds(_aware(start))
        if seconds <= 0:
            return start
        number = year_of(at, self.tz)
        wanted = self._year(number).worked(at) + seconds * SECOND
        empty = 0
        while wanted > self._year(number).total:
            wanted -= self._year(number).total
            empty = 0 if self._year(number).total else empty + 1
            number += 1
            if empty > 2 or number > date.max.year - 1:
                raise NoWorkingTime(f"no working time from {start:%Y-%m-%d} to {number}; check [hours] and the days")
        return moment(self._year(number).reached(wanted), self.tz)

    def period(self, now: datetime) -> Period:
        """What part of which day it is, for the sentences that say when somebody is there."""
        local = _aware(now).astimezone(self.tz)
        spans = tuple(self._spans(local.date()))
        return period(microseconds(now), spans, self.special(local.date()))

    @cached_property
    def version(self) -> str:
        """Changes exactly when the answers could change."""
        days = [sorted((str(day), *map(str, special.key)) for day, special in part.items()) for part in self._layers]
        week = [(number, str(self.week.get(number, ()))) for number in range(7)]
        said = repr((week, sorted(map(str, self.holidays)), sorted(map(str, self.makeup)), str(self.tz), days))
        return sha256(said.encode()).hexdigest()[:16]

    @property
    def _layers(self) -> tuple[Mapping[date, SpecialDay], Mapping[date, SpecialDay]]:
        return self.table, self.own

    @cached_property
    def _pattern(self) -> int:
        return next((number for number in range(7) if self.week.get(number)), 0)

    @cached_property
    def _years(self) -> dict[int, Year]:
        return {}

    def _year(self, number: int) -> Year:
        """Made once, in about two milliseconds; then everything is a search in sorted lists."""
        if number not in self._years:
            days = (date(number, 1, 1) + timedelta(days=offset) for offset in range(366))
            self._years[number] = Year.of(span for day in days if day.year == number for span in self._spans(day))
        return self._years[number]

    def _spans(self, day: date) -> Iterator[tuple[int, int]]:
        for interval in self.on(day):
            ends = day + timedelta(days=1) if interval.end == _MIDNIGHT else day
            yield self._utc(day, interval.start), self._utc(ends, interval.end)

    def _utc(self, day: date, at: time) -> int:
        return microseconds(datetime.combine(day, at, self.tz).astimezone(timezone.utc))


def _aware(now: datetime) -> datetime:
    if now.tzinfo is None:
        raise ValueError(f"{now.isoformat()} has no offset; add one such as +08:00")
    return now
