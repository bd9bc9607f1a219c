"""What the action server needs to know; filled by the composition root."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class ActionsSettings:
    """`token` is shared with the engine and the gateway; without it nobody gets in."""

    index: Path
    token: str = field(repr=False)
    encoder: str | None = None  # a sentence-transformers model by name or path; None: the shipped one
    max_body: int = 256 * 1024  # bytes; an action call of a long conversation is some 30 KiB
    reload_seconds: float = 2.0  # how often CURRENT is looked at
