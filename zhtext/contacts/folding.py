"""A text as it is read aloud: odd digits and letters plain, invisible characters gone, dictated digits as digits.

Every finder searches the folded text; `Folded.span` leads back to the places in the original.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from re import Match
from typing import Tuple

# Looked at first, because most texts hold none of these and stay as they are.
_ODD = re.compile(
    "[＋－．／０-９＠Ａ-Ｚ＿ａ-ｚ\u00a0\u2000-\u200a\u2010\u2011\u2012\u2212\u3000․‧﹣\U0001d400-\U0001d7ff]"
)
# Soft hyphen, joiners, zero width, direction, variation selectors, keycap: 4️⃣0️⃣0️⃣ is 400.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\u20e3\ufeff]"
)
_SEEN = re.compile(
    "[^\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\u20e3\ufeff]"
)
# **139**-**1234**: bold digits with a sign between; 139****1234 is masked and stays so.
_EMPHASIS = re.compile(r"(?<=[0-9])\*\*(?=[-. ]\*\*[0-9])|(?<=[0-9]\*\*[-. ])\*\*(?=[0-9])")
_BROKEN = re.compile(r"(?<=[0-9]-)\n(?=[0-9])")  # a number that goes on in the next line
_OWN = {"\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2212": "-", "﹣": "-", "․": ".", "‧": ".", "\u3000": " "}

_NUMERALS = dict(
    zip("零〇○洞一幺壹二两兩贰貳三叁叄四肆五伍六陆陸七柒八捌九玖", "0000111222223334455666778899", strict=True)
)
_SAID = "".join(_NUMERALS)
_DIGITS = str.maketrans(_NUMERALS)
# Four in a row or more are dictated, fewer are words. Blanks and hyphens may stand between.
_DICTATED = re.compile(f"[{_SAID}](?:[-\\s—–]{{0,2}}[0-9{_SAID}]){{3,}}")
_STROKE = re.compile(r"[一丨](?<=[0-9]{3}.)(?=[0-9]{3})")  # 400一123一4567: the character as a hyphen
_CIRCLES = re.compile(r"[①-⑨⓪](?:[-\s]{0,2}[①-⑨⓪]){4,}")
_CIRCLED = str.maketrans("⓪①②③④⑤⑥⑦⑧⑨", "0123456789")


@dataclass(frozen=True)
class Folded:
    """`places` holds for each character of `text` its place in the original; None when they are the same."""

    text: str
    places: Tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> Tuple[int, int]:
        """The place in the original."""
        return (start, end) if self.places is None else (self.places[start], self.places[end - 1] + 1)


def fold(text: str) -> Folded:
    """One character for one, but for the invisible ones and the stars around bold digits, which are left out."""
    places = None
    if _INVISIBLE.search(text):
        places = tuple(match.start() for match in _SEEN.finditer(text))
        text = _INVISIBLE.sub("", text)
    if "**" in text and _EMPHASIS.search(text):
        text, places = _without_emphasis(text, places)
    if _ODD.search(text):
        text = _ODD.sub(_plain, text)
    text = _BROKEN.sub(" ", text)
    text = _STROKE.sub("-", text)
    text = _DICTATED.sub(_as_digits, text)
    return Folded(_CIRCLES.sub(lambda run: run.group().translate(_CIRCLED), text), places)


def _without_emphasis(text: str, places: Tuple[int, ...] | None) -> Tuple[str, Tuple[int, ...]]:
    stars = {place for mark in _EMPHASIS.finditer(text) for place in range(*mark.span())}
    kept = [place for place in range(len(text)) if place not in stars]
    return "".join(text[place] for place in kept), tuple(places[place] if places else place for place in kept)


def _plain(char: Match[str]) -> str:
    odd = char.group()
    return _OWN.get(odd) or unicodedata.normalize("NFKC", odd)


def _as_digits(run: Match[str]) -> str:
    return run.group().translate(_DIGITS)
