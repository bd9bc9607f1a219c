"""What two versions of an entry say differently: lines with signs, and within a changed line the words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any, Literal

from gateway.console.knowledge.written import FIELDS, of_content
from gateway.console.labels import Labels

Sign = Literal["same", "gone", "new", "skip"]

_TOKEN = re.compile(r"[A-Za-z0-9_.\-]+|\s+|.", re.DOTALL)
_CONTEXT = 2  # unchanged lines shown around a change
_LIKE = 0.35  # of two lines that were exchanged: less alike, and words would only confuse
_LONGEST = 2_000  # characters of a line that is compared word by word
_NAMED = {"type": "entry_type", "topic": "topic", "audience": "audience"}  # fields whose values have names


@dataclass(frozen=True)
class Piece:
    """Part of a line; `marked` is what is only on this side."""

    text: str
    marked: bool


@dataclass(frozen=True)
class Line:
    """`skip` stands for unchanged lines that are left out; its one piece says how many."""

    sign: Sign
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Change:
    """One field that differs."""

    field: str
    lines: tuple[Line, ...]


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any], labels: Labels) -> tuple[Change, ...]:
    """Field by field, in the order of the form; against nothing, everything is new."""
    old, new = (_texts(content, labels) for content in (before or {}, after))
    names = (*FIELDS, "variants")
    return tuple(Change(name, tuple(_lines(old[name], new[name], labels))) for name in names if old[name] != new[name])


def _texts(content: Mapping[str, Any], labels: Labels) -> dict[str, str]:
    if not content:
        return dict.fromkeys((*FIELDS, "variants"), "")
    written = of_content(content)
    texts = {name: value.strip() for name, value in written.fields.items()}
    texts["answer"] = str(content.get("answer") or "").strip()  # a placeholder, too
    for name, group in _NAMED.items():
        texts[name] = labels.name(group, texts[name])
    texts["variants"] = "\n\n".join(f"【{one.label}】{one.versions}\n{one.answer}" for one in written.variants)
    return texts


def _lines(old: str, new: str, labels: Labels) -> Iterator[Line]:
    one, other = (text.split("\n") if text else [] for text in (old, new))
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from _context(one[a:b], labels, first=a == 0, last=b == len(one))
        else:
            yield from _exchanged(one[a:b], other[c:d])


def _context(lines: Sequence[str], labels: Labels, *, first: bool, last: bool) -> Iterator[Line]:
    """Two lines after the change before, two before the next one."""
    head = 0 if first else _CONTEXT
    tail = 0 if last else _CONTEXT
    left_out = len(lines) - head - tail
    if left_out < 2:
        yield from (_plain("same", line) for line in lines)
        return
    yield from (_plain("same", line) for line in lines[:head])
    yield _plain("skip", labels.wording.text("console.diff.skipped", n=left_out))
    yield from (_plain("same", line) for line in lines[len(lines) - tail :])


def _exchanged(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    """What went, then what came; lines at the same place are compared word by word where they are alike."""
    pairs = [_words(a, b) if a is not None and b is not None else None for a, b in zip_longest(old, new)]
    for line, pair in zip(old, pairs, strict=False):
        yield Line("gone", pair[0]) if pair else _plain("gone", line)
    for line, pair in zip(new, pairs, strict=False):
        yield Line("new", pair[1]) if pair else _plain("new", line)


def _words(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]] | None:
    if max(len(old), len(new)) > _LONGEST:
        return None
    one, other = _TOKEN.findall(old), _TOKEN.findall(new)
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.ratio() < _LIKE:
        return None
    gone: list[Piece] = []
    came: list[Piece] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if b > a:
            gone.append(Piece("".join(one[a:b]), kind != "equal"))
        if d > c:
            came.append(Piece("".join(other[c:d]), kind != "equal"))
    return tuple(gone), tuple(came)


def _plain(sign: Sign, text: str) -> Line:
    return Line(sign, (Piece(text, False),))
