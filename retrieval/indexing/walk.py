"""The search for the best documents of a question without scoring all: see `retrieval.indexing.match`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from retrieval.indexing.match import Groups, Pruned

Floats = NDArray[np.float32]
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


class Walk:
    """One search for the best documents; a number of them come back that holds all of the best."""

    def __init__(self, match: Pruned, depth: int, groups: Groups | None, hidden: Hidden | None, cover: bool) -> None:
        self._match, self._depth, self._groups, self._hidden, self._cover = match, depth, groups, hidden, cover
        self._postings = match.postings
        self._order = np.argsort(match.many, kind="stable")  # rare words first
        self._many = np.append(0, np.cumsum(match.many[self._order]))
        peaks = 1.0 if cover else self._postings.peaks_of(match.terms)
        bounds = (match.idf * peaks)[self._order]
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
            found = distinct(seen[scores[seen] >= least])
        found = found if self._hidden is None else found[~self._hidden[found]]
        found = self._completed(found, scores, marks, done)
        full = scores[found]
        if many:
            scores.fill(0)
        else:
            scores[seen] = 0
        scratch.append((scores, marks))
        return found.astype(np.int64), full / np.float32(self._match.bound)

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
                 zip(match.begin[terms].tolist(), match.many[terms].tolist(), strict=True)]  # fmt: skip
        docs = np.concatenate([self._postings.docs[span] for span in spans])
        weights = np.repeat(match.idf[terms].astype(np.float32), match.many[terms])
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
        found = distinct(found)[: 2 * _PROBED]  # there may be any number of equals
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
            weight = np.float32(self._match.idf[self._order[place]])
            scores[there] += weight if self._cover else weight * self._match.shares(places, there)
            rest = float(self._rest[place + 1])
            if looked - rest >= _WORTH * self._floor:
                kept = scores[found] >= self._floor - rest
                marks[found[~kept]] = False
                found, looked = found[kept], rest
        marks[found] = False
        return found

    def _marked(self, term: int, found: NDArray[np.int32], marks: Hidden) -> tuple[NDArray[np.int32], Ints]:
        """Which of the documents found hold a word, and where their postings lie."""
        start, many = int(self._match.begin[term]), int(self._match.many[term])
        if many > _MARKED * len(found):
            which, places = self._match.hits(term, found)
            return found[which], places
        span = self._postings.docs[start : start + many]
        which = marks[span].nonzero()[0]
        return span[which], which + start

    def _add(self, term: int, found: NDArray[np.int32], scores: Floats) -> None:
        """What a word adds to documents in ascending order."""
        there, places = self._match.hits(term, found)
        weight = np.float32(self._match.idf[term])
        scores[there] += weight if self._cover else weight * self._match.shares(places, found[there])

    def _all_seen(self) -> NDArray[np.int32]:
        """Documents with any score so far, several times those with several words."""
        return np.concatenate(self._seen) if self._seen else np.zeros(0, dtype=np.int32)


def distinct(documents: NDArray[np.int32]) -> NDArray[np.int32]:
    """Each once, ascending; several times as fast as `np.unique`, which hashes."""
    ordered = np.sort(documents)
    distinct: NDArray[np.int32] = ordered[np.diff(ordered, prepend=np.int32(-1)) != 0]
    return distinct
