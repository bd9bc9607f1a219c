"""All evidence about one question, and from it the features of each candidate entry.

Serving and fitting use the same code; fitting hides some rows, so that a question is scored as
if it were not in the knowledge base. Nothing here takes time or room for each entry of the base: the
indexes name their best, and features are computed for those alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from retrieval.indexing.indexes import Indexes
from retrieval.indexing.segment import RANKED, Hearing, Mask, Question, Segment, shared_idf, together
from retrieval.indexing.tokens import char_tokens, word_tokens
from retrieval.indexing.whole import removed

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

# What candidates are compared by. Words beside characters, a linear classifier over the base's own questions, overlap
# with the title, topic and type were tried too and add nothing to these: see decision 0017.
COMPARED = ("char", "dense", "dense_mean", "aligned", "answer", "answer_dense", "whole", "cover")
RULES = ("exact", "code")
FEATURES = (*COMPARED, "short", *RULES)
_DEPTH = 16
_DENSE_ROWS = 200


@dataclass(frozen=True)
class Evidence:
    """What the indexes say about one question before anything is hidden, segment by segment."""

    question: Question
    heard: tuple[Hearing, ...]

    @property
    def text(self) -> str:
        return self.question.text

    @property
    def words(self) -> tuple[str, ...]:
        return self.question.words


@dataclass(frozen=True)
class Hidden:
    """Rows of an entry that a simulated question must not see."""

    entry: int
    rows: Ints


@dataclass(frozen=True)
class Scored:
    """Candidates and their features, in the order of `FEATURES`."""

    entries: Ints
    features: Floats


class Scorer:
    """Asks the indexes of one build; stateless between questions.

    A build of several segments is for serving; fitting hides rows of the only one.
    """

    def __init__(self, indexes: Indexes, *after: Segment, gone: Ints | None = None) -> None:
        self._segments = (Segment(indexes, gone=gone), *after)
        self.rows = indexes.rows

    @property
    def base(self) -> Indexes:
        """The indexes of the first segment."""
        return self._segments[0].indexes

    def evidence(self, text: str, vector: Floats) -> Evidence:
        """Ask the indexes once about a normalised text."""
        asked = self._segments[0].alignment.asked(text)
        question = Question(text, tuple(char_tokens(text)), tuple(word_tokens(text)), vector, asked)
        idf = shared_idf(self._segments, question.tokens)
        return Evidence(question, tuple(one.hear(question, _DENSE_ROWS, _DEPTH // 2, idf) for one in self._segments))

    def same_text(self, text: str) -> list[int]:
        """Rows that say the same but for punctuation and case."""
        return self.rows.same(text)

    def rows_of(self, entry: int) -> Ints:
        return self.rows.of(entry)

    def score(self, evidence: Evidence, *, codes: Sequence[int] = (), hidden: Hidden | None = None) -> Scored:
        """Features of the candidates; `codes` are entries that the question names by their code."""
        unseen = None
        if hidden is not None:
            unseen = np.zeros(len(self.rows), dtype=bool)
            unseen[hidden.rows] = True
            evidence = self._without_words(evidence, hidden)
        entries = self._candidates(evidence, unseen, codes)
        features = np.zeros((len(entries), len(FEATURES)), dtype=np.float32)
        for segment, heard in zip(self._segments, evidence.heard, strict=True):
            mine = segment.holds(entries)
            if mine.any():
                features[mine] = self._features(segment, evidence.question, heard, entries[mine], hidden, unseen)
        features[:, FEATURES.index("code")] = np.isin(entries, list(codes))
        return Scored(entries, features)

    def _without_words(self, evidence: Evidence, hidden: Hidden) -> Evidence:
        words = removed(hidden.entry, [char_tokens(self.rows.texts[row]) for row in hidden.rows.tolist()])
        segment, heard = self._segments[0], evidence.heard[0]
        return replace(evidence, heard=(replace(heard, whole=segment.whole_without(evidence.question, words)),))

    def _candidates(self, evidence: Evidence, unseen: Mask | None, codes: Sequence[int]) -> Ints:
        """The best of each index, a few dozen at most."""
        both = list(zip(self._segments, evidence.heard, strict=True))
        said = together([(heard.said, heard.said_near) for _, heard in both], _DEPTH // 2)
        ranked = [together([one.best(name, heard, _DEPTH, unseen) for one, heard in both], _DEPTH) for name in RANKED]
        named = [*codes, *self._nearest(evidence, unseen), *said.tolist(), *np.concatenate(ranked).tolist()]
        return np.asarray(list(dict.fromkeys(named)), dtype=np.int64)

    def _nearest(self, evidence: Evidence, unseen: Mask | None) -> list[int]:
        """Entries with the nearest rows."""
        owners, similar = [], []
        for segment, heard in zip(self._segments, evidence.heard, strict=True):
            shown = slice(None) if unseen is None else ~unseen[heard.near_rows]
            owners.append(segment.numbers(segment.rows.owners[heard.near_rows[shown]].astype(np.int64)))
            similar.append(heard.near[shown])
        order = np.argsort(-np.concatenate(similar), kind="stable") if len(owners) > 1 else slice(None)
        return list(dict.fromkeys(np.concatenate(owners)[order].tolist()))[:_DEPTH]

    def _features(self, segment: Segment, question: Question, heard: Hearing, entries: Ints, hidden: Hidden | None,
                  unseen: Mask | None) -> Floats:  # fmt: skip
        """Of entries that one segment holds."""
        places = segment.places(entries)
        rows, starts = segment.rows.spans(places)
        seen = np.ones(len(rows), dtype=np.float32) if unseen is None else (~unseen[rows]).astype(np.float32)
        columns = {name: segment.scores(name, heard, places, seen, rows, starts) for name in RANKED}
        columns["dense"], columns["dense_mean"] = _dense(segment, question.vector, seen, rows, starts)
        columns["answer_dense"] = segment.indexes.answer_dense.similarities(question.vector, places)
        columns["aligned"] = segment.aligned(question.asked, places, rows, starts, seen)
        columns["short"] = np.full(len(places), 1.0 / max(1, len(question.tokens)), dtype=np.float32)
        same = segment.same(question.text, hidden.rows.tolist() if hidden is not None else ())
        columns["exact"] = np.isin(places, same).astype(np.float32)
        columns["code"] = np.zeros(len(places), dtype=np.float32)
        features: Floats = np.stack([columns[name] for name in FEATURES], axis=1).astype(np.float32)
        return features


def _dense(segment: Segment, vector: Floats, seen: Floats, rows: Ints, starts: Ints) -> tuple[Floats, Floats]:
    """Best and mean similarity over the visible rows of each entry."""
    similar = np.maximum(segment.indexes.dense.similarities(vector, rows), 0.0) * seen
    mean = np.add.reduceat(similar, starts) / np.maximum(np.add.reduceat(seen, starts), 1.0)
    return np.maximum.reduceat(similar, starts), mean.astype(np.float32)
