"""Which of the options last offered a message picks: a button, "1", "第二个" or the label itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from desk.conversations import Choice

_ORDINALS = {char: number for number, char in enumerate("一二三四五六七八九", 1)} | {"两": 2, "幾": 0}
_NUMBER = re.compile(
    r"^(?:选|選|第|我选|我選|回复|就)?\s*([1-9]|[一二两三四五六七八九])\s*(?:个|個|项|項|号|號|条|條|种|種)?\s*[.。、!！吧)）]*$"
)


def pick(text: str, offered: Sequence[Choice], clicked: Choice | None = None) -> Choice | None:
    """The option picked, or None when the message is something else. A click counts only if it was offered."""
    if clicked is not None:
        return next((choice for choice in offered if choice.id == clicked.id), None)
    plain = unicodedata.normalize("NFKC", text).strip()
    by_label = next((choice for choice in offered if choice.label == plain), None)
    return by_label or _by_number(plain, offered)


def _by_number(text: str, offered: Sequence[Choice]) -> Choice | None:
    match = _NUMBER.match(text)
    if match is None:
        return None
    number = int(match.group(1)) if match.group(1).isdigit() else _ORDINALS[match.group(1)]
    return offered[number - 1] if 1 <= number <= len(offered) else None
