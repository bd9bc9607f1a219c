"""What no inverse brings back: why a sentence has to go, and which sentences of a text do.

Nothing is guessed. Surnames, units, drawings, emoji and rare characters are no wreckage; what is, bears a mark of the
accident: the replacement character, 锟斤拷, a € inside a word, or bytes that are half a sentence in UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from re import Pattern

from ftfy.badness import badness

from kb_ingest.hygiene.common import ordinary, uncommon
from kb_ingest.hygiene.mojibake import gbk_bytes, is_strange, spoken_of, strange_spans
from zhtext.contacts.removing import sentences

_HAN = "\u3400-\u9fff\uf900-\ufaff"
# Never anybody's words.
_NO_TEXT: tuple[tuple[Pattern[str], str], ...] = (
    (re.compile("\ufffd"), "有字节无法解码（U+FFFD）"),
    (re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]"), "私用区字符，没有公认的含义"),
    (re.compile("[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"), "不是合法的字符"),
    (re.compile("[\x00-\x08\x0e-\x1f\x7f]"), "控制字符"),
    (re.compile("[\x80-\x84\x86-\x9f]"), "残留的控制字节：编码读错"),
)
# These may be an example in a line about garbled text; one 锟斤拷 that something 显示 or 变成 is one, too.
_GARBLED: tuple[tuple[Pattern[str], str], ...] = (
    (re.compile("锟斤|斤拷锟|拷锟"), "锟斤拷：原来的字已经丢失"),
    (re.compile("烫烫烫|屯屯屯"), "未初始化的内存，不是文字"),
)
_LONE_BYTE = re.compile(f"(?<=[{_HAN}])€")
_NAMED = re.compile(
    r"(?:显示|顯示|變成|变成|成了|成為|成为|出现|出現|全是|都是|叫|像|类似|例如|比如|如|是|[“\"「『（(])\s?"
    r"(?:锟斤拷|烫烫烫|屯屯屯)(?![锟斤拷烫屯])"
)
_FOREIGN = re.compile("[^\x00-\x7f]+[?]?")
_WINDOWS = "\u00a0-\u00ff\u0152-\u017e\u0192\u02c6\u02dc\u2018-\u203a\u20ac\u2122"
_WESTERN = re.compile(f"[{_WINDOWS}][ {_WINDOWS}]{{2,}}")
_ACCENTED = re.compile("[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff]")
_LEAST = 2  # Chinese characters that the surviving bytes must make in UTF-8
_LOST_PAIRS = re.compile(r"\?\?$")
# Dingbat fonts of Windows put their bullets into the private area; at the start of a line they are nothing else.
_BULLET = re.compile(r"(?m)^([ \t]*)[\uf06c\uf06e\uf075\uf076\uf0a7\uf0a8\uf0b2\uf0b7\uf0d8\uf0e0\uf0fc][ \t]*(?=\S)")


@dataclass(frozen=True)
class Wreck:
    """A sentence that cannot be read: its place in the text, its line there (from 0), and why."""

    start: int
    end: int
    line: int
    reason: str


def bullets(text: str) -> tuple[str, int]:
    """Bullets of Wingdings and Symbol as plain ones, and how many there were."""
    return _BULLET.subn(r"\1• ", text)


def wrecks(text: str) -> tuple[Wreck, ...]:
    """The sentences of a text that cannot be read."""
    if not uncommon().search(text):
        return ()
    found: list[Wreck] = []
    at = 0
    for number, line in enumerate(text.split("\n")):
        found += (Wreck(at + start, at + end, number, reason) for start, end, reason in _in_line(line))
        at += len(line) + 1
    return tuple(found)


def _in_line(line: str) -> Iterator[tuple[int, int, str]]:
    """The stretches of a line that cannot be read. A question mark stands for what was lost as well as for a question:
    beside a wreck it ends no sentence if more of the kind follows, ??头峋€ or 鏁版嵁?″?煎叆."""
    units = [(start, end, reason_of(line[start:end])) for start, end in sentences(line)]
    place = done = 0
    while place < len(units):
        if units[place][2] is None:
            place += 1
            continue
        first = last = place
        while first > done and _LOST_PAIRS.search(line[slice(*units[first - 1][:2])]):
            first -= 1
        while last + 1 < len(units) and line[units[last][1] - 1] == "?" and _goes_on(line[slice(*units[last + 1][:2])]):
            last += 1
        yield units[first][0], units[last][1], units[place][2] or ""
        place = done = last + 1


def _goes_on(unit: str) -> bool:
    return reason_of(unit) is not None or uncommon().search(unit) is not None


def reason_of(text: str) -> str | None:
    """Why a text cannot be read; None when it can."""
    if not uncommon().search(text):
        return None
    reason = next((reason for mark, reason in _NO_TEXT if mark.search(text)), None)
    if reason is not None or spoken_of(_NAMED.sub("乱码", text)):
        return reason
    reason = next((reason for mark, reason in _GARBLED if mark.search(text)), None)
    if reason is not None:
        return reason
    if any(_rare_before(text, euro.start()) for euro in _LONE_BYTE.finditer(text)):
        return "编码读错，丢了字节（€）"
    if any(_ACCENTED.search(run.group()) and badness(run.group()) for run in _WESTERN.finditer(text)):
        return "编码读错（UTF-8 当成了西文），无法还原"
    if any(_half_read(run.group()) for run in _FOREIGN.finditer(text)):
        return "编码读错（UTF-8 当成了 GBK），无法还原"
    return None


def _rare_before(text: str, place: int) -> bool:
    """峋€: the byte 0x80 alone behind a character that nobody uses; 以€计价 is a price."""
    return any(not ordinary(char) for char in text[max(0, place - 2) : place])


def _half_read(run: str) -> bool:
    """Whether uncommon characters hide Chinese in UTF-8 of which bytes are missing."""
    return any(_hides_chinese(run[start:to]) for start, end in strange_spans(run) for to in (end, end + 2))


def _hides_chinese(span: str) -> bool:
    if not is_strange(span):
        return False
    try:
        said = gbk_bytes(span.replace("?", "€")).decode("utf-8", "replace")
    except UnicodeError:
        return False
    chinese = [char for char in said if "\u3400" <= char <= "\u9fff" or "\uff01" <= char <= "\uff5e"]
    kept = sum(map(ordinary, chinese))
    return kept >= _LEAST and kept * 2 >= len(said)
