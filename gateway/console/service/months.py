"""A year as twelve sheets of weeks."""

from __future__ import annotations

from calendar import Calendar
from dataclasses import dataclass
from datetime import date

from desk.calendar import WorkingHours


@dataclass(frozen=True)
class Cell:
    """One day. `look`: work, off, holiday, makeup; `own`: the operator has decided it."""

    day: date
    look: str
    name: str
    hours: str  # such as 08:30-12:00、13:30-18:00; empty: nobody works
    own: bool


@dataclass(frozen=True)
class Month:
    """Weeks from Monday to Sunday; None where the day is another month's."""

    number: int
    weeks: tuple[tuple[Cell | None, ...], ...]


def months(year: int, hours: WorkingHours) -> tuple[Month, ...]:
    """January to December."""
    sheets = Calendar(firstweekday=0)
    return tuple(
        Month(
            number,
            tuple(
                tuple(cell(day, hours) if day.month == number else None for day in week)
                for week in sheets.monthdatescalendar(year, number)
            ),
        )
        for number in range(1, 13)
    )


def cell(day: date, hours: WorkingHours) -> Cell:
    """What the hours say about one day."""
    special, intervals = hours.special(day), hours.on(day)
    kind = special.kind if special else "ordinary"
    plain = "work" if intervals else "off"
    look = {"holiday": "holiday", "workday": "makeup"}.get(kind, plain)
    said = "、".join(
        f"{one.start:%H:%M}-{'24:00' if one.end.hour + one.end.minute == 0 else f'{one.end:%H:%M}'}"
        for one in intervals
    )
    return Cell(day, look, special.name if special else "", said, day in hours.own)
