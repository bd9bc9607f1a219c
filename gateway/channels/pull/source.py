"""The other side of a channel that is pulled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class Pulled:
    """One message of somebody's. Only kind `text` is for the bot."""

    id: str  # the other side's own; makes repeats harmless
    user: str
    text: str
    kind: str = "text"
    payload: Mapping[str, Any] = field(default_factory=dict)
    media: str = ""  # what a picture or file is fetched by


@dataclass(frozen=True)
class Page:
    """Some messages in order, and where the next page begins."""

    messages: tuple[Pulled, ...]
    mark: str
    more: bool


class Source(Protocol):
    """Pages of messages in, texts out."""

    async def page(self, mark: str) -> Page:
        """What comes after the mark; the empty mark is the beginning. Raises PullError."""
        ...

    async def send(self, to: str, text: str, key: str) -> None:
        """Returns only when the other side has taken it; `key` is the same for every try. Raises PullError."""
        ...
