"""A user's text is only text: slash commands of the engine are made harmless.

Rasa obeys `/ask_human{"x":"y"}` from anybody. Look-alikes (／ and other slashes, also behind
zero-width characters) become one after normalisation, so all of them go.
"""

from __future__ import annotations

import unicodedata

_SLASHES = frozenset("/\u2044\u2215\u29f8\u2571\uff0f")


def neutral(text: str) -> str:
    """`text` without what could make the engine read it as a command; empty when nothing is left."""
    start = 0
    while start < len(text) and _skipped(text[start]):
        start += 1
    head, rest = text[:start], text[start:]
    return rest if any(char in _SLASHES or _folds_to_slash(char) for char in head) else text.strip()


def _skipped(char: str) -> bool:
    return (
        char.isspace()
        or char in _SLASHES
        or _folds_to_slash(char)
        or unicodedata.category(char) in ("Cf", "Cc", "Mn", "Me", "Cn", "Co")
    )


def _folds_to_slash(char: str) -> bool:
    return unicodedata.normalize("NFKC", char).lstrip().startswith("/")
