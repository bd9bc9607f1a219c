"""Lower case that keeps every place: patterns without IGNORECASE are several times faster on Chinese."""

from __future__ import annotations

import string

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def lower(text: str) -> str:
    """ASCII letters in lower case; `str.lower` would make two characters of some."""
    return text.translate(_LOWER)
