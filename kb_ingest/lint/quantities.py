"""Amounts in a sentence: 50 MB, 30 分钟, 14 份, 02:00, 端口 27000; each in the base unit of its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SIZE = {"kb": 1 / 1024, "mb": 1.0, "兆": 1.0, "gb": 1024.0, "tb": 1024.0**2}  # in MB
_DURATION = {"秒": 1.0, "秒钟": 1.0, "分钟": 60.0, "小时": 3600.0, "个小时": 3600.0}  # in seconds
_DAYS = {"天": 1.0, "周": 7.0, "个月": 30.0, "年": 365.0}
_WORKING_DAYS = {"工作日": 1.0, "个工作日": 1.0}
_WORKING_HOURS = {"工作小时": 1.0, "个工作小时": 1.0}
_COUNTED = "次 位 行 列 份 处 人 层 页 张 条 并发 个并发 个 台 级 字 批 项"
_UNITS = {
    **{unit: ("size", factor) for unit, factor in _SIZE.items()},
    **{unit: ("duration", factor) for unit, factor in _DURATION.items()},
    **{unit: ("days", factor) for unit, factor in _DAYS.items()},
    **{unit: ("working_days", factor) for unit, factor in _WORKING_DAYS.items()},
    **{unit: ("working_hours", factor) for unit, factor in _WORKING_HOURS.items()},
    **{unit: (unit.removeprefix("个") or unit, 1.0) for unit in _COUNTED.split()},
}
_NUMBER = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?"
_ONE = re.compile(_NUMBER)
_UNIT = "|".join(map(re.escape, sorted(_UNITS, key=len, reverse=True)))
# Not within a word, a version, a product of numbers or an ordinal (第 3 行).
_AMOUNT = re.compile(
    rf"(?<![\w.:×/第-])((?:(?:{_NUMBER})\s*[-~到至、/和]\s*)*(?:{_NUMBER}))\s*({_UNIT})(?![a-z])", re.IGNORECASE
)
_CLOCK = re.compile(r"(?<![\d:])([01]?\d|2[0-4]):([0-5]\d)(?![\d:])")
# 消息端口 8443 and 文件端口 9000 are ports of two kinds.
_PORT = re.compile(r"([\u4e00-\u9fff]{0,2})端口\s*(?:是|为|:)?\s*(\d{2,5})(?![\d.])|(?<![\d.])(\d{2,5})\s*端口")
# 64 位 Windows, 2024 年 and 张单 count nothing that can be right or wrong.
_NO_AMOUNT = re.compile(
    r"第\s*\d+\s*\w|(?:32|64)\s*位|\d{4}\s*年|位(?=系统)|张单|个人|个性|条件|项目|级别|位置|字段|次序"
)
_UPPER = re.compile("不超过|不能超过|最多|最大|最长|上限|以内|之内")
_LOWER = re.compile("至少|最少|最短|不少于|不低于|以上")


@dataclass(frozen=True)
class Quantity:
    """`kind` is size (MB), duration (seconds), days, working_days, working_hours, clock (minutes), a port's name or the
    counted unit.

    `values` holds one number, all of a list, or both ends of a range; `bound` is `upper`, `lower` or empty.
    """

    kind: str
    values: tuple[float, ...]
    bound: str
    start: int
    end: int


def quantities(clause: str) -> Iterator[Quantity]:
    """Every amount of a normalised clause, in no order."""
    bound = "upper" if _UPPER.search(clause) else "lower" if _LOWER.search(clause) else ""
    idle = [match.span() for match in _NO_AMOUNT.finditer(clause)]
    for match in _AMOUNT.finditer(clause):
        if not any(match.start() < end and start < match.end() for start, end in idle):
            kind, factor = _UNITS[match[2].lower()]
            values = tuple(float(number.replace(",", "")) * factor for number in _ONE.findall(match[1]))
            yield Quantity(kind, values, bound, *match.span())
    for match in _CLOCK.finditer(clause):
        yield Quantity("clock", (60.0 * int(match[1]) + int(match[2]),), "", *match.span())
    for match in _PORT.finditer(clause):
        yield Quantity(f"{match[1] or ''}端口", (float(match[2] or match[3]),), "", *match.span())


def without(text: str) -> str:
    """The text with every amount blanked out."""
    for pattern in (_AMOUNT, _CLOCK, _PORT):
        text = pattern.sub(" ", text)
    return text
