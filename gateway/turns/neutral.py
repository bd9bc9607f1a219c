"""A user's text is only text: slash commands of the engine are made harmless.

Rasa obeys `/ask_human{"x":"y"}` from anybody. Look-alikes (／ and other slashes, also behind
zero-width characters) become one after normalisation, so all of them go.

A full stop at the end says nothing either, and comes with every voice message: people who type leave it out, and so
do the sentences that the engine has learned.
"""

from __future__ import annotations

import re
import unicodedata

_SLASHES = frozenset("/\u2044\u2215\u29f8\u2571\u27cb\uff0f")
# What normalisation takes off before the engine looks at the first character.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me", "Zl", "Zp", "Zs"})
_STOP = re.compile(r"(?<=[^。．.｡\s])\s*[。．.｡]\s*$")  # one alone: three of them are a sigh
_BLANK = frozenset("\u115f\u1160\u2800")  # Hangul fillers, the empty Braille cell


def neutral(text: str) -> str:
    """`text` without what could make the engine read it as a command, and without the full stop at its end; empty when
    nothing is left."""
    start = 0
    while start < len(text) and _skipped(text[start]):
        start += 1
    head, rest = text[:start], text[start:]
    slashed = any(_is_slash(folded) for char in head for folded in _folded(char))
    kept = rest if slashed or not rest else text.strip()
    return _STOP.sub("", kept)


def _skipped(char: str) -> bool:
    """Whether nothing but blanks, slashes and what is not seen is left of a character once it is normalised."""
    return all(_is_slash(folded) or _is_unseen(folded) for folded in _folded(char))


def _folded(char: str) -> str:
    return unicodedata.normalize("NFKC", char)


def _is_slash(char: str) -> bool:
    return char in _SLASHES


def _is_unseen(char: str) -> bool:
    return char in _BLANK or unicodedata.category(char) in _UNSEEN
