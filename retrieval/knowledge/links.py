"""Links from one entry to another inside an answer: `[文字](entry:faq-import-stuck)`.

A customer cannot follow them everywhere; `plain` leaves the words alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LINK = re.compile(r"\[([^\]\n]+)\]\((?:entry:([^)\s]*)|#([^)\s]*))\)")
_BARE = re.compile(r"(?<![\w(:/])entry:([\w-]+)")


@dataclass(frozen=True)
class Link:
    """`target` is the id of an entry; an `anchor` was written as `[…](#id)`, which leads nowhere in a chat."""

    text: str
    target: str
    anchor: bool = False


def links(markdown: str) -> Iterator[Link]:
    """Every internal link, in order; a bare `entry:ID` is its own text."""
    for match in _LINK.finditer(markdown):
        yield Link(match[1], match[2] if match[2] is not None else match[3], anchor=match[2] is None)
    for match in _BARE.finditer(_LINK.sub("", markdown)):
        yield Link(match[0], match[1])


def plain(markdown: str) -> str:
    """The answer with every internal link replaced by its words."""
    return _LINK.sub(r"\1", markdown)
