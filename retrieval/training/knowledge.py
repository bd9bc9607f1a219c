"""Questions of the knowledge base, read from its YAML files, with some held out.

Held out is one entry in five with all its questions: does training help entries it has never seen? They
are also what an index build fits its fusion on. New questions to entries that were trained on would
not do: their vectors have been pulled together, and the fit then trusts the encoder too much.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from zhtext.normalize import normalize

ENTRIES_HELD_OUT_OF = 5


@dataclass(frozen=True)
class Known:
    """One entry, normalised; of a held-out one training may use nothing."""

    id: str
    question: str
    title: str
    similar: tuple[str, ...]
    held_out: bool


def read(folder: Path | None) -> list[Known]:
    """Every entry with a question; nothing without a folder."""
    if folder is None:
        return []
    return [
        _known(data)
        for path in sorted(folder.rglob("*.yml"))
        for data in yaml.safe_load(path.read_text(encoding="utf-8")) or []
        if isinstance(data, dict) and data.get("question")
    ]


def trained_on(entries: Iterable[Known], *, on_similar: bool) -> list[str]:
    """The questions that training uses; the fit of an index build leaves them aside."""
    used = [entry for entry in entries if not entry.held_out]
    return [text for entry in used for text in (entry.question, *(entry.similar if on_similar else ()))]


def _known(data: dict[str, object]) -> Known:
    given = data.get("similar")
    similar = [normalize(str(text)) for text in given] if isinstance(given, list) else []
    held_out = _one_in(ENTRIES_HELD_OUT_OF, str(data["id"]))
    question, title = normalize(str(data["question"])), normalize(str(data["title"]))
    return Known(str(data["id"]), question, title, tuple(similar), held_out)


def _one_in(number: int, text: str) -> bool:
    return zlib.crc32(text.encode()) % number == 0
