"""All evidence about one question, and from it the features of each candidate entry.

Serving and fitting use the same code; fitting hides some rows, so that a question is scored as
if it were not in the knowledge base.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.dense import DenseIndex
from retrieval.learned import LearnedIndex
from retrieval.lexical import LexicalIndex
from retrieval.rows import Rows
from retrieval.tokens import bigrams, char_tokens, text_key, word_tokens

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

FEATURES = (
    "char", "char_gap", "word", "word_gap", "dense", "dense_gap", "learned", "learned_gap",
    "answer", "title", "short", "exact", "code",
)  # fmt: skip
_DEPTH = 16
_DENSE_ROWS = 200


@dataclass(frozen=True)
class Evidence:
    """What the indexes say about one question; arrays run over rows, `answer` over entries."""

    text: str
    tokens: tuple[str, ...]  # characters and pairs
    words: tuple[str, ...]
    vector: Floats
    char: Floats
    word: Floats
    answer: Floats
    near_rows: Ints
    near: Floats


@dataclass(frozen=True)
class Scored:
    """Candidates and their features, in the order of `FEATURES`."""

    entries: Ints
    features: Floats


class Scorer:
    """Holds the indexes of one build; stateless between questions."""

    def __init__(self, rows: Rows, titles: Sequence[str], char: LexicalIndex, word: LexicalIndex,
                 answer: LexicalIndex, dense: DenseIndex, learned: LearnedIndex | None) -> None:  # fmt: skip
        self.rows = rows
        self.learned = learned
        self._char, self._word, self._answer, self._dense = char, word, answer, dense
        self._starts = rows.starts
        self._ends = np.append(self._starts[1:], len(rows.texts))
        self._titles = [bigrams(title) for title in titles]
        self._keys: dict[str, list[int]] = {}
        for row, text in enumerate(rows.texts):
            self._keys.setdefault(text_key(text), []).append(row)

    def evidence(self, text: str, vector: Floats) -> Evidence:
        """Ask every index once about a normalised text."""
        tokens, words = char_tokens(text), word_tokens(text)
        near_rows, near = self._dense.search(vector, _DENSE_ROWS)
        return Evidence(text, tuple(tokens), tuple(words), vector, self._char.scores(tokens), self._word.scores(words),
                        self._answer.scores(tokens), near_rows, near)  # fmt: skip

    def same_text(self, text: str) -> list[int]:
        """Rows that say the same but for punctuation and case."""
        return self._keys.get(text_key(text), [])

    def rows_of(self, entry: int) -> Ints:
        return np.arange(self._starts[entry], self._ends[entry])

    def score(self, evidence: Evidence, *, codes: Sequence[int] = (), hidden: Ints | None = None,
              without: int | None = None, learned: Floats | None = None) -> Scored:  # fmt: skip
        """Features of the candidates.

        `codes` are entries the question names by code. For fitting: `hidden` rows count as absent,
        entry `without` as well, and `learned` replaces the classifier, which has seen the question.
        """
        visible = np.ones(len(self.rows.texts), dtype=np.float32)
        if hidden is not None:
            visible[hidden] = 0.0
        char = np.maximum.reduceat(evidence.char * visible, self._starts)
        word = np.maximum.reduceat(evidence.word * visible, self._starts)
        entries = self._candidates(evidence, char, word, visible, codes, without)
        if not len(entries):
            return Scored(entries, np.zeros((0, len(FEATURES)), dtype=np.float32))
        dense = self._dense_best(evidence.vector, entries, visible)
        chosen = learned[entries] if learned is not None else self._learned(evidence, entries)
        columns = [
            char[entries], _gap(char[entries]), word[entries], _gap(word[entries]), dense, _gap(dense),
            chosen, _gap(chosen), evidence.answer[entries], self._title_overlap(evidence.text, entries),
            np.full(len(entries), 1.0 / max(1, len(evidence.tokens))),
            self._exact(evidence.text, entries, visible), np.isin(entries, list(codes)),
        ]  # fmt: skip
        return Scored(entries, np.stack([np.asarray(column, dtype=np.float32) for column in columns], axis=1))

    def _candidates(self, evidence: Evidence, char: Floats, word: Floats, visible: Floats, codes: Sequence[int],
                    without: int | None) -> Ints:  # fmt: skip
        """The best of each index, never more than a few dozen."""
        shown = visible[evidence.near_rows] > 0
        nearest = list(dict.fromkeys(self.rows.owners[evidence.near_rows[shown]].tolist()))[:_DEPTH]
        named = [*codes, *nearest, *_top(char), *_top(word), *_top(evidence.answer)]
        return np.asarray([entry for entry in dict.fromkeys(named) if entry != without], dtype=np.int64)

    def _dense_best(self, vector: Floats, entries: Ints, visible: Floats) -> Floats:
        """Best similarity over the visible rows of each entry."""
        spans = [self.rows_of(int(entry)) for entry in entries]
        rows = np.concatenate(spans)
        similarities = np.where(visible[rows] > 0, self._dense.similarities(vector, rows), np.float32(-1.0))
        starts = np.cumsum([0, *map(len, spans[:-1])])
        best: Floats = np.maximum(np.maximum.reduceat(similarities, starts), 0.0)
        return best

    def _learned(self, evidence: Evidence, entries: Ints) -> Floats:
        if self.learned is None:
            return np.zeros(len(entries), dtype=np.float32)
        return self.learned.scores((*evidence.tokens, *evidence.words), entries)

    def _title_overlap(self, text: str, entries: Ints) -> list[float]:
        """Dice coefficient of the character pairs of question and title."""
        asked = bigrams(text)
        titles = [self._titles[entry] for entry in entries]
        return [2 * len(asked & title) / max(1, len(asked) + len(title)) for title in titles]

    def _exact(self, text: str, entries: Ints, visible: Floats) -> NDArray[np.bool_]:
        owners = {int(self.rows.owners[row]) for row in self.same_text(text) if visible[row]}
        return np.isin(entries, list(owners))


def _top(scores: Floats) -> list[int]:
    """The best entries with any score at all, best first."""
    depth = min(_DEPTH, len(scores))
    best = np.argpartition(-scores, depth - 1)[:depth]
    ordered = best[np.argsort(-scores[best], kind="stable")]
    return [int(entry) for entry in ordered if scores[entry] > 0]


def _gap(scores: Floats) -> Floats:
    """Lead over the best other candidate; negative for all but the first."""
    if len(scores) == 1:
        return scores
    second, first = np.partition(scores, -2)[-2:]
    gap: Floats = scores - np.where(scores == first, second, first)
    return gap
