"""How much of what an exact search finds an approximate one finds, measured on vectors near those of the index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Search = Callable[[Floats, int], Ints]

TOP = 10
SAMPLE = 200
# Length of the disturbance of a vector of length 1: the question then lies at a cosine of about .86 from its row, as
# far as other words for the same thing do.
_DISTURBED = 0.6
_SEED = 20_261_122
_CHUNK = 65_536
# Rows whose similarity differs by less are one as good as the other.
_EVEN = 1e-4


def queries(vectors: NDArray[Any], number: int = SAMPLE) -> Floats:
    """Rows of the index, disturbed; equal vectors give equal queries."""
    chance = np.random.default_rng(_SEED)
    chosen = vectors[np.sort(chance.choice(len(vectors), min(number, len(vectors)), replace=False))].astype(np.float32)
    noise = chance.normal(size=chosen.shape).astype(np.float32)
    noise *= _DISTURBED / np.linalg.norm(noise, axis=1, keepdims=True)
    asked = chosen + noise
    unit: Floats = (asked / np.maximum(np.linalg.norm(asked, axis=1, keepdims=True), 1e-12)).astype(np.float32)
    return unit


def exact(asked: Floats, vectors: NDArray[Any], top: int = TOP) -> Floats:
    """The similarities of the `top` nearest vectors of each query, best first."""
    best = np.full((len(asked), top), -np.inf, dtype=np.float32)
    for start in range(0, len(vectors), _CHUNK):
        near = asked @ vectors[start : start + _CHUNK].astype(np.float32).T
        best = np.partition(np.concatenate([best, near], axis=1), -top, axis=1)[:, -top:]
    return -np.sort(-best, axis=1)


@dataclass(frozen=True)
class Truth:
    """Queries and how near the last of the true first ten of each is."""

    vectors: NDArray[Any]
    asked: Floats
    least: Floats

    @classmethod
    def of(cls, vectors: NDArray[Any], asked: Floats | None = None) -> Truth:
        """By comparing every query with every vector."""
        asked = queries(vectors) if asked is None else asked
        return cls(vectors, asked, exact(asked, vectors, min(TOP, len(vectors)))[:, -1])

    def recall(self, search: Search) -> float:
        """Share of the true first ten that `search` finds among its first ten; even rows count for each other."""
        found = 0
        for query, limit in zip(self.asked, self.least, strict=True):
            near = self.vectors[search(query, TOP)].astype(np.float32) @ query
            found += int((near >= limit - _EVEN).sum())
        return round(found / (min(TOP, len(self.vectors)) * len(self.asked)), 4)
