"""The statutory holidays of China with their make-up days, from the table that is shipped with the product."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import tomllib

from desk.calendar.days import SpecialDay
from desk.calendar.hours import WorkingHours

TABLE = Path(__file__).parent / "china.toml"
Status = Literal["official", "provisional"]
WarningCode = Literal["provisional", "missing"]
_LOOK_AHEAD = timedelta(days=60)


@dataclass(frozen=True)
class StatutoryYear:
    """What is known about one year. `provisional`: the law's days only, before the State Council has said how they
    are moved; make-up days are missing."""

    year: int
    status: Status
    source: str
    days: Mapping[date, SpecialDay]


@dataclass(frozen=True)
class CalendarWarning:
    """A year that matters now, or within 60 days, and is `provisional` or `missing` from the table."""

    code: WarningCode
    year: int


@cache
def statutory_years() -> Mapping[int, StatutoryYear]:
    """The shipped table, by year."""
    data = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return MappingProxyType({int(number): _year(int(number), section) for number, section in data.items()})


@cache
def statutory_days() -> Mapping[date, SpecialDay]:
    """All days of the shipped table."""
    return MappingProxyType({day: what for year in statutory_years().values() for day, what in year.days.items()})


def warnings(now: datetime, hours: WorkingHours | None = None) -> tuple[CalendarWarning, ...]:
    """What the operator has to hear loudly: years that `now` or the next 60 days fall in and that nobody can rely on.
    A year that the vendor has confirmed is not among them."""
    of = hours or WorkingHours()
    years = {at.astimezone(of.tz).year for at in (now, now + _LOOK_AHEAD)} - of.confirmed
    return tuple(warning for year in sorted(years) if (warning := year_warning(year)) is not None)


def year_warning(year: int) -> CalendarWarning | None:
    """What is wrong with the shipped data of a year; None when there is an official notice."""
    known = statutory_years().get(year)
    if known is None:
        return CalendarWarning("missing", year)
    return CalendarWarning("provisional", year) if known.status == "provisional" else None


def _year(number: int, section: Mapping[str, Any]) -> StatutoryYear:
    days = dict(_days(section["holidays"]))
    return StatutoryYear(number, section["status"], section["source"], MappingProxyType(days))


def _days(holidays: Iterable[Mapping[str, Any]]) -> Iterator[tuple[date, SpecialDay]]:
    for one in holidays:
        for offset in range((one["to"] - one["from"]).days + 1):
            yield one["from"] + timedelta(days=offset), SpecialDay("holiday", one["name"])
        for day in one["work"]:
            yield day, SpecialDay("workday", one["name"])
