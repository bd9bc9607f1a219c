"""Who is there: the lines of the roster, and the working hours, asked about one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.agents.model import TEAM, Agent, agent
from desk.calendar import WorkingHours
from desk.duty.keeping import listing
from desk.duty.line import Kind, Line
from desk.tables import AgentRow


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
        """At work, by the rules of `desk.duty`."""
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


def on_duty(session: Session, hours: WorkingHours, now: datetime) -> tuple[Agent, ...]:
    """Who is at work, by the rules of `desk.duty`, by id."""
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
