"""When somebody wants to be called: 明天上午, 今晚八点半, as it was said and, where that is plain, as a moment."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta, tzinfo

from zhtext.normalize import normalize

_DAYS = {"今天": 0, "今日": 0, "今晚": 0, "明天": 1, "明日": 1, "明早": 1, "明晚": 1, "后天": 2, "後天": 2}
_EVENINGS = ("今晚", "明晚")
_PARTS = {
    "早上": 0,
    "上午": 0,
    "中午": 12,
    "下午": 12,
    "傍晚": 12,
    "晚上": 12,
    "晚": 12,
}  # hours to be added to a small one
_NUMBERS = {char: number for number, char in enumerate("零一二三四五六七八九十")} | {
    "两": 2,
    "兩": 2,
    "十一": 11,
    "十二": 12,
}
_TIME = re.compile(
    r"(?P<day>今天|今日|今晚|明天|明日|明早|明晚|后天|後天)?\s*(?P<part>早上|上午|中午|下午|傍晚|晚上)?\s*"
    r"(?:(?P<hour>\d{1,2}|十一|十二|[一二两兩三四五六七八九十])\s*(?:点|點|时|時|:)(?!\d{3})\s*(?P<minute>半|\d{1,2}分?)?)?"
)
_FROM, _UNTIL = 7, 22  # o'clock; nobody is called at other times because of a word read wrongly


def read(text: str, now: datetime, tz: tzinfo) -> tuple[str, datetime | None]:
    """The words that name a time, empty when none does; and the moment, if they name one that is still to come."""
    plain = normalize(text)
    match = max(_TIME.finditer(plain), key=lambda found: len(found[0].strip()))
    words = match[0].strip()
    if not words:
        return "", None
    return words, _moment(match, now.astimezone(tz))


def _moment(match: re.Match[str], local: datetime) -> datetime | None:
    day, part, said = match["day"], match["part"], match["hour"]
    if said is None:
        return None
    hour = int(said) if said.isdigit() else _NUMBERS[said]
    later = 12 if day in _EVENINGS else _PARTS.get(part or "", 0)
    if later and hour < 12 and not (part == "中午" and hour > 2):
        hour += later
    minute = _minute(match["minute"])
    if not _FROM <= hour < _UNTIL or minute > 59:
        return None
    at = datetime.combine(local.date() + timedelta(days=_DAYS.get(day or "", 0)), time(hour, minute), local.tzinfo)
    return at if at > local else None


def _minute(said: str | None) -> int:
    if said is None:
        return 0
    return 30 if said == "半" else int(said.rstrip("分"))
