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
        self._matrix = _tf_idf(bags)

    def pairs(self, least: float) -> Iterator[Pair]:
        """Every two texts at least so alike, in order; a text without tokens is like none."""
        size = self._matrix.shape[0]
        for start in range(0, size, _BLOCK):
            products = (self._matrix[start : start + _BLOCK] @ self._matrix.T).tocoo()
            one, other = products.row + start, products.col
            places = np.flatnonzero((products.data >= least) & (one < other))
            for place in places[np.lexsort((other[places], one[places]))]:
                yield Pair(int(one[place]), int(other[place]), float(products.data[place]))


def _tf_idf(bags: Sequence[Mapping[str, float]]) -> Any:
    from scipy.sparse import csr_matrix

    vocabulary: dict[str, int] = {}
    for bag in bags:
        for token in bag:
            vocabulary.setdefault(token, len(vocabulary))
    indices = np.fromiter((vocabulary[token] for bag in bags for token in bag), dtype=np.int32)
    weights = np.fromiter((weight for bag in bags for weight in bag.values()), dtype=np.float32)
    indptr = np.cumsum([0, *map(len, bags)])
    frequency = np.bincount(indices, minlength=len(vocabulary))
    weights *= (np.log((1 + len(bags)) / (1 + frequency)) + 1).astype(np.float32)[indices]
    owners = np.repeat(np.arange(len(bags)), np.diff(indptr))
    lengths = np.sqrt(np.bincount(owners, weights=weights**2, minlength=len(bags)))
    weights /= np.maximum(lengths, 1e-9).astype(np.float32)[owners]
    return csr_matrix((weights, indices, indptr), shape=(len(bags), len(vocabulary)))
