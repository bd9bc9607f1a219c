"""The report of the night, on every working day, once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from desk import reports
from desk.calendar import warnings
from desk.reports import Night
from desk.session import Session
from gateway.notifications.morning import brief
from gateway.notifications.staff import StaffNotice, tell
from gateway.timers.timed_desk import TimedDesk

KIND = "morning"


def morning(desk: TimedDesk) -> int:
    """Make the reports that are due, and send today's; how many were made.

    A worker that was down makes up for it, however late; the report of a day tells of the same night then.
    """
    now = desk.clock()
    made = 0
    for day in _due(desk, now):
        night = reports.night_before(day, desk.rules.morning.at, desk.hours)
        with desk.db.read() as session:
            content = reports.collect(session, night, now=now)
        content["late"] = now - night.until > timedelta(hours=1)
        content["calendar"] = [{"code": one.code, "year": one.year} for one in warnings(now, desk.hours)]
        with desk.db.write() as session:
            made += _keep(session, desk, night, content, now)
    return made


def _due(desk: TimedDesk, now: datetime) -> list[date]:
    """Working days since the last report whose hour has come; of a desk without any report only today."""
    rules, today = desk.rules.morning, now.astimezone(desk.hours.tz).date()
    with desk.db.read() as session:
        last = next((one.day for one in reports.days(session, KIND, limit=1)), today - timedelta(days=1))
    first = max(last + timedelta(days=1), today - timedelta(days=rules.catch_up))
    found = reports.workdays(first, today, desk.hours)
    return [day for day in found if datetime.combine(day, rules.at, desk.hours.tz) <= now]


def _keep(session: Session, desk: TimedDesk, night: Night, content: Mapping[str, Any], now: datetime) -> bool:
    """Keep it and, if it is today's, tell it, in one transaction."""
    if not reports.keep(session, KIND, night.day, content, now=now):
        return False
    if night.day == now.astimezone(desk.hours.tz).date():
        link = f"{desk.public_url}/console/daily/{night.day.isoformat()}"
        said = brief(content, night.day, desk.wording, desk.hours.tz, link)
        notice = StaffNotice("morning_report", f"morning:{night.day.isoformat()}", said.title, said.lines)
        tell(session, notice, desk.rules.routes, now=now)
    return True
