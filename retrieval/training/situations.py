"""Support situations, each in the words of many kinds of people: what teaches the encoder that they mean one thing.

The files lie in `situations/`, written for this purpose; its README is their card. One family in five is held out as a
whole: its members are look-alikes, and a neighbour seen in training would tell too much.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from zhtext.normalize import normalize

FOLDER = Path(__file__).parent / "situations"
HELD_OUT_OF = 5


@dataclass(frozen=True)
class Situation:
    """One request for help, normalised; of a held-out one training may use nothing."""

    id: str
    family: str
    title: str
    wordings: tuple[str, ...]

    @property
    def held_out(self) -> bool:
        return zlib.crc32(self.family.encode()) % HELD_OUT_OF == 0

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.title, *self.wordings)


def read(folder: Path = FOLDER, share: float = 1.0) -> list[Situation]:
    """Every situation, or only a share of the families that are not held out; nothing where there is no such folder."""
    found = [_situation(line) for path in sorted(folder.glob("*.jsonl")) for line in _lines(path)]
    return [one for one in found if one.held_out or _below(one.family, share)]


def shown(situations: Iterable[Situation]) -> list[Situation]:
    """Those that training may use."""
    return [one for one in situations if not one.held_out]


def _situation(line: str) -> Situation:
    data = json.loads(line)
    return Situation(data["id"], data["family"], normalize(data["title"]), tuple(map(normalize, data["wordings"])))


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _below(family: str, share: float) -> bool:
    return zlib.crc32(f"share {family}".encode()) % 1000 < share * 1000
