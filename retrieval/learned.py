"""A linear classifier over the knowledge base's own questions: which entry do such words lead to?

Ridge regression on tf-idf of characters, pairs and words, in its dual form, because then every
question's score *without itself* (and without any of its neighbours) follows from the same one
fit: with G = (K + lambda I)^-1 and alpha = G Y, the prediction for the rows S left out is
Y_S - (G_SS)^-1 alpha_S (leave-one-out identity of kernel ridge regression; Rifkin and Lippert,
"Notes on Regularized Least Squares", 2007, for single rows).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

# The fit factorises a matrix of rows x rows: about 3 s and 300 MB at this size. Larger bases do without.
MAX_ROWS = 8_000
RIDGE = 1.0


class LearnedIndex:
    """tf-idf postings of the rows and the dual weights of each entry."""

    def __init__(self, vocabulary: dict[str, int], idf: Floats, indptr: Ints, rows: Ints, values: Floats,
                 alpha: Floats) -> None:  # fmt: skip
        self._vocabulary = vocabulary
        self._idf = idf
        self._indptr = indptr
        self._rows = rows
        self._values = values
        self._alpha = alpha  # entries x rows

    def scores(self, tokens: Sequence[str], entries: Ints) -> Floats:
        """Scores of the given entries, around 0 for "not this one" and 1 for "surely this one"."""
        scores: Floats = self._alpha[entries] @ self._kernel(tokens)
        return scores

    def _kernel(self, tokens: Sequence[str]) -> Floats:
        """Cosine of the query with each row."""
        kernel = np.zeros(self._alpha.shape[1], dtype=np.float32)
        weights = {self._vocabulary[t]: n for t, n in Counter(tokens).items() if t in self._vocabulary}
        values = {term: count * float(self._idf[term]) for term, count in weights.items()}
        unknown = sum(n for t, n in Counter(tokens).items() if t not in self._vocabulary)
        length = np.sqrt(sum(v * v for v in values.values()) + unknown * float(self._idf.max()) ** 2) or 1.0
        for term, value in values.items():
            span = slice(self._indptr[term], self._indptr[term + 1])
            kernel[self._rows[span]] += self._values[span] * (value / length)
        return kernel

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, NDArray[Any]] = {
            "idf": self._idf, "indptr": self._indptr, "rows": self._rows, "values": self._values, "alpha": self._alpha,
        }  # fmt: skip
        for name, array in arrays.items():
            np.save(folder / f"{name}.npy", array, allow_pickle=False)
        vocabulary = json.dumps(self._vocabulary, ensure_ascii=False)
        (folder / "vocabulary.json").write_text(vocabulary, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> LearnedIndex:
        """What `save` wrote; the caller has verified the files."""
        names = ("idf", "indptr", "rows", "values", "alpha")
        arrays = [np.load(folder / f"{name}.npy", allow_pickle=False) for name in names]
        return cls(json.loads((folder / "vocabulary.json").read_text(encoding="utf-8")), *arrays)


@dataclass(frozen=True)
class LearnedFit:
    """The fitted index together with what leaving rows out needs."""

    index: LearnedIndex
    _factor: Floats  # lower triangle of the Cholesky factor of K + lambda I
    _alpha: Floats  # rows x entries
    _owners: NDArray[np.int32]

    @cached_property
    def _inverse(self) -> Floats:
        """Only those who leave rows out need it: it costs more than the fit."""
        from scipy.linalg.lapack import spotri

        lower, failed = spotri(self._factor, lower=1)
        if failed:
            raise np.linalg.LinAlgError(f"spotri stopped at row {failed}")
        inverse: Floats = np.tril(lower) + np.tril(lower, -1).T
        return inverse

    def without(self, hidden: Ints, row: int) -> Floats:
        """Scores of all entries for `row`, had the `hidden` rows (it among them) not been there."""
        target = np.zeros((len(hidden), self._alpha.shape[1]), dtype=np.float32)
        target[np.arange(len(hidden)), self._owners[hidden]] = 1.0
        block = self._inverse[np.ix_(hidden, hidden)]
        predicted: Floats = target - np.linalg.solve(block, self._alpha[hidden])
        scores: Floats = predicted[int(np.flatnonzero(hidden == row)[0])]
        return scores


def fit(owners: NDArray[np.int32], tokens: Sequence[Sequence[str]]) -> LearnedFit | None:
    """Fit on texts and the entries they belong to, or None when there are more than `MAX_ROWS` texts."""
    if len(tokens) > MAX_ROWS:
        return None
    vocabulary: dict[str, int] = {}
    for text in tokens:
        for token in text:
            vocabulary.setdefault(token, len(vocabulary))
    matrix, idf = _tf_idf(vocabulary, tokens)
    kernel = np.asarray((matrix @ matrix.T).todense(), dtype=np.float32)
    kernel[np.diag_indices_from(kernel)] += RIDGE
    target = np.zeros((len(tokens), int(owners.max()) + 1), dtype=np.float32)
    target[np.arange(len(tokens)), owners] = 1.0
    factor, alpha = _solve(kernel, target)
    columns = matrix.tocsc()
    columns.sort_indices()
    index = LearnedIndex(vocabulary, idf, columns.indptr.astype(np.int64), columns.indices.astype(np.int64),
                         columns.data.astype(np.float32), np.ascontiguousarray(alpha.T))  # fmt: skip
    return LearnedFit(index, factor, alpha, owners)


def _solve(kernel: Floats, target: Floats) -> tuple[Floats, Floats]:
    """The Cholesky factor and kernel^-1 target; six times cheaper than inverting."""
    from scipy.linalg import cho_factor, cho_solve

    factor, lower = cho_factor(kernel, lower=True, overwrite_a=True, check_finite=False)
    return factor, cho_solve((factor, lower), target, check_finite=False)


def _tf_idf(vocabulary: dict[str, int], tokens: Sequence[Sequence[str]]) -> tuple[Any, Floats]:
    """Rows of length 1, and the inverse document frequencies."""
    from scipy.sparse import csr_matrix

    counts = [Counter(vocabulary[token] for token in text) for text in tokens]
    indptr = np.cumsum([0, *map(len, counts)])
    indices = np.fromiter((term for count in counts for term in count), dtype=np.int64)
    frequency = np.bincount(indices, minlength=len(vocabulary))
    idf = (np.log((1 + len(tokens)) / (1 + frequency)) + 1).astype(np.float32)
    data = np.fromiter((n for count in counts for n in count.values()), dtype=np.float32) * idf[indices]
    owner = np.repeat(np.arange(len(tokens)), np.diff(indptr))
    length = np.sqrt(np.bincount(owner, weights=data**2, minlength=len(tokens)))
    data = (data / np.maximum(length, 1e-9)[owner]).astype(np.float32)
    return csr_matrix((data, indices, indptr), shape=(len(tokens), len(vocabulary))), idf
