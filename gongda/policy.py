"""support.toml: what an operator decides about the service. Validated whole; every mistake is listed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import tomllib

from desk.hours import Interval, WorkingHours
from gongda.errors import BadSetting

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_INTERVAL = re.compile(r"^(\d{2}):(\d{2})-(\d{2}):(\d{2})$")


@dataclass(frozen=True)
class Policy:
    """What the rest of the system takes from support.toml."""

    hours: WorkingHours = field(default_factory=WorkingHours)


def load_policy(path: Path) -> Policy:
    """The policy of a file; the defaults when there is none. Raises BadSetting with every mistake."""
    if not path.exists():
        return Policy()
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise BadSetting(f"{path.name} 不是 UTF-8 编码，请用 UTF-8 另存一次") from error
    except tomllib.TOMLDecodeError as error:
        raise BadSetting(f"{path.name} {_place(error)}不是有效的 TOML：{error}") from error
    reader = _Reader(text)
    policy = Policy(hours=reader.hours(data.get("hours", {})))
    if reader.problems:
        raise BadSetting(f"{path.name} 有 {len(reader.problems)} 处错误：" + "；".join(reader.problems))
    return policy


def _place(error: tomllib.TOMLDecodeError) -> str:
    """The line, which Python 3.11 tells in the message only."""
    found = re.search(r"\(at line (\d+)", str(error))
    return f"第 {found.group(1)} 行" if found else ""


class _Reader:
    """Collects mistakes with the line they stand on."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self.problems: list[str] = []

    def hours(self, data: dict[str, Any]) -> WorkingHours:
        for key in data.keys() - {*_DAYS, "timezone", "holidays", "workdays"}:
            self._wrong(key, f"不认识的项 {key}")
        week = {number: self._day(day, data.get(day, [])) for number, day in enumerate(_DAYS)}
        return WorkingHours(
            week=week,
            holidays=self._dates("holidays", data.get("holidays", [])),
            makeup=self._dates("workdays", data.get("workdays", [])),
            tz=self._zone(data.get("timezone", "Asia/Shanghai")),
        )

    def _day(self, day: str, spans: Any) -> tuple[Interval, ...]:
        if not isinstance(spans, list):
            self._wrong(day, f'{day} 应是列表，例如 ["08:30-12:00"]')
            return ()
        found = (self._interval(day, span) for span in spans)
        return tuple(interval for interval in found if interval is not None)

    def _interval(self, day: str, span: Any) -> Interval | None:
        match = _INTERVAL.match(str(span))
        try:
            if match is None:
                raise ValueError("格式应为 08:30-12:00")
            a, b, c, e = map(int, match.groups())
            return Interval(time(a, b), time(c, e))
        except ValueError as error:
            self._wrong(day, f"{day} 的时段 {span!r} 不对（{error}）")
            return None

    def _dates(self, key: str, values: Any) -> frozenset[date]:
        wrong = [value for value in values if type(value) is not date]
        for value in wrong:
            self._wrong(key, f"{key} 里的 {value!r} 不是日期，写成 2026-10-01 且不加引号")
        return frozenset(value for value in values if type(value) is date)

    def _zone(self, name: str) -> ZoneInfo:
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            self._wrong("timezone", f"不认识的时区 {name!r}")
            return ZoneInfo("Asia/Shanghai")

    def _wrong(self, key: str, message: str) -> None:
        line = next((n for n, text in enumerate(self._lines, 1) if re.match(rf"\s*{re.escape(key)}\s*=", text)), 0)
        self.problems.append(f"第 {line} 行：{message}" if line else message)
