"""The invented team of `fake_server`: how they are reached, and a week of duty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from desk import agents, duty
from desk.database import Database

_CHINA = ZoneInfo("Asia/Shanghai")


def seed_team(db: Database, team: Iterable[Mapping[str, Any]], password: str, *, now: datetime) -> None:
    """Everybody of the sample, hired three months ago; their duty from Monday to Friday of this week."""
    for one in team:
        hired = agents.create(
            db,
            one["login"],
            password,
            name=one["name"],
            role=one["role"],
            profile=one.get("profile"),
            now=now - timedelta(days=90),
        )
        for kind, (start, end) in one.get("duty", {}).items():
            _week(db, hired.id, kind, time.fromisoformat(start), time.fromisoformat(end), now)


def _week(db: Database, agent_id: int, kind: duty.Kind, start: time, end: time, now: datetime) -> None:
    monday, _ = duty.week_of(now.astimezone(_CHINA).date(), _CHINA)
    with db.write() as session:
        for number in range(5 if kind != "leave" else 1):
            day = monday.date() + timedelta(days=number)
            until = day + timedelta(days=1) if end <= start else day
            begins, ends = datetime.combine(day, start, _CHINA), datetime.combine(until, end, _CHINA)
            duty.add(session, agent_id, kind, begins, ends, by="system", now=now)
