"""One question against one inverted index: the best documents, and the scores of given ones.

Scores are shares of the sum of the question's inverse document frequencies, so that a question of unknown words
scores low everywhere, which a raw BM25 score cannot say. The cover of a document is the same share with every word it
holds counted in full.

`Everywhere` scores all documents. `Pruned` finds the same best ones without: words are taken from rare to common, and
as soon as the words that are left cannot lift a document not yet seen among the best, only the documents seen are
looked up in them (MaxScore: Turtle and Flood, "Query evaluation: strategies and optimizations", 1995).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.indexing.walk import Walk, distinct

if TYPE_CHECKING:
    from retrieval.indexing.postings import Postings

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]
Hidden = NDArray[np.bool_]


@dataclass(frozen=True)
class Removed:
    """Words that are to count as absent from one document; for fitting. Hashes of terms and their counts."""

    document: int
    words: Mapping[int, float]


@dataclass(frozen=True)
class Groups:
    """Documents side by side that count as one, by their best: `owners` of the documents and where each begins."""

    owners: NDArray[np.int32]  # ascending
    starts: Ints


class Match(Protocol):
    """A question and an index."""

    def top(
        self, depth: int, *, groups: Groups | None = None, hidden: Hidden | None = None, cover: bool = False
    ) -> tuple[Ints, Floats]:
        """The best documents (or groups) with any score at all, best first, lower numbers before higher ones."""

    def of(self, documents: Ints, *, cover: bool = False) -> Floats:
        """The scores of these documents."""


class _Asked:
    """What both ways share: the known terms with their inverse document frequencies."""

    def __init__(
        self, postings: Postings, terms: NDArray[np.uint64], idf: Doubles | None, removed: Removed | None
    ) -> None:
        self.postings = postings
        begin, many = postings.spans(terms)
        self.removed = removed
        self._left: Doubles = np.zeros(len(terms))
        frequency = many
        if removed is not None:
            self._left, gone = self._without(removed, terms, begin, many)
            frequency = many - gone
        every = idf_of(frequency, len(postings)) if idf is None else idf
        self.bound = max(float(every.sum()), 1e-6)
        known = np.flatnonzero(many)
        self.terms, self.begin, self.many, self.idf = terms[known], begin[known], many[known], every[known]
        self._left = self._left[known]

    def _without(
        self, removed: Removed, terms: NDArray[np.uint64], begin: Ints, many: Ints
    ) -> tuple[Doubles, NDArray[np.int64]]:
        """The counts that the document keeps, and for each term 1 where it loses the last."""
        counts = np.zeros(len(terms))
        for place, (start, size) in enumerate(zip(begin.tolist(), many.tolist(), strict=True)):
            span = self.postings.docs[start : start + size]
            at = int(span.searchsorted(np.int32(removed.document)))
            if at < size and span[at] == removed.document:
                counts[place] = self.postings.counts[start + at]
        taken = np.array([removed.words.get(term, 0.0) for term in terms.tolist()]) / self.postings.unit
        left = np.maximum(counts - taken, 0.0)
        return left, ((counts > 0) & (left == 0)).astype(np.int64)

    def _own(self, document: int, cover: bool) -> float:
        """The score of the document that words were removed from."""
        there = self._left > 0
        weight = self.idf[there]
        if not cover:
            weight = weight * self._left[there] / (self._left[there] + float(self.postings.norm[document]))
        return float(weight.sum()) / self.bound

    def shares(self, places: NDArray[Any], documents: NDArray[Any]) -> Floats:
        """count / (count + norm) of postings."""
        share: Floats = self.postings.counts[places].astype(np.float32)
        share /= share + self.postings.norm[documents]
        return share


class Everywhere(_Asked):
    """All documents at once."""

    def top(
        self, depth: int, *, groups: Groups | None = None, hidden: Hidden | None = None, cover: bool = False
    ) -> tuple[Ints, Floats]:
        scores = self._cover if cover else self._scores
        if hidden is not None:
            scores = np.where(hidden, np.float32(0), scores)
        if groups is not None:
            scores = np.maximum.reduceat(scores, groups.starts)
        found = np.flatnonzero(scores)
        return best(found, scores[found], depth)

    def of(self, documents: Ints, *, cover: bool = False) -> Floats:
        return (self._cover if cover else self._scores)[documents]

    @cached_property
    def _scores(self) -> Floats:
        return self._summed(self.shares(self._places, self._docs) * self._weights, cover=False)

    @cached_property
    def _cover(self) -> Floats:
        return self._summed(self._weights, cover=True)

    @cached_property
    def _places(self) -> Ints:
        """Every posting of every term."""
        before = np.cumsum(self.many) - self.many
        places: Ints = np.arange(int(self.many.sum())) + np.repeat(self.begin - before, self.many)
        return places

    @cached_property
    def _docs(self) -> NDArray[np.int32]:
        return self.postings.docs[self._places]

    @cached_property
    def _weights(self) -> Doubles:
        return np.repeat(self.idf, self.many)

    def _summed(self, weights: NDArray[Any], cover: bool) -> Floats:
        total = np.bincount(self._docs, weights=weights, minlength=len(self.postings)) / self.bound
        if self.removed is not None:
            total[self.removed.document] = self._own(self.removed.document, cover)
        return total.astype(np.float32)


class Pruned(_Asked):
    """Only documents that may be among the best."""

    def top(
        self, depth: int, *, groups: Groups | None = None, hidden: Hidden | None = None, cover: bool = False
    ) -> tuple[Ints, Floats]:
        found, scores = Walk(self, depth, groups, hidden, cover).documents()
        if self.removed is not None and (hidden is None or not hidden[self.removed.document]):
            own = self.removed.document
            others = found != own
            place = int(found[others].searchsorted(own))
            found = np.insert(found[others], place, own)
            scores = np.insert(scores[others], place, self._own(own, cover))
        if groups is not None and len(found):
            owners = groups.owners[found]
            first = np.flatnonzero(np.diff(owners, prepend=-1))
            found, scores = owners[first].astype(np.int64), np.maximum.reduceat(scores, first)
        some = scores > 0
        return best(found[some], scores[some], depth)

    def of(self, documents: Ints, *, cover: bool = False) -> Floats:
        if self._looked_up is None or self._looked_up[0] is not documents:
            self._looked_up = (documents, *self._look_up(documents))
        _, back, which, places, docs, many = self._looked_up
        weights: NDArray[Any] = np.repeat(self.idf, many)
        if not cover:
            weights = weights * self.shares(places, docs)
        total = np.bincount(which, weights=weights, minlength=len(documents)) / self.bound
        total = total[back]
        if self.removed is not None:
            total[documents == self.removed.document] = self._own(self.removed.document, cover)
        return total.astype(np.float32)

    _looked_up: tuple[Ints, Ints, Ints, Ints, NDArray[np.int32], list[int]] | None = None

    def _look_up(self, documents: Ints) -> tuple[Ints, Ints, Ints, NDArray[np.int32], list[int]]:
        """All words in all of the documents: where each document went, and for each hit which it is of them, where its
        posting lies, and the document; then how many hits each word has."""
        # In order, because a search from place to place is much cheaper than one to and fro.
        wanted = distinct(documents.astype(np.int32))
        back = wanted.searchsorted(documents.astype(np.int32))
        hits = [self.hits(term, wanted) for term in range(len(self.terms))]
        none: Ints = np.zeros(0, dtype=np.int64)
        which = np.concatenate([there for there, _ in hits]) if hits else none
        places = np.concatenate([where for _, where in hits]) if hits else none
        return back, which, places, wanted[which], [len(there) for there, _ in hits]

    def hits(self, term: int, wanted: NDArray[np.int32]) -> tuple[Ints, Ints]:
        """Which of the wanted documents, ascending, hold a word, and where their postings lie."""
        start = int(self.begin[term])
        span = self.postings.docs[start : start + int(self.many[term])]
        at = span.searchsorted(wanted)
        there = (span.take(at, mode="clip") == wanted).nonzero()[0]
        return there, at[there] + start


def best(documents: Ints, scores: Floats, depth: int) -> tuple[Ints, Floats]:
    """The best of documents that come in ascending order; among equals the lower number."""
    if len(scores) > depth:
        least = np.partition(scores, -depth)[-depth]
        over = np.flatnonzero(scores > least)
        even = np.flatnonzero(scores == least)[: depth - len(over)]
        kept = np.union1d(over, even)
        documents, scores = documents[kept], scores[kept]
    order = np.argsort(-scores, kind="stable")
    return documents[order].astype(np.int64), scores[order]


def idf_of(frequency: NDArray[Any], documents: int) -> Doubles:
    """Inverse document frequency of terms that stand in `frequency` of the documents, after Robertson and Spärck
    Jones, as Lucene has it (never negative)."""
    idf: Doubles = np.log1p((documents - frequency + 0.5) / (frequency + 0.5))
    return idf
