"""From a value of the normalised text back to the writer's own characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from difflib import Match, SequenceMatcher
from functools import cache

from opencc import OpenCC

from zhtext.normalize import MAX_CHARS, normalize

_SLACK = 3  # characters; a regional word and its mainland counterpart differ by no more
_MARK = "\u241f"  # the picture of a unit separator: nobody types it, and normalising leaves it alone
_ALIGNED_CHARS = 160  # longer texts are not aligned: the comparison is quadratic


def verbatim(original: str, value: str) -> str:
    """The stretch of `original` that says `value` in the writer's own script, or else `value` itself.

    First character by character (NFKC, Traditional to Simplified); where whole words differ (匯出 and 导出),
    the stretch whose normalised form is `value`. Never raises, and what comes back is `value` or part of `original`.
    """
    if not value:
        return value
    original = original[:MAX_CHARS]
    form, places = _simplified(original)
    at = form.find(value)
    if at >= 0:
        return original[places[at] : places[at + len(value) - 1] + 1]
    return _aligned(original, form, places, value) or value


def _simplified(text: str) -> tuple[str, list[int]]:
    """The text character by character, and from which character each one came."""
    characters: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for one in _one(char):
            characters.append(one)
            places.append(place)
    return "".join(characters), places


def _one(char: str) -> str:
    if char.isascii():
        return char
    folded = unicodedata.normalize("NFKC", char)
    if unicodedata.category(char) in ("Cf", "Cs"):
        return ""
    return "".join(str(_converter().convert(one)) for one in folded)


def _aligned(original: str, form: str, places: list[int], value: str) -> str | None:
    """The stretch that normalises to `value`, looked for around where original and normalised text agree."""
    plain = normalize(original)
    at = plain.find(value)
    if at < 0 or not form or len(form) > _ALIGNED_CHARS:
        return None
    blocks = SequenceMatcher(None, form, plain, autojunk=False).get_matching_blocks()
    for start in _around(_counterpart(blocks, at), len(form)):
        for stop in _around(_counterpart(blocks, at + len(value)), len(form)):
            if start < stop and _says(original, places[start], places[stop - 1] + 1, value):
                return original[places[start] : places[stop - 1] + 1]
    return None


def _counterpart(blocks: Sequence[Match], at: int) -> int:
    """The place in the one text for place `at` in the other."""
    before = [block for block in blocks if block.b <= at]
    return before[-1].a + at - before[-1].b if before else at


def _says(original: str, start: int, end: int, value: str) -> bool:
    """Whether that stretch normalises to `value` where it stands: the words around tell script and region."""
    marked = f"{original[:start]}{_MARK}{original[start:end]}{_MARK}{original[end:]}"
    return f"{_MARK}{value}{_MARK}" in normalize(marked)


def _around(place: int, limit: int) -> list[int]:
    """The place itself, then its neighbours, nearest first."""
    near = sorted(range(place - _SLACK, place + _SLACK + 1), key=lambda other: abs(other - place))
    return [min(max(other, 0), limit) for other in near]


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")
