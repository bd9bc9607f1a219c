"""BM25Okapi as the package rank_bm25 computes it, the usual choice of small FAQ bots: every document for each question.

Robertson et al., "Okapi at TREC-3", 1994; negative inverse document frequencies become a share of the mean one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

K1, B, EPSILON = 1.5, 0.75, 0.25


class Okapi:
    """Documents as dictionaries of counts, as in that package."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self._counts = [Counter(tokens) for tokens in documents]
        self._lengths = np.array([len(tokens) for tokens in documents], dtype=np.float64)
        self._mean = float(self._lengths.mean())
        self._idf = _idf(self._counts)

    def scores(self, tokens: Sequence[str]) -> NDArray[np.float64]:
        """One for each document."""
        scores = np.zeros(len(self._counts))
        for token in tokens:
            often = np.array([counts.get(token, 0) for counts in self._counts])
            norm = K1 * (1 - B + B * self._lengths / self._mean)
            scores += self._idf.get(token, 0.0) * (often * (K1 + 1) / (often + norm))
        return scores

    def top(self, tokens: Sequence[str], depth: int) -> NDArray[np.int64]:
        """The best documents, best first."""
        return np.argsort(self.scores(tokens))[::-1][:depth]


def _idf(documents: Sequence[Counter[str]]) -> dict[str, float]:
    frequency = Counter(token for counts in documents for token in counts)
    idf = {token: math.log(len(documents) - many + 0.5) - math.log(many + 0.5) for token, many in frequency.items()}
    least = EPSILON * sum(idf.values()) / max(1, len(idf))
    return {token: value if value >= 0 else least for token, value in idf.items()}
