"""Which of the options last offered a message picks: a button, "1", "第二个" or the label itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from desk.conversations import Choice
from zhtext.normalize import normalize

_ORDINALS = {char: number for number, char in enumerate("一二三四五六七八九", 1)} | {"两": 2}
_NUMBER = re.compile(
    r"^(?:我?选|我?要|回复|就|点)?\s*第?\s*([1-9]|[一二两三四五六七八九])\s*(?:个|项|号|条|种|行)?\s*[.。、,!吧)]*$"
)


def pick(text: str, offered: Sequence[Choice], clicked: Choice | None = None) -> Choice | None:
    """The option picked, or None when the message is something else. A click counts only if it was offered."""
    if clicked is not None:
        return next((choice for choice in offered if choice.id == clicked.id), None)
    plain = normalize(text)
    by_label = next((choice for choice in offered if normalize(choice.label) == plain), None)
    return by_label or _by_number(plain, offered)


def _by_number(text: str, offered: Sequence[Choice]) -> Choice | None:
    match = _NUMBER.match(text)
    if match is None:
        return None
    number = int(match.group(1)) if match.group(1).isdigit() else _ORDINALS[match.group(1)]
    return offered[number - 1] if 1 <= number <= len(offered) else None
