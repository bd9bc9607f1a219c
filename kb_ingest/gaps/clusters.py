"""Unanswered questions that want one answer, gathered as they come in.

Average linkage over one likeness, the weighted sum of two cosines: of character n-grams, which knows names that no
encoder has learnt, and of sentence vectors, which know that two words mean the same. Clusters that exist stay apart:
an editor has seen them. The figures are those of `evaluation.gap_clusters`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb_ingest.likeness import unit_rows
from retrieval.asking.content import about, is_question, weights
from retrieval.indexing.encoder import Encoder

Floats = NDArray[np.float32]

# Likeness from which two clusters are one, and the share of the n-grams in it.
THRESHOLD = 0.24
NGRAMS = 0.35
_NEVER = np.float32(-1.0)


@dataclass(frozen=True)
class Question:
    """A question as it was asked."""

    id: int
    text: str


@dataclass(frozen=True)
class Cluster:
    """A cluster that exists, with its questions or a good sample of them."""

    id: int
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Assignment:
    """Where a question belongs: to an existing cluster, or to a new one, numbered from 0 in this call. To neither when
    it says too little (一个“打不开”, asdfgh)."""

    question_id: int
    cluster_id: int | None
    group: int | None


def assign(
    questions: Sequence[Question],
    clusters: Sequence[Cluster],
    encoder: Encoder,
    *,
    threshold: float = THRESHOLD,
    ngrams: float = NGRAMS,
) -> tuple[Assignment, ...]:
    """One assignment for each question, in their order. A new group may hold one question only."""
    usable = [question for question in questions if is_question(question.text)]
    known = [cluster for cluster in clusters if cluster.texts]
    units = [*(cluster.texts for cluster in known), *((question.text,) for question in usable)]
    roots = _merged(_likeness(units, encoder, ngrams), [len(texts) for texts in units], len(known), threshold)
    places = dict(zip([question.id for question in usable], roots[len(known) :], strict=True))
    groups: dict[int, int] = {}
    return tuple(_assignment(question.id, places.get(question.id), known, groups) for question in questions)


def title(texts: Sequence[str], encoder: Encoder | None = None) -> str:
    """The question most like all the others; the shortest of several. Raises ValueError for no texts."""
    if not texts:
        raise ValueError("a cluster without questions has no title")
    unit = [(text,) for text in texts]
    likeness = _likeness(unit, encoder, NGRAMS if encoder else 1.0)
    central = np.round(likeness.mean(axis=1), 4)
    return min(zip(-central, map(len, texts), texts, strict=True))[2]


def _assignment(question_id: int, root: int | None, known: Sequence[Cluster], groups: dict[int, int]) -> Assignment:
    if root is None:
        return Assignment(question_id, None, None)
    if root < len(known):
        return Assignment(question_id, known[root].id, None)
    return Assignment(question_id, None, groups.setdefault(root, len(groups)))


def _likeness(units: Sequence[Sequence[str]], encoder: Encoder | None, ngrams: float) -> Floats:
    """Mean likeness between the texts of every two units: the product of their mean vectors."""
    texts = [text for unit in units for text in unit]
    averages = _averages([len(unit) for unit in units])
    written = averages @ unit_rows([weights(text) for text in texts], idf=False)
    likeness: Floats = np.asarray((written @ written.T).todense(), dtype=np.float32) * np.float32(ngrams)
    if encoder is not None and texts:
        meant = averages @ encoder.encode_documents([about(text) for text in texts])
        likeness += np.float32(1 - ngrams) * (meant @ meant.T)
    return likeness


def _averages(sizes: Sequence[int]) -> Any:
    """The matrix that takes the vectors of the texts to the mean vectors of their units."""
    from scipy.sparse import csr_matrix

    shares = np.repeat([1 / size for size in sizes], sizes).astype(np.float32)
    return csr_matrix((shares, np.arange(sum(sizes)), np.cumsum([0, *sizes])), shape=(len(sizes), sum(sizes)))


def _merged(likeness: Floats, sizes: Sequence[int], fixed: int, threshold: float) -> list[int]:
    """The root of every unit after merging the likest two until none is like enough; the first `fixed` never merge
    with each other, nor do those that merged with them."""
    near = likeness.copy()
    np.fill_diagonal(near, _NEVER)
    near[:fixed, :fixed] = _NEVER
    weight = np.asarray(sizes, dtype=np.float32)
    root = list(range(len(sizes)))
    while near.size:
        one, other = sorted(map(int, divmod(int(near.argmax()), len(near))))
        if near[one, other] < threshold:
            break
        joined = (weight[one] * near[one] + weight[other] * near[other]) / (weight[one] + weight[other])
        joined[(near[one] == _NEVER) | (near[other] == _NEVER)] = _NEVER
        near[one], near[:, one] = joined, joined
        near[other], near[:, other] = _NEVER, _NEVER
        weight[one] += weight[other]
        root = [one if place == other else place for place in root]
    return root
