"""The texts an entry can be found by: one row for its question, each similar one and its title."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.entry import Entry
from retrieval.tokens import text_key
from zhtext.normalize import normalize

QUESTION, TITLE = "question", "title"


@dataclass(frozen=True)
class Rows:
    """Rows of one entry lie side by side, in the order of the entries."""

    texts: tuple[str, ...]  # normalised
    kinds: tuple[str, ...]
    owners: NDArray[np.int32]  # index of the entry, ascending

    @property
    def starts(self) -> NDArray[np.int64]:
        """First row of each entry. Every entry has at least one."""
        return np.flatnonzero(np.diff(self.owners, prepend=-1))

    def to_json(self) -> dict[str, Any]:
        return {"texts": list(self.texts), "kinds": list(self.kinds), "owners": self.owners.tolist()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Rows:
        return cls(tuple(data["texts"]), tuple(data["kinds"]), np.asarray(data["owners"], dtype=np.int32))


def rows_of(entries: Sequence[Entry]) -> Rows:
    """All rows; a text that repeats within its entry counts once."""
    texts: list[str] = []
    kinds: list[str] = []
    owners: list[int] = []
    for owner, entry in enumerate(entries):
        seen: set[str] = set()
        for kind, text in [*((QUESTION, question) for question in entry.questions), (TITLE, entry.title)]:
            plain = normalize(text)
            key = text_key(plain)
            if key in seen:
                continue
            seen.add(key)
            texts.append(plain)
            kinds.append(kind)
            owners.append(owner)
    return Rows(tuple(texts), tuple(kinds), np.asarray(owners, dtype=np.int32))
