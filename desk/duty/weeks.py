"""The roster week by week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.agents.model import TEAM, row_of
from desk.duty.keeping import clash, insert, listing
from desk.tables import AgentRow

_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Copied:
    """What became of the lines of a week: so many are new, so many would have overlapped another one."""

    new: int
    skipped: int


def week_of(day: date, tz: tzinfo) -> tuple[datetime, datetime]:
    """From Monday midnight to the next one."""
    monday = datetime.combine(day - timedelta(days=day.weekday()), time(), tz)
    return monday, datetime.combine(monday.date() + _WEEK, time(), tz)


def copy_week(session: Session, day: date, tz: tzinfo, *, by: str, now: datetime) -> Copied:
    """The shifts and times on call that begin in the week of `day`, once more a week later at the same clock times.

    Leaves are not copied. What is there already stays; copying twice adds nothing.
    """
    since, until = week_of(day, tz)
    began = [line for line in listing(session, since, until) if line.starts_at >= since and line.kind != "leave"]
    working = set(session.scalars(select(AgentRow.id).where(AgentRow.active, AgentRow.role.in_(TEAM))))
    new = skipped = 0
    for line in began:
        span = _week_later(line.starts_at, tz), _week_later(line.ends_at, tz)
        if line.agent_id in working:
            row_of(session, line.agent_id, lock=True)
        if line.agent_id not in working or clash(session, line.agent_id, line.kind, *span) is not None:
            skipped += 1
            continue
        insert(session, line.agent_id, line.kind, span, line.note, by, now)
        new += 1
    return Copied(new, skipped)


def _week_later(moment: datetime, tz: tzinfo) -> datetime:
    """At the same clock time, whatever the clocks do in between."""
    return (moment.astimezone(tz) + _WEEK).astimezone(timezone.utc)
