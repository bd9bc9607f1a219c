"""From the end of work to the next morning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from desk.calendar import WorkingHours

_LONGEST = 60  # days without work; more than any holiday


@dataclass(frozen=True)
class Night:
    """`since` the last end of work before `day` until the report of `day`; a weekend or a holiday is one long night."""

    day: date
    since: datetime
    until: datetime


def night_before(day: date, at: time, hours: WorkingHours) -> Night:
    """The night that the report of a working day tells of; without any work before, the last sixty days."""
    until = datetime.combine(day, at, hours.tz)
    for back in range(1, _LONGEST + 1):
        before = day - timedelta(days=back)
        intervals = hours.on(before)
        if intervals:
            return Night(day, min(_end(before, intervals[-1].end, hours), until), until)
    return Night(day, until - timedelta(days=_LONGEST), until)


def workdays(first: date, last: date, hours: WorkingHours) -> Iterator[date]:
    """Days on which somebody works, both ends included."""
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        if hours.on(day):
            yield day


def _end(day: date, end: time, hours: WorkingHours) -> datetime:
    """`time(0)` is the midnight that ends the day."""
    return datetime.combine(day + timedelta(days=1) if end == time(0) else day, end, hours.tz)
