"""FAISS over vectors of length 1: exact for small bases, compressed codes with exact re-ranking for large ones.

Above `EXACT_UP_TO` vectors the index holds codes (product quantisation, 4 bits, Jégou et al. 2011; searched in
registers, André et al. 2017), and the `refined` best by code are compared again with the vectors themselves, which
lie in a file of half-precision numbers mapped into memory. How fine the codes are and how many are compared again is
measured at build time: steps of `ladder` are tried from cheap to dear until at least `RECALL` of the true first ten
are found. Cells (IVF) find .9 of them on 2,000,000 rows of short texts however many are searched, and are no step.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from retrieval.indexing.postings import mapped
from retrieval.indexing.recall import Truth

Floats = NDArray[np.float32]
Halves = NDArray[np.float16]
Ints = NDArray[np.int64]

# Measured at 256 dimensions: Flat .4 ms at 10k and 10 ms at 100k rows, 4-bit PQ with refinement .3 ms at 100k
# with the same first ten.
EXACT_UP_TO = 9_000
RECALL = 0.99
_TRAIN_ROWS = 50_000
_ADDED = 65_536  # vectors handed to FAISS at once
_FLAT = "Flat"
# FAISS takes three times as long for 2,000 as for 1,400.
_REFINED = (400, 1_000, 1_400)


@dataclass(frozen=True)
class Plan:
    """`kind` is FAISS's name of the index. `recall` is the share of the true first ten that it finds."""

    kind: str
    refined: int = 0
    recall: float = 1.0


class DenseIndex:
    """Cosine similarity between a query vector and rows."""

    def __init__(self, index: Any, plan: Plan, vectors: Halves | None = None) -> None:
        self._index, self.plan, self._vectors = index, plan, vectors

    @classmethod
    def of(cls, vectors: Floats | Halves, exact_up_to: int = EXACT_UP_TO) -> DenseIndex:
        """Index unit vectors, one for each row."""
        rows, dimensions = vectors.shape
        if rows <= exact_up_to:
            index = faiss.IndexFlatIP(dimensions)
            index.add(np.ascontiguousarray(vectors, dtype=np.float32))
            return cls(index, Plan(_FLAT))
        halves = vectors.astype(np.float16, copy=False)
        return _climbed(halves, list(ladder(dimensions)))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimensions(self) -> int:
        return int(self._index.d)

    def search(self, vector: Floats, top: int) -> tuple[Ints, Floats]:
        """The `top` nearest rows and their similarities, best first."""
        top = min(top, len(self))
        scores, rows = self._index.search(vector.reshape(1, -1), min(max(top, self.plan.refined), len(self)))
        found = rows[0][rows[0] >= 0]
        if self._vectors is None:
            return found, scores[0][: len(found)]
        exact = self.similarities(vector, found)
        order = np.argsort(-exact, kind="stable")[:top]
        return found[order], exact[order]

    def nearest(self, vector: Floats, top: int) -> Ints:
        """`search` without the similarities."""
        return self.search(vector, top)[0]

    def similarities(self, vector: Floats, rows: Ints) -> Floats:
        """Exact similarities of the given rows."""
        if self._vectors is None:
            vectors: Floats = self._index.reconstruct_batch(np.ascontiguousarray(rows, dtype=np.int64))
        else:
            vectors = self._vectors[rows].astype(np.float32)
        return vectors @ vector

    def all_vectors(self) -> Floats | Halves:
        """Every row vector, in order; for measuring, not for serving."""
        every: Floats | Halves = self._index.reconstruct_n(0, len(self)) if self._vectors is None else self._vectors
        return every

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        faiss.write_index(self._index, str(folder / "index.faiss"))
        (folder / "plan.json").write_text(json.dumps(asdict(self.plan)) + "\n", encoding="utf-8")
        if self._vectors is not None:
            np.save(folder / "vectors.npy", self._vectors, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> DenseIndex:
        """What `save` wrote. A FAISS file has no checksum: the caller has verified it."""
        faiss.omp_set_num_threads(1)  # one short query at a time: threads cost more than they bring
        vectors = folder / "vectors.npy"
        plan = Plan(**json.loads((folder / "plan.json").read_text(encoding="utf-8")))
        index = faiss.read_index(str(folder / "index.faiss"))
        return cls(index, plan, mapped(vectors) if vectors.is_file() else None)


def ladder(dimensions: int) -> Iterator[Plan]:
    """What is tried, from cheap to dear: more to compare again, codes twice as fine, and half-precision vectors read
    from end to end, which misses nothing that matters."""
    for part in (4, 2):
        if dimensions % part == 0:
            for refined in _REFINED:
                yield Plan(f"PQ{dimensions // part}x4fs", refined)
    yield Plan("SQfp16", _REFINED[0])


def _climbed(vectors: Halves, plans: list[Plan]) -> DenseIndex:
    """The first step of the ladder that finds enough; an index is only trained where the kind changes."""
    truth = Truth.of(vectors)
    made: DenseIndex | None = None
    for plan in plans:
        index = made._index if made is not None and made.plan.kind == plan.kind else _filled(vectors, plan.kind)
        made = DenseIndex(index, plan, vectors)
        made.plan = replace(plan, recall=truth.recall(made.nearest))
        if made.plan.recall >= RECALL:
            break
    if made is None:
        raise ValueError("no plan to make an index by")
    return made


def _filled(vectors: Halves, kind: str) -> Any:
    rows, dimensions = vectors.shape
    index = faiss.index_factory(dimensions, kind, faiss.METRIC_INNER_PRODUCT)
    if not index.is_trained:
        index.train(vectors[:: max(1, rows // _TRAIN_ROWS)].astype(np.float32))
    for start in range(0, rows, _ADDED):
        index.add(vectors[start : start + _ADDED].astype(np.float32))
    return index
