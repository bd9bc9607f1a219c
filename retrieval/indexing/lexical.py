"""BM25 over short texts: the rows by which entries are found, and what the entries say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from retrieval.indexing.postings import Postings, Saturation, counted

# Questions are short and rarely repeat a word: little length correction, early saturation.
K1, B = 0.9, 0.4


def lexical(texts: Iterable[Sequence[str]], mean: float | None = None) -> Postings:
    """Index texts that are already cut into tokens. `mean` is the mean length in a larger index this belongs to."""
    return counted(texts, Saturation(K1, B), mean)
