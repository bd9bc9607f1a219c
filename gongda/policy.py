"""support.toml: what an operator decides about the service. Validated whole; every mistake is listed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import tomllib

from desk.calendar import Interval, WorkingHours
from gongda.errors import BadSetting
from retrieval.decision import Risk
from zhtext.contacts import AllowList, is_contact

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Items of [knowledge] that are shares: what each says, the least and the most.
_SHARES = {
    "wrong": ("直接回答里最多允许答错的比例", 0.005, 0.5),
    "refused": ("有条目能答的问题里最多允许不答的比例", 0.0, 0.5),
    "unanswerable": ("估计有多少比例的问题没有条目能答", 0.01, 0.9),
}
_SECTIONS = {
    "hours": frozenset({*_DAYS, "timezone", "holidays", "workdays"}),
    "contacts": frozenset({"allow"}),
    "knowledge": frozenset({"four_eyes", "review_days", *_SHARES}),
}
_LONGEST_REVIEW = 3650  # days
_INTERVAL = re.compile(r"^(\d{2}):(\d{2})-(\d{2}):(\d{2})$")


@dataclass(frozen=True)
class KnowledgeRules:
    """How entries are approved: by a second person or also by their author; the days until the next look; and how
    sure an answer has to be."""

    four_eyes: bool = True
    review_days: int = 90
    risk: Risk = field(default_factory=Risk)


@dataclass(frozen=True)
class Policy:
    """What the rest of the system takes from support.toml."""

    hours: WorkingHours = field(default_factory=WorkingHours)
    contacts: AllowList = field(default_factory=AllowList)  # the vendor's own: no answer names anybody else's
    knowledge: KnowledgeRules = field(default_factory=KnowledgeRules)


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
    policy = reader.policy(data)
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

    def policy(self, data: dict[str, Any]) -> Policy:
        for name in sorted(data.keys() - _SECTIONS.keys()):
            self._wrong(name, f"不认识的部分 {name}，只能是 {'、'.join(_SECTIONS)}")
        tables = {name: self._table(name, data.get(name, {})) for name in _SECTIONS}
        return Policy(
            hours=self.hours(tables["hours"]),
            contacts=self.contacts(tables["contacts"]),
            knowledge=self.knowledge(tables["knowledge"]),
        )

    def contacts(self, data: dict[str, Any]) -> AllowList:
        values = data.get("allow", [])
        if not isinstance(values, list):
            self._wrong("allow", 'allow 应是列表，例如 ["400-800-1234", "jiangheng.example"]')
            return AllowList()
        for value in values:
            if not isinstance(value, str):
                self._wrong("allow", f'allow 里的 {value!r} 要加引号，写成 "{value}"', value)
            elif not is_contact(value):
                expected = "应是电话、域名或网址、邮箱（或 @域名）、QQ、微信号或地址，且不能只写 com.cn 这样的后缀"
                self._wrong("allow", f"allow 里的 {value!r} 看不出是哪种联系方式：{expected}", value)
        return AllowList(frozenset(value for value in values if isinstance(value, str)))

    def knowledge(self, data: dict[str, Any]) -> KnowledgeRules:
        defaults = KnowledgeRules()
        four_eyes, days = data.get("four_eyes", defaults.four_eyes), data.get("review_days", defaults.review_days)
        if not isinstance(four_eyes, bool):
            self._wrong("four_eyes", f"four_eyes 只能是 true 或 false，不是 {four_eyes!r}")
            four_eyes = defaults.four_eyes
        if type(days) is not int or not 1 <= days <= _LONGEST_REVIEW:
            self._wrong("review_days", f"review_days 应是 1 到 {_LONGEST_REVIEW} 之间的整数天数，不是 {days!r}")
            days = defaults.review_days
        return KnowledgeRules(four_eyes, days, self._risk(data))

    def _risk(self, data: dict[str, Any]) -> Risk:
        shares = {key: data.get(key, getattr(Risk(), key)) for key in _SHARES}
        for key, (says, least, most) in _SHARES.items():
            share = shares[key]
            if type(share) not in (int, float) or not least <= share <= most:
                message = f"{key}（{says}）应是 {least:g} 到 {most:g} 之间的小数，不是 {share!r}；百分之五写成 0.05"
                self._wrong(key, message)
                shares[key] = getattr(Risk(), key)
        return Risk(**{key: float(share) for key, share in shares.items()})

    def _table(self, name: str, data: Any) -> dict[str, Any]:
        """A section's items; those nobody reads are mistakes, because they would do nothing in silence."""
        if not isinstance(data, dict):
            self._wrong(name, f"{name} 应是一个部分，写成 [{name}] 另起一行")
            return {}
        for key in sorted(data.keys() - _SECTIONS[name]):
            self._wrong(key, f"不认识的项 {key}")
        return data

    def hours(self, data: dict[str, Any]) -> WorkingHours:
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

    def _wrong(self, key: str, message: str, value: Any = None) -> None:
        """`value` is the item of a list that may stand lines below its key."""
        places = [
            n
            for n, text in enumerate(self._lines, 1)
            if re.match(rf"\s*(?:{re.escape(key)}\s*=|\[{re.escape(key)}\])", text)
        ]
        line = places[0] if places else 0
        if value is not None:
            line = next((n for n, text in enumerate(self._lines, 1) if n >= line and str(value) in text), line)
        self.problems.append(f"第 {line} 行：{message}" if line else message)
