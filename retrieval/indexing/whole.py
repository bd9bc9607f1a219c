"""All of an entry as one bag: the words of its questions, title and answer together.

A question may take one word from one similar question and the next from the answer; an index over
single rows cannot see that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.indexing.match import Removed
from retrieval.indexing.postings import Postings, Saturation, merged, term_hash

# A word of the answer says half as much about what people ask as one of a question.
ANSWER_WEIGHT = 0.5
# Whole entries are long and repeat their words: usual BM25 figures.
K1, B = 1.2, 0.5


def whole(rows: Postings, owners: NDArray[np.int32], answers: Postings, mean: float | None = None) -> Postings:
    """The rows of each entry and its answer as one document. `mean` is the mean length in a larger index this
    belongs to."""
    parts = [(rows, owners, round(1 / ANSWER_WEIGHT)), (answers, np.arange(len(answers), dtype=np.int32), 1)]
    return merged(parts, len(answers), ANSWER_WEIGHT, Saturation(K1, B), mean)


def removed(entry: int, rows: Sequence[Sequence[str]]) -> Removed:
    """The words of some rows, to count as absent from their entry."""
    counts = Counter(token for tokens in rows for token in tokens)
    return Removed(entry, {term_hash(token): float(count) for token, count in counts.items()})
