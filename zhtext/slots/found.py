"""A value with its place, and the places that exclude each other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """A slot value in its canonical form, and where the text says it (end exclusive)."""

    name: str
    value: str
    start: int
    end: int


def overlap(one: Found, other: Found) -> bool:
    """Whether two values claim a character both."""
    return one.start < other.end and other.start < one.end
