"""Does every word of a question have a near word in an entry?

Each word of the question looks for the nearest word among all questions of the entry and, at a discount, in its
answer; the nearnesses are averaged by the words' weights. One vector for a whole text blurs what single words settle;
this is late interaction (Khattab and Zaharia, "ColBERT", 2020) with word vectors that know no context.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.indexing.encoder import DEFAULT_MODEL, StaticEncoder, static_encoder
from retrieval.indexing.postings import mapped

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

# Ids of several texts end to end, and how many there are of each.
Taken = tuple[NDArray[np.int32], Ints]

# What a word of the answer counts beside one of a question; found on questions of `kb/asked`.
ANSWER = 0.8
# Ends every list, so that none is empty; its vector is zero.
_END = 0
_BATCH = 10_000
_TINY = 1e-9


@dataclass(frozen=True)
class TokenLists:
    """Distinct token ids of many texts, end to end; `indptr` has one place more than there are texts."""

    ids: NDArray[np.int32]
    indptr: Ints

    @classmethod
    def of(cls, texts: Iterable[str], words: StaticEncoder) -> TokenLists:
        lists: list[NDArray[np.int32]] = []
        batch: list[str] = []
        for text in texts:
            batch.append(text)
            if len(batch) == _BATCH:
                lists += _distinct(batch, words)
                batch = []
        lists += _distinct(batch, words)
        sizes = np.fromiter(map(len, lists), dtype=np.int64, count=len(lists))
        ids = np.concatenate(lists) if lists else np.zeros(0, dtype=np.int32)
        return cls(ids, np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64))

    def take(self, texts: Ints) -> Taken:
        """Ids of some texts one after the other, and how many there are of each."""
        sizes = self.indptr[texts + 1] - self.indptr[texts]
        before = np.cumsum(sizes) - sizes
        return self.ids[np.arange(int(sizes.sum())) + np.repeat(self.indptr[texts] - before, sizes)], sizes

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / "ids.npy", self.ids, allow_pickle=False)
        np.save(folder / "indptr.npy", self.indptr, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> TokenLists:
        """What `save` wrote, mapped into memory; the caller has verified the files."""
        return cls(mapped(folder / "ids.npy"), mapped(folder / "indptr.npy"))


@dataclass(frozen=True)
class Asked:
    """The words of one question: unit vectors, and weights that sum to 1."""

    vectors: Floats
    weights: Floats


class Alignment:
    """Compares words by the vectors of a static encoder."""

    def __init__(self, words: StaticEncoder) -> None:
        self._words = words

    def asked(self, text: str) -> Asked:
        """A normalised question."""
        ids = self._words.token_ids([text])[0]
        vectors, lengths = self._words.token_vectors(np.unique(ids[ids != _END]))
        weights = (lengths / max(float(lengths.sum()), _TINY)).astype(np.float32)
        unit: Floats = (vectors / np.maximum(lengths, _TINY)[:, None]).astype(np.float32)
        return Asked(unit, weights)

    def shares(self, asked: Asked, rows: Taken, answers: Taken) -> Floats:
        """Between 0 and 1 for each entry. `rows` are the words of the entries' questions, `answers` of their answers;
        of each there is at least one."""
        if not len(asked.weights):
            return np.zeros(len(rows[1]), dtype=np.float32)
        ids, place = np.unique(np.concatenate([rows[0], answers[0]]), return_inverse=True)
        vectors, lengths = self._words.token_vectors(ids)
        near = (np.maximum(vectors @ asked.vectors.T, 0.0) / np.maximum(lengths, _TINY)[:, None])[place]
        said, answered = near[: len(rows[0])], near[len(rows[0]) :]
        best = np.maximum(_best(said, rows[1]), ANSWER * _best(answered, answers[1]))
        shares: Floats = best @ asked.weights
        return shares


def word_table() -> StaticEncoder:
    """The shipped table, whichever encoder is set: other models have no vectors of single words."""
    return static_encoder(DEFAULT_MODEL)


def _best(near: Floats, sizes: Ints) -> Floats:
    best: Floats = np.maximum.reduceat(near, np.cumsum(sizes) - sizes, axis=0)
    return best


def _distinct(texts: Sequence[str], words: StaticEncoder) -> list[NDArray[np.int32]]:
    return [np.append(np.unique(ids[ids != _END]), _END).astype(np.int32) for ids in words.token_ids(texts)]
