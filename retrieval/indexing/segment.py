"""The indexes over a part of a build's entries, asked together: the base, or what came after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.asking.alignment import Alignment, Asked, word_table
from retrieval.indexing.indexes import Indexes
from retrieval.indexing.match import Match, Removed, best, idf_of
from retrieval.indexing.postings import Postings, Terms, hashed
from retrieval.knowledge.entries import Kept

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Best = tuple[Ints, Floats]

MATCHED = ("char", "answer", "whole")
OF_ROWS = ("char",)
RANKED = (*OF_ROWS, "answer", "whole", "cover")


@dataclass(frozen=True)
class Question:
    """A normalised text as the indexes take it."""

    text: str
    tokens: tuple[str, ...]  # characters and pairs
    words: tuple[str, ...]  # for people to read
    vector: Floats
    asked: Asked


@dataclass(frozen=True)
class Hearing:
    """One question before one segment."""

    char: Match
    answer: Match
    whole: Match
    near_rows: Ints
    near: Floats
    said: Ints
    said_near: Floats


class Segment:
    """Numbers of entries are those of the whole build; `first` is that of this segment's first."""

    def __init__(self, indexes: Indexes, *, first: int = 0, gone: Ints | None = None) -> None:
        gone = np.zeros(0, dtype=np.int64) if gone is None else gone
        self.indexes = indexes
        self.rows = indexes.rows
        self._first = first
        self._kept = Kept(len(indexes), gone)
        self._gone = gone
        self._gone_entries: Mask | None = None
        self._gone_rows: Mask | None = None
        if len(gone):
            self._gone_entries, self._gone_rows = _masks(indexes, gone)
        self.alignment = Alignment(word_table())

    def __len__(self) -> int:
        """Entries that count."""
        return len(self._kept)

    def hear(self, question: Question, near: int, said: int, idf: Mapping[str, Doubles]) -> Hearing:
        """Ask every index. `idf` is that of the question's terms in all segments, by index; empty for the only one."""
        tokens = hashed(question.tokens)
        near_rows, similar = self._nearest(question.vector, near)
        said_entries, said_similar = self._said(question.vector, said)
        return Hearing(
            **{name: self._postings(name).ask(tokens, idf=idf.get(name)) for name in MATCHED},
            near_rows=near_rows, near=similar, said=said_entries, said_near=said_similar,
        )  # fmt: skip

    def frequencies(self, name: str, terms: Terms) -> tuple[Ints, int]:
        """How many documents of an index hold each term, and how many there are."""
        postings = self._postings(name)
        return postings.spans(terms)[1], len(postings)

    def whole_without(self, question: Question, removed: Removed) -> Match:
        """For fitting."""
        return self.indexes.whole.ask(hashed(question.tokens), removed=removed)

    def best(self, name: str, hearing: Hearing, depth: int, hidden: Mask | None = None) -> Best:
        """Numbers of the entries that one index finds best. `hidden` rows are not seen."""
        if name in OF_ROWS:
            hidden = self._gone_rows if hidden is None else hidden
            found, scores = getattr(hearing, name).top(depth, groups=self.rows.groups, hidden=hidden)
        else:
            match = hearing.whole if name == "cover" else getattr(hearing, name)
            found, scores = match.top(depth, hidden=self._gone_entries, cover=name == "cover")
        return self.numbers(found), scores

    def numbers(self, places: Ints) -> Ints:
        return self._kept.numbers(places) + self._first

    def places(self, numbers: Ints) -> Ints:
        return self._kept.places(numbers - self._first)

    def holds(self, numbers: Ints) -> Mask:
        return (numbers >= self._first) & (numbers < self._first + len(self))

    def scores(self, name: str, hearing: Hearing, places: Ints, seen: Floats, rows: Ints, starts: Ints) -> Floats:
        """Scores of entries; of their rows the best that is seen (1, not 0) counts."""
        if name in OF_ROWS:
            of_rows: Floats = np.maximum.reduceat(getattr(hearing, name).of(rows) * seen, starts)
            return of_rows
        match = hearing.whole if name == "cover" else getattr(hearing, name)
        scores: Floats = match.of(places, cover=name == "cover")
        return scores

    def aligned(self, asked: Asked, places: Ints, rows: Ints, starts: Ints, seen: Floats) -> Floats:
        """How well the words of the question are met in each entry; rows that are not `seen` say nothing."""
        ids, sizes = self.indexes.row_words.take(rows)
        said = np.where(np.repeat(seen, sizes) > 0, ids, 0)
        return self.alignment.shares(
            asked, (said, np.add.reduceat(sizes, starts)), self.indexes.answer_words.take(places)
        )

    def same(self, text: str, hidden: Iterable[int] = ()) -> Ints:
        """Places of the entries with a row that says the same, `hidden` rows aside."""
        hidden = set(hidden)
        return self.rows.owners[[row for row in self.rows.same(text) if row not in hidden]].astype(np.int64)

    def _postings(self, name: str) -> Postings:
        postings: Postings = getattr(self.indexes, name)
        return postings

    def _nearest(self, vector: Floats, top: int) -> Best:
        """The nearest rows of entries that count."""
        found, similar = self.indexes.dense.search(vector, top)
        if self._gone_rows is None:
            return found, similar
        there = ~self._gone_rows[found]
        if there.sum() < top / 2 and len(found) < len(self.rows):
            return self._nearest(vector, 4 * top)
        return found[there], similar[there]

    def _said(self, vector: Floats, top: int) -> Best:
        """The entries whose answers are nearest."""
        if self._gone_entries is None:
            found, similar = self.indexes.answer_dense.search(vector, top)
            return self.numbers(found), similar
        found, similar = self.indexes.answer_dense.search(vector, top + min(len(self._gone), 4 * top))
        there = ~self._gone_entries[found]
        return self.numbers(found[there][:top]), similar[there][:top]


def shared_idf(segments: Sequence[Segment], tokens: Sequence[str]) -> dict[str, Doubles]:
    """Of the terms in all segments together, by index. Words of entries that are gone are still counted."""
    if len(segments) == 1:
        return {}
    terms = hashed(tokens)
    counted = {name: [one.frequencies(name, terms) for one in segments] for name in MATCHED}
    return {name: idf_of(np.sum([many for many, _ in some], axis=0), sum(size for _, size in some))
            for name, some in counted.items()}  # fmt: skip


def together(parts: list[Best], depth: int) -> Ints:
    """The best of several segments."""
    if len(parts) == 1:
        return parts[0][0][:depth]
    numbers, scores = np.concatenate([part for part, _ in parts]), np.concatenate([score for _, score in parts])
    order = np.argsort(numbers, kind="stable")
    return best(numbers[order], scores[order], depth)[0]


def _masks(indexes: Indexes, gone: Ints) -> tuple[Mask, Mask]:
    entries, rows = np.zeros(len(indexes), dtype=bool), np.zeros(len(indexes.rows), dtype=bool)
    entries[gone] = True
    rows[indexes.rows.spans(gone)[0]] = True
    return entries, rows
