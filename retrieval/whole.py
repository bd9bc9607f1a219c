"""All of an entry as one bag: the words of its questions, title and answer together.

A question may take one word from one similar question and the next from the answer; an index over
single rows cannot see that.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

# A word of the answer says half as much about what people ask as one of a question.
ANSWER_WEIGHT = 0.5
# Whole entries are long and repeat their words: usual BM25 figures.
K1, B = 1.2, 0.5


@dataclass(frozen=True)
class Removed:
    """Words that are to count as absent from one entry; for fitting."""

    entry: int
    words: Mapping[str, int]


class WholeIndex:
    """Token -> entries and weighted counts."""

    def __init__(
        self, vocabulary: dict[str, int], indptr: Ints, entries: Ints, counts: Floats, lengths: Floats
    ) -> None:
        self._vocabulary = vocabulary
        self._indptr, self._entries, self._counts, self._lengths = indptr, entries, counts, lengths
        self._norm = (K1 * (1 - B + B * lengths / max(float(lengths.mean()), 1e-6))).astype(np.float32)

    @classmethod
    def of(
        cls, rows: Sequence[Sequence[str]], owners: NDArray[np.int32], answers: Sequence[Sequence[str]]
    ) -> WholeIndex:
        """`rows` are the tokens of the rows, `answers` those of the entries' answers."""
        bags: list[dict[str, float]] = [{} for _ in answers]
        for bag, tokens in zip(bags, answers, strict=True):
            for token in tokens:
                bag[token] = bag.get(token, 0.0) + ANSWER_WEIGHT
        for owner, tokens in zip(owners, rows, strict=True):
            for token in tokens:
                bags[owner][token] = bags[owner].get(token, 0.0) + 1.0
        vocabulary = {token: number for number, token in enumerate(dict.fromkeys(t for bag in bags for t in bag))}
        terms = np.array([vocabulary[token] for bag in bags for token in bag], dtype=np.int64)
        entries = np.repeat(np.arange(len(bags)), [len(bag) for bag in bags])
        counts = np.array([count for bag in bags for count in bag.values()], dtype=np.float32)
        order = np.argsort(terms, kind="stable")
        indptr = np.concatenate([[0], np.cumsum(np.bincount(terms, minlength=len(vocabulary)))])
        lengths = np.array([sum(bag.values()) for bag in bags], dtype=np.float32)
        return cls(vocabulary, indptr, entries[order], counts[order], lengths)

    def scores(self, tokens: Sequence[str], removed: Removed | None = None) -> tuple[Floats, Floats]:
        """BM25 and plain coverage of each entry, both as shares of the query's inverse document frequencies."""
        size = len(self._lengths)
        score, cover = np.zeros(size, dtype=np.float32), np.zeros(size, dtype=np.float32)
        bound = 0.0
        for token in dict.fromkeys(tokens):
            entries, counts = self._postings(token, removed)
            idf = float(np.log1p((size - len(entries) + 0.5) / (len(entries) + 0.5)))
            score[entries] += idf * counts / (counts + self._norm[entries])
            cover[entries] += idf
            bound += idf
        return score / np.float32(max(bound, 1e-6)), cover / np.float32(max(bound, 1e-6))

    def _postings(self, token: str, removed: Removed | None) -> tuple[Ints, Floats]:
        term = self._vocabulary.get(token)
        if term is None:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        span = slice(self._indptr[term], self._indptr[term + 1])
        entries, counts = self._entries[span], self._counts[span]
        if removed is None or token not in removed.words:
            return entries, counts
        left = np.where(entries == removed.entry, counts - np.float32(removed.words[token]), counts)
        kept = left > 0
        return entries[kept], left[kept]

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, array in self._arrays().items():
            np.save(folder / f"{name}.npy", array, allow_pickle=False)
        (folder / "vocabulary.json").write_text(json.dumps(self._vocabulary, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> WholeIndex:
        """What `save` wrote; the caller has verified the files."""
        vocabulary = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        arrays = (
            np.load(folder / f"{name}.npy", allow_pickle=False) for name in ("indptr", "entries", "counts", "lengths")
        )
        return cls(vocabulary, *arrays)

    def _arrays(self) -> dict[str, Ints | Floats]:
        return {"indptr": self._indptr, "entries": self._entries, "counts": self._counts, "lengths": self._lengths}


def words_of(rows: Sequence[Sequence[str]]) -> Counter[str]:
    """Counts of several rows, to be `Removed`."""
    return Counter(token for tokens in rows for token in tokens)
