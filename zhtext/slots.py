"""What a sentence already says: version, operating system, phone number, ticket number."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from re import Match, Pattern


@dataclass(frozen=True)
class Found:
    """A slot value in its canonical form, and where the text says it (end exclusive)."""

    name: str
    value: str
    start: int
    end: int


_TICKET = re.compile(r"(?<![A-Za-z0-9])GD[\s\-_]?\d{8}[\s\-_]?\d{4,6}[\s\-_]?\d(?!\d)", re.IGNORECASE)
_PHONE = re.compile(
    r"(?<![\d.\-])(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)"  # mainland mobile
    r"|(?<![\d.\-])0\d{2,3}-?\d{7,8}(?:-\d{1,5})?(?!\d)"  # mainland land line
    r"|(?<![\d.\-])(?:\+?886[- ]?|0)9\d{2}[- ]?\d{3}[- ]?\d{3}(?!\d)"  # Taiwan mobile
    r"|(?<![\d.\-])\+?852[- ]?[5-9]\d{3}[- ]?\d{4}(?!\d)"  # Hong Kong mobile
)
_VERSION = re.compile(
    r"(?:版本号?|(?<![A-Za-z])[vV]|app|客户端|软件|用的|(?<![址值价额pP])是)\s*(?:是|为|:|：)?\s*[vV]?(\d{1,2}(?:\.\d{1,4}){1,3})"
    r"(?!\.?\d|\s*(?:万|亿|元|块|%|吨|米|厘米|毫米|平|方|倍|天|小时|分钟|[kKmMgG][gGbBmM]?(?![A-Za-z])))"
    r"|(?<![\d.])(\d{1,2}(?:\.\d{1,4}){1,3})\s*(?:的?版本?|版)",
    re.IGNORECASE,
)
_ALONE = re.compile(r"^[vV]?(\d{1,2}(?:\.\d{1,4}){1,3})\s*(?:版本?|版)?[。.!！]?$")
_OS_FAMILIES: tuple[tuple[str, str], ...] = (
    (r"(?<![a-z])windows\s*server\s*(20\d\d)?", "Windows Server"),
    (r"(?<![a-z])win(?:dows)?\s*(xp|7|8\.1|8|10|11)(?![\d.])|(?<![a-z])windows", "Windows"),
    (r"(?<![a-z])mac\s*os\s*(?:x\s*)?(\d{2}(?:\.\d+)?)?|苹果电脑|macbook", "macOS"),
    (r"ubuntu\s*(\d{2}\.\d{2})?", "Ubuntu"),
    (r"(?:统信|(?<![a-z])uos)\s*(?:uos)?\s*(?:v)?(\d{2})?", "UOS"),
    (r"(?:银河)?麒麟(?:系统|服务器版)?\s*([vV]10)?|kylin\s*(v10)?", "Kylin"),
    (r"iphone|ipad|(?<![a-z])ios\s*(?:\d+)?|苹果手机", "iOS"),
    (r"安卓|android|华为手机|小米手机|荣耀|oppo|vivo|三星手机|鸿蒙", "Android"),
)
_OS: tuple[tuple[Pattern[str], str], ...] = tuple((re.compile(p, re.IGNORECASE), name) for p, name in _OS_FAMILIES)


def find_slots(text: str) -> tuple[Found, ...]:
    """Every slot in a normalised text, in the order of the text."""
    found: list[Found] = []
    for finder in (_tickets, _phones, _systems, _versions):
        for slot in finder(text):
            if not any(_overlap(slot, other) for other in found):
                found.append(slot)
    return tuple(sorted(found, key=lambda slot: slot.start))


def slot_values(text: str) -> dict[str, str]:
    """The first value of each slot."""
    values: dict[str, str] = {}
    for slot in find_slots(text):
        values.setdefault(slot.name, slot.value)
    return values


def _each(name: str, pattern: Pattern[str], value: Callable[[Match[str]], str], text: str) -> Iterator[Found]:
    for match in pattern.finditer(text):
        yield Found(name, value(match), *match.span())


def _tickets(text: str) -> Iterator[Found]:
    return _each("ticket_number", _TICKET, lambda match: re.sub(r"[\s_]", "-", match.group().upper()), text)


def _phones(text: str) -> Iterator[Found]:
    return _each("phone", _PHONE, lambda match: re.sub(r"[^\d+]", "", match.group()), text)


def _systems(text: str) -> Iterator[Found]:
    for pattern, family in _OS:
        for match in pattern.finditer(text):
            yield Found("os", _system(family, match), *match.span())


def _system(family: str, match: Match[str]) -> str:
    number: str | None = next((group for group in match.groups() if group), None)
    return f"{family} {number.upper()}" if number else family


def _versions(text: str) -> Iterator[Found]:
    pattern = _ALONE if _ALONE.match(text) else _VERSION
    for match in pattern.finditer(text):
        group = next(i for i, value in enumerate(match.groups(), 1) if value)
        yield Found("version", match.group(group), *match.span(group))


def _overlap(one: Found, other: Found) -> bool:
    return one.start < other.end and other.start < one.end
