"""Duty: who is at work, who is on call, and who is away.

A line of the roster is a shift, a time on call or a leave of one agent, from `starts_at` until just before `ends_at`.
Lines of the same kind of one agent never overlap; lines of different kinds may, and then a leave wins.

Who is on duty at a moment, of the active agents, leads and administrators:

1. nobody who is on leave;
2. whoever has a shift then, within working hours or not;
3. on a day on which no shift of anybody begins, everybody during working hours. One shift makes a roster of the day:
   from then on only the rostered work. A night shift belongs to the day on which it begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from typing import Literal, cast, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import audit
from desk.agents.model import TEAM, Agent, agent, row_of
from desk.calendar import WorkingHours
from desk.errors import BadValue, NotFound
from desk.tables import AgentRow, DutyRow

Kind = Literal["shift", "on_call", "leave"]
LONGEST = {"shift": timedelta(hours=24), "on_call": timedelta(days=14), "leave": timedelta(days=366)}
LONGEST_NOTE = 100  # characters
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Line:
    """A line of the roster."""

    id: int
    agent_id: int
    kind: Kind
    starts_at: datetime
    ends_at: datetime
    note: str
    created_by: str
    created_at: datetime

    def covers(self, moment: datetime) -> bool:
        """Whether it holds then."""
        return self.starts_at <= moment < self.ends_at


@dataclass(frozen=True)
class Copied:
    """What became of the lines of a week: so many are new, so many would have overlapped another one."""

    new: int
    skipped: int


class Overlapping(BadValue):
    """The agent has a line of that kind then."""

    def __init__(self, other: Line) -> None:
        span = f"{other.starts_at:%Y-%m-%d %H:%M} to {other.ends_at:%Y-%m-%d %H:%M} UTC"
        super().__init__(f"agent {other.agent_id} has another {other.kind} from {span}; remove it first", "overlap")
        self.other = other


@dataclass(frozen=True)
class Roster:
    """Lines read once, to be asked about several agents and moments near the one they were read for."""

    lines: tuple[Line, ...]
    hours: WorkingHours

    def on_leave(self, agent_id: int, moment: datetime) -> bool:
        """Away."""
        return self._has("leave", agent_id, moment)

    def on_call(self, agent_id: int, moment: datetime) -> bool:
        """May be woken."""
        return self._has("on_call", agent_id, moment) and not self.on_leave(agent_id, moment)

    def on_duty(self, agent_id: int, moment: datetime) -> bool:
        """At work, by the rules above."""
        if self.on_leave(agent_id, moment):
            return False
        if self._has("shift", agent_id, moment):
            return True
        return not self._rostered(moment) and self.hours.is_working(moment)

    def _has(self, kind: Kind, agent_id: int, moment: datetime) -> bool:
        return any(line.kind == kind and line.agent_id == agent_id and line.covers(moment) for line in self.lines)

    def _rostered(self, moment: datetime) -> bool:
        tz, day = self.hours.tz, moment.astimezone(self.hours.tz).date()
        return any(line.kind == "shift" and line.starts_at.astimezone(tz).date() == day for line in self.lines)


def add(
    session: Session,
    agent_id: int,
    kind: Kind,
    starts_at: datetime,
    ends_at: datetime,
    *,
    note: str = "",
    by: str,
    now: datetime,
) -> Line:
    """Raises NotFound for who is no active member of the team, Overlapping, BadValue for a span that is empty or too
    long (shift 24 h, on call 14 days, leave 366 days) or a note over 100 characters."""
    _check(kind, starts_at, ends_at, note.strip())
    one = row_of(session, agent_id, lock=True)  # two lines of one agent take turns
    if not one.active or one.role not in TEAM:
        raise NotFound(f"there is no active agent, lead or administrator {agent_id}")
    other = _clash(session, agent_id, kind, starts_at, ends_at)
    if other is not None:
        raise Overlapping(other)
    return _insert(session, agent_id, kind, (starts_at, ends_at), note.strip(), by, now)


def remove(session: Session, line_id: int, *, by: str, now: datetime) -> Line:
    """Raises NotFound."""
    row = session.get(DutyRow, line_id)
    if row is None:
        raise NotFound(f"there is no line {line_id} in the roster")
    line = _line(row)
    session.delete(row)
    session.flush()
    audit.record(session, by, "duty.removed", f"agent:{line.agent_id}", _told(line), now=now)
    return line


def listing(session: Session, since: datetime, until: datetime, *, agent_id: int | None = None) -> tuple[Line, ...]:
    """Lines that hold at some moment from `since` until just before `until`, by their beginning."""
    query = select(DutyRow).where(DutyRow.ends_at > since, DutyRow.starts_at < until)
    if agent_id is not None:
        query = query.where(DutyRow.agent_id == agent_id)
    return tuple(_line(row) for row in session.scalars(query.order_by(DutyRow.starts_at, DutyRow.id)))


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
        if line.agent_id not in working or _clash(session, line.agent_id, line.kind, *span) is not None:
            skipped += 1
            continue
        _insert(session, line.agent_id, line.kind, span, line.note, by, now)
        new += 1
    return Copied(new, skipped)


def on_duty(session: Session, hours: WorkingHours, now: datetime) -> tuple[Agent, ...]:
    """Who is at work, by the rules above, by id."""
    known = roster(session, hours, now)
    return tuple(one for one in _team(session) if known.on_duty(one.id, now))


def on_call(session: Session, now: datetime) -> tuple[Agent, ...]:
    """Who may be woken now, by id."""
    known = Roster(listing(session, now, now + timedelta(microseconds=1)), WorkingHours())
    return tuple(one for one in _team(session) if known.on_call(one.id, now))


def roster(session: Session, hours: WorkingHours, now: datetime, *, back: timedelta = timedelta(0)) -> Roster:
    """What holds about the team on the day of `now` and, at most `back` before it; lines of who has left count
    nothing."""
    first, last = (now - back).astimezone(hours.tz).date(), now.astimezone(hours.tz).date()
    since = datetime.combine(first, time(), hours.tz)
    until = datetime.combine(last + timedelta(days=1), time(), hours.tz)
    working = {one.id for one in _team(session)}
    return Roster(tuple(line for line in listing(session, since, until) if line.agent_id in working), hours)


def _team(session: Session) -> tuple[Agent, ...]:
    query = select(AgentRow).where(AgentRow.active, AgentRow.role.in_(TEAM)).order_by(AgentRow.id)
    return tuple(agent(row) for row in session.scalars(query))


def _check(kind: str, starts_at: datetime, ends_at: datetime, note: str) -> None:
    if kind not in get_args(Kind):
        raise BadValue(f"a line of the roster is {', '.join(get_args(Kind))}, not {kind!r}", "kind")
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise BadValue(
            f"{starts_at.isoformat()} or {ends_at.isoformat()} has no offset; add one such as +08:00", "span"
        )
    if starts_at >= ends_at:
        raise BadValue("a line of the roster must end after it starts", "span")
    if ends_at - starts_at > LONGEST[kind]:
        limit = int(LONGEST[kind].total_seconds() // 3600)
        raise BadValue(f"a {kind} lasts {limit} hours at most; make several", "longest", kind=kind, hours=limit)
    if len(note) > LONGEST_NOTE:
        raise BadValue(f"a note has {LONGEST_NOTE} characters at most, not {len(note)}", "note", limit=LONGEST_NOTE)


def _clash(session: Session, agent_id: int, kind: str, starts_at: datetime, ends_at: datetime) -> Line | None:
    lines = listing(session, starts_at, ends_at, agent_id=agent_id)
    return next((line for line in lines if line.kind == kind), None)


def _insert(
    session: Session, agent_id: int, kind: str, span: tuple[datetime, datetime], note: str, by: str, now: datetime
) -> Line:
    row = DutyRow(
        agent_id=agent_id, kind=kind, starts_at=span[0], ends_at=span[1], note=note, created_by=by, created_at=now
    )
    session.add(row)
    session.flush()
    session.refresh(row)  # in UTC, as everybody else reads it
    audit.record(session, by, "duty.added", f"agent:{agent_id}", _told(_line(row)), now=now)
    return _line(row)


def _week_later(moment: datetime, tz: tzinfo) -> datetime:
    """At the same clock time, whatever the clocks do in between."""
    return (moment.astimezone(tz) + _WEEK).astimezone(timezone.utc)


def _told(line: Line) -> dict[str, str]:
    return {"kind": line.kind, "from": line.starts_at.isoformat(), "to": line.ends_at.isoformat(), "note": line.note}


def _line(row: DutyRow) -> Line:
    return Line(
        id=row.id,
        agent_id=row.agent_id,
        kind=cast(Kind, row.kind),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        note=row.note,
        created_by=row.created_by,
        created_at=row.created_at,
    )
