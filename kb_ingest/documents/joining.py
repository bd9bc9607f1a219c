"""Lines that belong together -> one, the Chinese way."""

from __future__ import annotations

import re

_WIDE_CHARS = "[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u3000-\u303f\u2018-\u201d\u2026]"
_WIDE = re.compile(_WIDE_CHARS)
_WRAPPED = re.compile(f"(?<={_WIDE_CHARS})[ \\t]*\\r?\\n\\s*(?={_WIDE_CHARS})")
_SPACES = re.compile(r"[ \t\r\n\f\v\u00a0\u2000-\u200a\u202f\u205f]+")


def join(first: str, second: str) -> str:
    """The two halves of a broken line: no space beside a Chinese character or a hyphen, one between words."""
    if not first or not second:
        return first + second
    tight = _WIDE.match(first[-1]) or _WIDE.match(second[0]) or first[-1] in "-/_" or second[0] in ",.;:)"
    return first + ("" if tight else " ") + second


def squeezed(text: str) -> str:
    """Runs of white space as one space, none at the ends; a line break between Chinese characters is nothing."""
    return _SPACES.sub(" ", _WRAPPED.sub("", text)).strip()
