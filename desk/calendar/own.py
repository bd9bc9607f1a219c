"""Days on which the operator has decided otherwise than the shipped table and support.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import audit
from desk.calendar.days import DayKind, SpecialDay
from desk.tables import CalendarDayRow

LONGEST_NAME = 20  # characters


@dataclass(frozen=True)
class OwnDay:
    """A decision, and who made it when."""

    day: date
    special: SpecialDay
    changed_by: str
    changed_at: datetime


def listing(session: Session, *, year: int | None = None) -> tuple[OwnDay, ...]:
    """All decisions, in order of days."""
    query = select(CalendarDayRow).order_by(CalendarDayRow.day)
    if year is not None:
        query = query.where(CalendarDayRow.day.between(date(year, 1, 1), date(year, 12, 31)))
    return tuple(_own(row) for row in session.scalars(query))


def special_days(session: Session) -> Mapping[date, SpecialDay]:
    """All decisions, by day, as working hours take them."""
    return {one.day: one.special for one in listing(session)}


def decide(session: Session, day: date, special: SpecialDay, *, by: str, now: datetime) -> bool:
    """Keep a decision; False when it was so before. Raises ValueError for a name that is too long or a weekday that
    is none."""
    if len(special.name) > LONGEST_NAME:
        raise ValueError(f"a day's name has at most {LONGEST_NAME} characters, not {len(special.name)}")
    if special.weekday is not None and (special.kind != "workday" or special.weekday not in range(7)):
        raise ValueError(f"only a workday has the hours of a weekday (0 to 6), not {special}")
    row = session.get(CalendarDayRow, day, with_for_update=True)
    before = None if row is None else _own(row).special
    if before == special:
        return False
    if row is None:
        row = CalendarDayRow(day=day)
        session.add(row)
    row.kind, row.name, row.weekday = special.key
    row.changed_by, row.changed_at = by, now
    _audited(session, day, before, special, by, now)
    return True


def withdraw(session: Session, day: date, *, by: str, now: datetime) -> bool:
    """Back to support.toml and the shipped table; False when nothing was decided."""
    row = session.get(CalendarDayRow, day, with_for_update=True)
    if row is None:
        return False
    before = _own(row).special
    session.delete(row)
    _audited(session, day, before, None, by, now)
    return True


def _audited(
    session: Session, day: date, before: SpecialDay | None, after: SpecialDay | None, by: str, now: datetime
) -> None:
    detail = {"old": _said(before), "new": _said(after)}
    audit.record(session, by, "calendar.changed", f"day:{day.isoformat()}", detail, now=now)
    session.flush()


def _said(special: SpecialDay | None) -> dict[str, object] | None:
    return None if special is None else dict(zip(("kind", "name", "weekday"), special.key, strict=True))


def _own(row: CalendarDayRow) -> OwnDay:
    return OwnDay(row.day, SpecialDay(cast(DayKind, row.kind), row.name, row.weekday), row.changed_by, row.changed_at)
