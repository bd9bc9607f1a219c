"""Waiting for something to become true, instead of sleeping and hoping."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep
from typing import TypeVar

T = TypeVar("T")


def until(find: Callable[[], T | None], within: float, what: str, every: float = 0.05) -> T:
    """The first true value of `find`, asked again every `every` seconds. AssertionError after `within` seconds."""
    deadline = monotonic() + within
    while True:
        found = find()
        if found:
            return found
        if monotonic() > deadline:
            raise AssertionError(f"{what}: not within {within:g} s")
        sleep(every)
