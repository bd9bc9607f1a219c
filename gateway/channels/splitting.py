"""Cutting a text into parts that a channel takes, at the ends of lines or sentences where there are any."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

LIMIT = 2000  # bytes of UTF-8: what WeChat takes in one text, the least of the channels that we know
_LINE_END = re.compile(r"\n+")
_SENTENCE_END = re.compile(r"[。！？!?；;…]+[”’」』）)】]*|(?<=[A-Za-z])\.(?=\s)|\n+")
_CLAUSE_END = re.compile(r"[，、：,]+|\s+")
_JOINER = "\u200d"
_LONGEST_CLUSTER = 16  # characters looked back over, so that an emoji is not cut in two
# What says nothing in two pieces: addresses, paths with blanks or Chinese folders, codes, versions, words of a script.
_WHOLE = re.compile(
    r"https?://[^\s，。；、！？）】》”’]+"
    r"|[A-Za-z]:\\(?:[^\\/:*?\"<>|\r\n，。；、！？【】（）]+\\)*[^\\/:*?\"<>|\s，。；、！？【】（）]*"
    r"|(?<![A-Za-z0-9])/[^\s，。；、！？【】（）/]+(?:/[^\s，。；、！？【】（）/]+)+"
    r"|[\x21-\x7e]+"
)
_LONGEST_WHOLE = 300  # characters; what is longer is cut all the same


def size(text: str) -> int:
    """Bytes of UTF-8."""
    return sum(map(_width, text))


def split(text: str, limit: int = LIMIT) -> tuple[str, ...]:
    """Parts of at most `limit` bytes each that joined give the text again."""
    parts: list[str] = []
    while text:
        head, text = cut(text, limit)
        parts.append(head)
    return tuple(parts)


def cut(text: str, limit: int = LIMIT) -> tuple[str, str]:
    """The first part, of at most `limit` bytes, and the rest."""
    if limit < 4:
        raise ValueError(f"a part of {limit} bytes cannot hold every character; allow at least 4")
    reach = _reach(text, limit)
    if reach < len(text):
        whole = _whole_spans(text, reach)
        reach = (
            _last(_LINE_END, text, reach, reach * 3 // 4, whole)  # a row of a table stays whole, its cells part at ；
            or _last(_SENTENCE_END, text, reach, reach // 4, whole)
            or _last(_CLAUSE_END, text, reach, reach // 2, whole)
            or _before(whole, reach)
            or _whole_cluster(text, reach)
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


def _last(pattern: re.Pattern[str], text: str, reach: int, earliest: int, whole: Sequence[tuple[int, int]]) -> int:
    """Where the last match ends that tears nothing apart, 0 if none does after `earliest`."""
    ends = [match.end() for match in pattern.finditer(text, earliest, reach)]
    return next((end for end in reversed(ends) if not any(start < end < stop for start, stop in whole)), 0)


def _whole_spans(text: str, reach: int) -> tuple[tuple[int, int], ...]:
    """What should not be cut, as far as a cut at `reach` at the latest could hit it."""
    spans = (match.span() for match in _WHOLE.finditer(text, 0, reach + _LONGEST_WHOLE))
    return tuple((start, stop) for start, stop in spans if stop - start < _LONGEST_WHOLE)


def _before(whole: Sequence[tuple[int, int]], reach: int) -> int:
    """Where that begins which a cut at `reach` would hit; 0 for nothing."""
    return next((start for start, stop in whole if start < reach < stop), 0)


def _whole_cluster(text: str, reach: int) -> int:
    """Not between a character and what belongs to it; a cluster without end is cut all the same."""
    for at in range(reach, max(0, reach - _LONGEST_CLUSTER), -1):
        if not (_continues(text[at]) or text[at - 1] == _JOINER):
            return at
    return reach


def _continues(char: str) -> bool:
    return char == _JOINER or unicodedata.category(char) in ("Mn", "Me", "Mc") or 0x1F3FB <= ord(char) <= 0x1F3FF
