"""[hours]: when somebody is there."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from desk.calendar import Interval, WorkingHours, statutory_days
from gongda.policy.reader import Reader

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NAME, KEYS = "hours", ("timezone", *DAYS, "holidays", "workdays", "confirmed")
_INTERVAL = re.compile(r"^(\d{2}):(\d{2})-(\d{2}):(\d{2})$")


def read(reader: Reader, data: dict[str, Any]) -> WorkingHours:
    """The vendor's week and its own days off and on, above the statutory days that come with the program."""
    week = {number: _day(reader, day, data.get(day, [])) for number, day in enumerate(DAYS)}
    if any(day in data for day in DAYS) and not any(week.values()) and not reader.problems:
        reader.wrong("", NAME, '[hours] 一周里没有任何上班时间，至少写一天，例如 monday = ["08:30-12:00"]')
    return WorkingHours(
        week=week if any(week.values()) else WorkingHours().week,
        holidays=_dates(reader, "holidays", data.get("holidays", [])),
        makeup=_dates(reader, "workdays", data.get("workdays", [])),
        table=statutory_days(),
        confirmed=_years(reader, data.get("confirmed", [])),
        tz=_zone(reader, data.get("timezone", "Asia/Shanghai")),
    )


def _day(reader: Reader, day: str, spans: Any) -> tuple[Interval, ...]:
    if not isinstance(spans, list):
        reader.wrong(NAME, day, f'{day} 应是列表，例如 ["08:30-12:00"]')
        return ()
    found = (_interval(reader, day, span) for span in spans)
    return tuple(interval for interval in found if interval is not None)


def _interval(reader: Reader, day: str, span: Any) -> Interval | None:
    match = _INTERVAL.match(str(span))
    try:
        if match is None:
            raise ValueError("格式应为 08:30-12:00")
        a, b, c, e = map(int, match.groups())
        return Interval(time(a, b), time(0) if (c, e) == (24, 0) else time(c, e))
    except ValueError as error:
        reader.wrong(NAME, day, f"{day} 的时段 {span!r} 不对（{error}）")
        return None


def _dates(reader: Reader, key: str, values: Any) -> frozenset[date]:
    if not isinstance(values, list):
        reader.wrong(NAME, key, f"{key} 应是列表，例如 [2026-10-01]")
        return frozenset()
    for value in values:
        if type(value) is not date:
            reader.wrong(NAME, key, f"{key} 里的 {value!r} 不是日期，写成 2026-10-01 且不加引号")
    return frozenset(value for value in values if type(value) is date)


def _years(reader: Reader, values: Any) -> frozenset[int]:
    if not isinstance(values, list) or not all(type(value) is int and 2000 <= value <= 2200 for value in values):
        reader.wrong(NAME, "confirmed", f"confirmed 应是年份的列表，例如 [2027]，不是 {values!r}")
        return frozenset()
    return frozenset(values)


def _zone(reader: Reader, name: Any) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError):
        reader.wrong(NAME, "timezone", f"不认识的时区 {name!r}")
        return ZoneInfo("Asia/Shanghai")
