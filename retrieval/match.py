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

if TYPE_CHECKING:
    from retrieval.postings import Postings

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]
Hidden = NDArray[np.bool_]

# Partial sums are added up in another order than full scores; nothing is dropped for so small a difference.
_SLACK = 1e-5
# How many of the best by partial score get their full score, to learn what the last of the best needs at least.
_PROBED = 96
# How many postings are added up before the first look at the best so far, and by what factor more before each other.
_FIRST_LOOK, _LOOK_AGAIN = 4_000, 8
# Later looks hardly raise the floor any more.
_LOOKED_AT = 50_000
# Up to one document in so many is seen: then whatever is done with those seen costs less than with all.
_SPARSE = 16
# To look at a mark is so many times as cheap as to search for a document.
_MARKED = 16
# Looking for those that fell behind is worth it once the words left can add so much less, as a share of the floor.
_WORTH = 0.2


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
        self._postings = postings
        begin, many = postings.spans(terms)
        self.removed = removed
        self._left: Doubles = np.zeros(len(terms))
        frequency = many
        if removed is not None:
            self._left, gone = self._without(removed, terms, begin, many)
            frequency = many - gone
        every = idf_of(frequency, len(postings)) if idf is None else idf
        self._bound = max(float(every.sum()), 1e-6)
        known = np.flatnonzero(many)
        self._terms, self._begin, self._many, self._idf = terms[known], begin[known], many[known], every[known]
        self._left = self._left[known]

    def _without(
        self, removed: Removed, terms: NDArray[np.uint64], begin: Ints, many: Ints
    ) -> tuple[Doubles, NDArray[np.int64]]:
        """The counts that the document keeps, and for each term 1 where it loses the last."""
        counts = np.zeros(len(terms))
        for place, (start, size) in enumerate(zip(begin.tolist(), many.tolist(), strict=True)):
            span = self._postings.docs[start : start + size]
            at = int(span.searchsorted(np.int32(removed.document)))
            if at < size and span[at] == removed.document:
                counts[place] = self._postings.counts[start + at]
        taken = np.array([removed.words.get(term, 0.0) for term in terms.tolist()]) / self._postings.unit
        left = np.maximum(counts - taken, 0.0)
        return left, ((counts > 0) & (left == 0)).astype(np.int64)

    def _own(self, document: int, cover: bool) -> float:
        """The score of the document that words were removed from."""
        there = self._left > 0
        weight = self._idf[there]
        if not cover:
            weight = weight * self._left[there] / (self._left[there] + float(self._postings.norm[document]))
        return float(weight.sum()) / self._bound

    def _shares(self, places: NDArray[Any], documents: NDArray[Any]) -> Floats:
        """count / (count + norm) of postings."""
        share: Floats = self._postings.counts[places].astype(np.float32)
        share /= share + self._postings.norm[documents]
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
        return self._summed(self._shares(self._places, self._docs) * self._weights, cover=False)

    @cached_property
    def _cover(self) -> Floats:
        return self._summed(self._weights, cover=True)

    @cached_property
    def _places(self) -> Ints:
        """Every posting of every term."""
        before = np.cumsum(self._many) - self._many
        places: Ints = np.arange(int(self._many.sum())) + np.repeat(self._begin - before, self._many)
        return places

    @cached_property
    def _docs(self) -> NDArray[np.int32]:
        return self._postings.docs[self._places]

    @cached_property
    def _weights(self) -> Doubles:
        return np.repeat(self._idf, self._many)

    def _summed(self, weights: NDArray[Any], cover: bool) -> Floats:
        total = np.bincount(self._docs, weights=weights, minlength=len(self._postings)) / self._bound
        if self.removed is not None:
            total[self.removed.document] = self._own(self.removed.document, cover)
        return total.astype(np.float32)


class Pruned(_Asked):
    """Only documents that may be among the best."""

    def top(
        self, depth: int, *, groups: Groups | None = None, hidden: Hidden | None = None, cover: bool = False
    ) -> tuple[Ints, Floats]:
        found, scores = _Walk(self, depth, groups, hidden, cover).documents()
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
        weights: NDArray[Any] = np.repeat(self._idf, many)
        if not cover:
            weights = weights * self._shares(places, docs)
        total = np.bincount(which, weights=weights, minlength=len(documents)) / self._bound
        total = total[back]
        if self.removed is not None:
            total[documents == self.removed.document] = self._own(self.removed.document, cover)
        return total.astype(np.float32)

    _looked_up: tuple[Ints, Ints, Ints, Ints, NDArray[np.int32], list[int]] | None = None

    def _look_up(self, documents: Ints) -> tuple[Ints, Ints, Ints, NDArray[np.int32], list[int]]:
        """All words in all of the documents: where each document went, and for each hit which it is of them, where its
        posting lies, and the document; then how many hits each word has."""
        # In order, because a search from place to place is much cheaper than one to and fro.
        wanted = _distinct(documents.astype(np.int32))
        back = wanted.searchsorted(documents.astype(np.int32))
        hits = [self.hits(term, wanted) for term in range(len(self._terms))]
        none: Ints = np.zeros(0, dtype=np.int64)
        which = np.concatenate([there for there, _ in hits]) if hits else none
        places = np.concatenate([where for _, where in hits]) if hits else none
        return back, which, places, wanted[which], [len(there) for there, _ in hits]

    def hits(self, term: int, wanted: NDArray[np.int32]) -> tuple[Ints, Ints]:
        """Which of the wanted documents, ascending, hold a word, and where their postings lie."""
        start = int(self._begin[term])
        span = self._postings.docs[start : start + int(self._many[term])]
        at = span.searchsorted(wanted)
        there = (span.take(at, mode="clip") == wanted).nonzero()[0]
        return there, at[there] + start


class _Walk:
    """One search for the best documents; a number of them come back that holds all of the best."""

    def __init__(self, match: Pruned, depth: int, groups: Groups | None, hidden: Hidden | None, cover: bool) -> None:
        self._match, self._depth, self._groups, self._hidden, self._cover = match, depth, groups, hidden, cover
        self._postings = match._postings
        self._order = np.argsort(match._many, kind="stable")  # rare words first
        self._many = np.append(0, np.cumsum(match._many[self._order]))
        peaks = 1.0 if cover else self._postings.peaks_of(match._terms)
        bounds = (match._idf * peaks)[self._order]
        # What the words from each place on can add to a document, at most.
        self._rest = np.append(np.cumsum(bounds[::-1])[::-1], 0.0)
        self._floor = 0.0  # the last of the best has at least so much
        self._seen: list[NDArray[np.int32]] = []

    def documents(self) -> tuple[Ints, Floats]:
        """Ascending, with their scores."""
        scratch = self._postings.scratch
        try:
            scores, marks = scratch.pop()
        except IndexError:
            scores = np.zeros(len(self._postings), dtype=np.float32)
            marks = np.zeros(len(self._postings), dtype=np.bool_)
        done = self._accumulate(scores)
        seen = self._all_seen()
        least = self._floor - float(self._rest[done])
        many = len(seen) * _SPARSE > len(scores)
        if many and least > 0:  # one look at every sum costs less than to sort so many
            found = np.flatnonzero(scores >= least).astype(np.int32)
        else:
            found = _distinct(seen[scores[seen] >= least])
        found = found if self._hidden is None else found[~self._hidden[found]]
        found = self._completed(found, scores, marks, done)
        full = scores[found]
        if many:
            scores.fill(0)
        else:
            scores[seen] = 0
        scratch.append((scores, marks))
        return found.astype(np.int64), full / np.float32(self._match._bound)

    def _accumulate(self, scores: Floats) -> int:
        """Add up the words until those that are left cannot make a document one of the best; how many were."""
        done, postings = 0, _FIRST_LOOK
        while done < len(self._order) and self._rest[done] >= self._floor:
            upto = max(done + 1, int(self._many.searchsorted(self._many[done] + postings, side="right")) - 1)
            # No further than needed, as far as the floor is known.
            upto = min(upto, done + 1 + int((self._rest[done + 1 : upto] >= self._floor).sum()))
            docs, weights = self._weighted(done, upto)
            self._seen.append(docs)
            np.add.at(scores, docs, weights)
            done, postings = upto, _LOOK_AGAIN * postings
            if self._floor == 0 or self._many[done] <= _LOOKED_AT:
                self._raise_floor(scores, done)
        return done

    def _weighted(self, done: int, upto: int) -> tuple[NDArray[np.int32], Floats]:
        """The postings of some words, one after the other."""
        match, terms = self._match, self._order[done:upto]
        spans = [slice(begin, begin + many) for begin, many in
                 zip(match._begin[terms].tolist(), match._many[terms].tolist(), strict=True)]  # fmt: skip
        docs = np.concatenate([self._postings.docs[span] for span in spans])
        weights = np.repeat(match._idf[terms].astype(np.float32), match._many[terms])
        if not self._cover:
            counts = np.concatenate([self._postings.counts[span] for span in spans]).astype(np.float32)
            weights *= counts
            counts += self._postings.norm[docs]
            weights /= counts
        return docs, weights

    def _raise_floor(self, scores: Floats, done: int) -> None:
        """Full scores of the most promising so far: the worst of `depth` of them is a floor."""
        found = self._all_seen()
        found = found if self._hidden is None else found[~self._hidden[found]]
        if self._match.removed is not None:  # it will have less than this
            found = found[found != self._match.removed.document]
        if len(found) > _PROBED:
            partial = scores[found]
            found = found[partial >= np.partition(partial, -_PROBED)[-_PROBED]]
        found = _distinct(found)[: 2 * _PROBED]  # there may be any number of equals
        full = scores[found]
        for term in self._order[done:].tolist():
            self._add(term, found, full)
        if self._groups is not None:
            full = np.maximum.reduceat(full, np.flatnonzero(np.diff(self._groups.owners[found], prepend=-1)))
        if len(full) >= self._depth:
            self._floor = max(self._floor, float(np.partition(full, -self._depth)[-self._depth]) * (1 - _SLACK))

    def _completed(self, found: NDArray[np.int32], scores: Floats, marks: Hidden, done: int) -> NDArray[np.int32]:
        """Add up the remaining words for the documents found, and drop those that fall behind."""
        marks[found] = True
        looked = float(self._rest[done])
        for place in range(done, len(self._order)):
            there, places = self._marked(int(self._order[place]), found, marks)
            weight = np.float32(self._match._idf[self._order[place]])
            scores[there] += weight if self._cover else weight * self._match._shares(places, there)
            rest = float(self._rest[place + 1])
            if looked - rest >= _WORTH * self._floor:
                kept = scores[found] >= self._floor - rest
                marks[found[~kept]] = False
                found, looked = found[kept], rest
        marks[found] = False
        return found

    def _marked(self, term: int, found: NDArray[np.int32], marks: Hidden) -> tuple[NDArray[np.int32], Ints]:
        """Which of the documents found hold a word, and where their postings lie."""
        start, many = int(self._match._begin[term]), int(self._match._many[term])
        if many > _MARKED * len(found):
            which, places = self._match.hits(term, found)
            return found[which], places
        span = self._postings.docs[start : start + many]
        which = marks[span].nonzero()[0]
        return span[which], which + start

    def _add(self, term: int, found: NDArray[np.int32], scores: Floats) -> None:
        """What a word adds to documents in ascending order."""
        there, places = self._match.hits(term, found)
        weight = np.float32(self._match._idf[term])
        scores[there] += weight if self._cover else weight * self._match._shares(places, found[there])

    def _all_seen(self) -> NDArray[np.int32]:
        """Documents with any score so far, several times those with several words."""
        return np.concatenate(self._seen) if self._seen else np.zeros(0, dtype=np.int32)


def _distinct(documents: NDArray[np.int32]) -> NDArray[np.int32]:
    """Each once, ascending; several times as fast as `np.unique`, which hashes."""
    ordered = np.sort(documents)
    distinct: NDArray[np.int32] = ordered[np.diff(ordered, prepend=np.int32(-1)) != 0]
    return distinct


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
