"""The texts an entry can be found by: one row for its question, each similar one and its title."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.indexing import texts as stored
from retrieval.indexing.match import Groups
from retrieval.indexing.postings import mapped, term_hash
from retrieval.indexing.texts import StoredTexts
from retrieval.indexing.tokens import text_key
from retrieval.knowledge.entry import Entry
from zhtext.normalize import normalize

QUESTION, TITLE = "question", "title"
_KINDS = (QUESTION, TITLE)
_ARRAYS = ("owners", "starts", "coded_kinds", "keys", "keyed")


@dataclass(frozen=True)
class Rows:
    """Rows of one entry lie side by side, in the order of the entries. Every entry has at least one."""

    texts: Sequence[str]  # normalised
    owners: NDArray[np.int32]  # index of the entry, ascending
    starts: NDArray[np.int64]  # first row of each entry
    coded_kinds: NDArray[np.uint8]
    keys: NDArray[np.uint64]  # hashes of the rows' text keys, ascending
    keyed: NDArray[np.int32]  # the row of each key

    def __len__(self) -> int:
        return len(self.owners)

    @property
    def kinds(self) -> tuple[str, ...]:
        """`QUESTION` or `TITLE` for each row; for fitting, not for serving."""
        return tuple(_KINDS[code] for code in self.coded_kinds.tolist())

    @property
    def groups(self) -> Groups:
        """The rows of each entry, for a search that wants entries."""
        return Groups(self.owners, self.starts)

    def of(self, entry: int) -> NDArray[np.int64]:
        """The rows of one entry."""
        end = self.starts[entry + 1] if entry + 1 < len(self.starts) else len(self)
        return np.arange(self.starts[entry], end)

    def spans(self, entries: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The rows of several entries one after the other, and where those of each begin."""
        begin = self.starts[entries]
        last = entries + 1 == len(self.starts)
        end = np.where(last, len(self), self.starts[np.where(last, entries, entries + 1)])
        sizes = end - begin
        before = np.cumsum(sizes) - sizes
        return np.arange(int(sizes.sum())) + np.repeat(begin - before, sizes), before

    def same(self, text: str) -> list[int]:
        """Rows that say the same but for punctuation and case."""
        key = text_key(text)
        wanted = np.uint64(term_hash(key))
        found = slice(int(self.keys.searchsorted(wanted)), int(self.keys.searchsorted(wanted, side="right")))
        return [row for row in self.keyed[found].tolist() if text_key(self.texts[row]) == key]

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        stored.save(folder, self.texts)
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> Rows:
        """What `save` wrote, mapped into memory; the caller has verified the files."""
        return cls(StoredTexts.load(folder), *(mapped(folder / f"{name}.npy") for name in _ARRAYS))


def rows_of(entries: Iterable[Entry]) -> Rows:
    """All rows; a text that repeats within its entry counts once."""
    texts: list[str] = []
    kinds: list[int] = []
    owners: list[int] = []
    hashes: list[int] = []
    for owner, entry in enumerate(entries):
        seen: dict[str, int] = {}
        for kind, text in [*((QUESTION, question) for question in entry.questions), (TITLE, entry.title)]:
            plain = normalize(text)
            key = text_key(plain)
            if key not in seen:
                seen[key] = len(texts)
                texts.append(plain)
                kinds.append(_KINDS.index(kind))
                owners.append(owner)
                hashes.append(term_hash(key))
    keys = np.array(hashes, dtype=np.uint64)
    order = np.argsort(keys, kind="stable")
    owned = np.array(owners, dtype=np.int32)
    return Rows(
        tuple(texts), owned, np.flatnonzero(np.diff(owned, prepend=-1)),
        np.array(kinds, dtype=np.uint8), keys[order], order.astype(np.int32),
    )  # fmt: skip
