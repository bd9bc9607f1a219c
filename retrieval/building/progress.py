"""How far a long piece of work is, told to whoever gave a callable for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

# The stage by name, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]
Item = TypeVar("Item")

_EVERY = 1_024


def silent(stage: str, done: int, total: int) -> None:
    """For those who do not want to know."""


def told(items: Sequence[Item], progress: Progress, stage: str) -> Iterator[Item]:
    """The items, with word of them as they go."""
    for done, item in enumerate(items):
        if done % _EVERY == 0:
            progress(stage, done, len(items))
        yield item
    progress(stage, len(items), len(items))
