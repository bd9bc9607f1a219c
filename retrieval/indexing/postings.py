"""An inverted index in flat arrays: which documents hold a term, and how often.

The arrays are .npy files that are mapped into memory, not read: opening a million documents takes milliseconds, and
processes on one machine share the pages. Terms are kept as 64-bit BLAKE2b hashes; among a million different terms the
chance that any two collide is 3 in 10^8, and all that a collision does is to count two words as one.

BM25's weight of a document for a term is idf x count / (count + norm), with norm = k1 (1 - b + b length / mean length)
(Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009, without the constant factor k1 + 1, as Lucene
has it).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.indexing.match import Everywhere, Match, Pruned, Removed, idf_of

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]
Terms = NDArray[np.uint64]

# Up to so many documents it costs less to score all of them than to find out which need no score.
SMALL = 40_000
_HASH_BYTES = 8
_HEADER = 128  # bytes; nothing follows where the array is empty, and an empty map is refused
_ARRAYS = ("terms", "indptr", "docs", "counts", "norm", "peaks", "scale")


@dataclass(frozen=True)
class Saturation:
    """BM25's two parameters: how soon repeats stop counting, and how much length is held against a document."""

    k1: float
    b: float

    def norm(self, lengths: NDArray[Any], mean: float) -> Floats:
        norm: Floats = (self.k1 * (1 - self.b + self.b * lengths / max(mean, 1e-6))).astype(np.float32)
        return norm


@dataclass(frozen=True)
class Postings:
    """`docs[indptr[t]:indptr[t + 1]]` are the documents of term `t`, ascending; `counts` runs beside.

    Counts are whole numbers of units (see `scale`), and `norm` of each document is in the same unit. `peaks` is the
    largest count / (count + norm) of each term: no document gets more than that share of its idf.
    """

    terms: Terms  # hashes, ascending
    indptr: Ints
    docs: NDArray[np.int32]
    counts: NDArray[np.uint8] | NDArray[np.uint16]
    norm: Floats
    peaks: Floats
    scale: Doubles  # mean length of the documents, and what one unit of a count is worth
    # A sum and a mark for each document: lent to one question at a time, which leaves zeros behind.
    scratch: list[tuple[Floats, NDArray[np.bool_]]] = field(default_factory=list, init=False, repr=False, compare=False)

    def __len__(self) -> int:
        """Documents."""
        return len(self.norm)

    @property
    def mean(self) -> float:
        return float(self.scale[0])

    @property
    def unit(self) -> float:
        return float(self.scale[1])

    def idf(self, terms: Terms) -> Doubles:
        """Inverse document frequency after Robertson and Spärck Jones, as Lucene has it (never negative)."""
        return idf_of(self.spans(terms)[1], len(self))

    def spans(self, terms: Terms) -> tuple[Ints, Ints]:
        """Where the postings of each term begin, and how many there are; none for an unknown term."""
        if not len(self.terms):
            return np.zeros(len(terms), dtype=np.int64), np.zeros(len(terms), dtype=np.int64)
        place = np.minimum(np.searchsorted(self.terms, terms), len(self.terms) - 1)
        begin = self.indptr[place]
        return begin, np.where(self.terms[place] == terms, self.indptr[place + 1] - begin, 0)

    def ask(self, terms: Terms, *, idf: Doubles | None = None, removed: Removed | None = None,
            small: int = SMALL) -> Match:  # fmt: skip
        """One question against this index. `idf` is that of a larger index that this one belongs to."""
        kind = Everywhere if len(self) <= small else Pruned
        return kind(self, terms, idf, removed)

    def peaks_of(self, terms: Terms) -> Floats:
        """`peaks` of known terms."""
        return self.peaks[np.searchsorted(self.terms, terms)]

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> Postings:
        """What `save` wrote, mapped into memory; the caller has verified the files."""
        return cls(*(mapped(folder / f"{name}.npy") for name in _ARRAYS))


class Counter:
    """Collects the tokens of documents, then makes `Postings` of them."""

    def __init__(self) -> None:
        self._vocabulary: dict[str, int] = {}
        self._terms = array("i")
        self._sizes = array("i")

    def add(self, tokens: Sequence[str]) -> None:
        """The next document."""
        ids = self._vocabulary
        self._terms.extend([ids.setdefault(token, len(ids)) for token in tokens])
        self._sizes.append(len(tokens))

    def postings(self, saturation: Saturation, mean: float | None = None) -> Postings:
        """`mean` is the mean length of the documents of a larger index that this one belongs to."""
        sizes = np.asarray(self._sizes, dtype=np.int64)
        # A text without tokens has the length of one: as if it held a token that nobody asks for.
        lengths = np.maximum(sizes, 1)
        hashes = np.fromiter(map(term_hash, self._vocabulary), dtype=np.uint64, count=len(self._vocabulary))
        docs = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
        mean = float(lengths.mean()) if mean is None else mean
        return _made(hashes, np.asarray(self._terms, dtype=np.int32), docs, None, saturation.norm(lengths, mean), mean)


def counted(texts: Iterable[Sequence[str]], saturation: Saturation, mean: float | None = None) -> Postings:
    """Postings of texts that are already cut into tokens."""
    counter = Counter()
    for tokens in texts:
        counter.add(tokens)
    return counter.postings(saturation, mean)


def merged(parts: Sequence[tuple[Postings, NDArray[np.int32], int]], documents: int, unit: float,
           saturation: Saturation, mean: float | None = None) -> Postings:  # fmt: skip
    """Several indexes as one: of each part the postings, the new number of each of its documents, and how many units
    one of its counts is worth. Empty texts have no length here."""
    terms = np.unique(np.concatenate([part.terms for part, _, _ in parts]))
    places = [
        np.repeat(np.searchsorted(terms, part.terms).astype(np.int32), np.diff(part.indptr)) for part, _, _ in parts
    ]
    docs = [new[part.docs] for part, new, _ in parts]
    weights = [part.counts.astype(np.uint16) * np.uint16(worth) for part, _, worth in parts]
    totals = [np.bincount(there, weights=many, minlength=documents) for there, many in zip(docs, weights, strict=True)]
    lengths = np.sum(totals, axis=0) * unit
    mean = float(lengths.mean()) if mean is None else mean
    norm = (saturation.norm(lengths, mean) / np.float32(unit)).astype(np.float32)
    return _made(terms, np.concatenate(places), np.concatenate(docs), np.concatenate(weights), norm, mean, unit)


@lru_cache(maxsize=1 << 16)
def term_hash(token: str) -> int:
    """64 bits of BLAKE2b."""
    return int.from_bytes(blake2b(token.encode("utf-8", "surrogatepass"), digest_size=_HASH_BYTES).digest(), "little")


def hashed(tokens: Iterable[str]) -> Terms:
    """The different tokens as terms, in order of appearance."""
    return np.fromiter(map(term_hash, dict.fromkeys(tokens)), dtype=np.uint64)


def mapped(path: Path) -> NDArray[Any]:
    """A .npy file mapped into memory, as a plain array: the subclass that numpy returns makes each slice slow."""
    loaded: NDArray[Any] = np.load(path, mmap_mode="r" if path.stat().st_size > _HEADER else None, allow_pickle=False)
    return loaded.view(np.ndarray)


def _made(hashes: Terms, terms: NDArray[np.int32], docs: NDArray[np.int32], counts: NDArray[np.uint16] | None,
          norm: Floats, mean: float, unit: float = 1.0) -> Postings:  # fmt: skip
    """Sorted and summed by scipy, in linear time."""
    from scipy.sparse import coo_matrix

    order = np.argsort(hashes)
    rank = np.empty(len(hashes), dtype=np.int32)
    rank[order] = np.arange(len(hashes), dtype=np.int32)
    data = np.ones(len(terms), dtype=np.uint16) if counts is None else counts
    matrix = coo_matrix((data, (rank[terms], docs)), shape=(len(hashes), len(norm)), dtype=np.uint16).tocsr()
    matrix.sort_indices()
    found = matrix.data.astype(np.uint8) if not len(matrix.data) or matrix.data.max() < 256 else matrix.data
    indptr, indices = matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32, copy=False)
    peaks = _peaks(indptr, indices, found, norm)
    return Postings(hashes[order], indptr, indices, found, norm, peaks, np.array([mean, unit]))


def _peaks(indptr: Ints, docs: NDArray[np.int32], counts: NDArray[Any], norm: Floats) -> Floats:
    if not len(docs):
        return np.zeros(len(indptr) - 1, dtype=np.float32)
    share = counts.astype(np.float32)
    share /= share + norm[docs]
    peaks: Floats = np.maximum.reduceat(share, indptr[:-1])  # every term stands in a document
    return peaks
