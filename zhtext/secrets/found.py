"""A secret in a text."""

from __future__ import annotations

from typing import NamedTuple


class Found(NamedTuple):
    """`kind` is a key of `masking.LABELS`; offsets count characters, end exclusive."""

    kind: str
    start: int
    end: int
