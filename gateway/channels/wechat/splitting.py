"""Cutting a text into parts that WeChat takes, at the ends of lines or sentences where there are any."""

from __future__ import annotations

import re
import unicodedata

from gateway.channels.wechat.settings import TEXT_LIMIT

_LINE_END = re.compile(r"\n+")
_SENTENCE_END = re.compile(r"[。！？!?；;…]+[”’」』）)】]*|(?<=[A-Za-z])\.(?=\s)|\n+")
_CLAUSE_END = re.compile(r"[，、：,]+|\s+")
_JOINER = "\u200d"
_LONGEST_CLUSTER = 16  # characters looked back over, so that an emoji is not cut in two


def size(text: str) -> int:
    """Bytes of UTF-8."""
    return sum(map(_width, text))


def split(text: str, limit: int = TEXT_LIMIT) -> tuple[str, ...]:
    """Parts of at most `limit` bytes each that joined give the text again."""
    parts: list[str] = []
    while text:
        head, text = cut(text, limit)
        parts.append(head)
    return tuple(parts)


def cut(text: str, limit: int = TEXT_LIMIT) -> tuple[str, str]:
    """The first part, of at most `limit` bytes, and the rest."""
    if limit < 4:
        raise ValueError(f"a part of {limit} bytes cannot hold every character; allow at least 4")
    reach = _reach(text, limit)
    if reach < len(text):
        reach = (
            _last(_LINE_END, text, reach, reach * 3 // 4)  # a row of a table stays whole, its cells part at ；
            or _last(_SENTENCE_END, text, reach, reach // 4)
            or _last(_CLAUSE_END, text, reach, reach // 2)
            or (_whole_cluster(text, reach))
        )
    return text[:reach], text[reach:]


def _reach(text: str, limit: int) -> int:
    """How many characters fit into `limit` bytes."""
    used = 0
    for index, char in enumerate(text[:limit]):
        used += _width(char)
        if used > limit:
            return index
    return min(len(text), limit)


def _width(char: str) -> int:
    point = ord(char)
    if point < 0x80:
        return 1
    if point < 0x800:
        return 2
    return 3 if point < 0x10000 else 4


def _last(pattern: re.Pattern[str], text: str, reach: int, earliest: int) -> int:
    """Where the last match ends, 0 if none does after `earliest`."""
    ends = [match.end() for match in pattern.finditer(text, earliest, reach)]
    return ends[-1] if ends else 0


def _whole_cluster(text: str, reach: int) -> int:
    """Not between a character and what belongs to it; a cluster without end is cut all the same."""
    for at in range(reach, max(0, reach - _LONGEST_CLUSTER), -1):
        if not (_continues(text[at]) or text[at - 1] == _JOINER):
            return at
    return reach


def _continues(char: str) -> bool:
    return char == _JOINER or unicodedata.category(char) in ("Mn", "Me", "Mc") or 0x1F3FB <= ord(char) <= 0x1F3FF
