"""How alike many texts are: cosines of weighted bags of tokens, all pairs at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

# Rows compared with all others at a time: 512 x 10,000 products are some 100 MB at worst.
_BLOCK = 512


@dataclass(frozen=True)
class Pair:
    """Two places, the earlier one first, and the cosine of what stands there, 0 to 1."""

    one: int
    other: int
    likeness: float


class Bags:
    """Token -> weight of each text, times the token's inverse document frequency among these texts, at length 1."""

    def __init__(self, bags: Sequence[Mapping[str, float]]) -> None:
        self._matrix = unit_rows(bags, idf=True)

    def pairs(self, least: float) -> Iterator[Pair]:
        """Every two texts at least so alike, in order; a text without tokens is like none."""
        size = self._matrix.shape[0]
        for start in range(0, size, _BLOCK):
            products = (self._matrix[start : start + _BLOCK] @ self._matrix.T).tocoo()
            one, other = products.row + start, products.col
            places = np.flatnonzero((products.data >= least) & (one < other))
            for place in places[np.lexsort((other[places], one[places]))]:
                yield Pair(int(one[place]), int(other[place]), float(products.data[place]))


def unit_rows(bags: Sequence[Mapping[str, float]], *, idf: bool) -> Any:
    """A sparse matrix of 32-bit floats, one row of length 1 for each bag and one column for each token; the row of an
    empty bag is zero. With `idf` weights are multiplied by ln((1 + n) / (1 + df)) + 1, the smoothed inverse document
    frequency (the formula of scikit-learn)."""
    from scipy.sparse import csr_matrix

    vocabulary: dict[str, int] = {}
    for bag in bags:
        for token in bag:
            vocabulary.setdefault(token, len(vocabulary))
    indices = np.fromiter((vocabulary[token] for bag in bags for token in bag), dtype=np.int32)
    weights = np.fromiter((weight for bag in bags for weight in bag.values()), dtype=np.float64)
    indptr = np.cumsum([0, *map(len, bags)])
    if idf:
        frequency = np.bincount(indices, minlength=len(vocabulary))
        weights *= (np.log((1 + len(bags)) / (1 + frequency)) + 1)[indices]
    owners = np.repeat(np.arange(len(bags)), np.diff(indptr))
    lengths = np.sqrt(np.bincount(owners, weights=weights**2, minlength=len(bags)))
    data = (weights / np.maximum(lengths, 1e-9)[owners]).astype(np.float32)
    return csr_matrix((data, indices, indptr), shape=(len(bags), len(vocabulary)))
