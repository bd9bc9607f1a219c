"""A week of the roster as the page shows it, and who is on call tonight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from desk import duty
from desk.agents import Agent
from desk.duty import Line
from desk.session import Session

NIGHT = time(18), time(8, 30)  # from the evening to the morning: who is on call tonight


@dataclass(frozen=True)
class Part:
    """A line of the roster as one day shows it: `text` is when, within that day."""

    line: Line
    text: str


@dataclass(frozen=True)
class Row:
    """An agent's week."""

    agent: Agent
    days: tuple[tuple[Part, ...], ...]


def called_tonight(session: Session, team: Sequence[Agent], now: datetime, tz: tzinfo) -> list[Agent]:
    """Who may be woken at some time in this night, or in the coming one by day."""
    local = now.astimezone(tz)
    evening = local.date() if local.time() >= NIGHT[1] else local.date() - timedelta(days=1)
    since = max(now, datetime.combine(evening, NIGHT[0], tz))
    lines = duty.listing(session, since, datetime.combine(evening + timedelta(days=1), NIGHT[1], tz))
    away = {line.agent_id for line in lines if line.kind == "leave" and line.covers(since)}
    called = {line.agent_id for line in lines if line.kind == "on_call"} - away
    return [one for one in team if one.id in called]


def parts(agent: Agent, day: date, lines: Sequence[Line], tz: tzinfo) -> tuple[Part, ...]:
    """What an agent's lines say about one day."""
    start = datetime.combine(day, time(), tz)
    end = datetime.combine(day + timedelta(days=1), time(), tz)
    mine = (line for line in lines if line.agent_id == agent.id and line.starts_at < end and line.ends_at > start)
    return tuple(Part(line, _within(line, start, end, tz)) for line in mine)


def _within(line: Line, start: datetime, end: datetime, tz: tzinfo) -> str:
    """08:30-18:00; empty for the whole day."""
    first = None if line.starts_at <= start else f"{line.starts_at.astimezone(tz):%H:%M}"
    last = None if line.ends_at >= end else f"{line.ends_at.astimezone(tz):%H:%M}"
    return "" if first is None and last is None else f"{first or '00:00'}–{last or '24:00'}"
