"""All evidence about one question, and from it the features of each candidate entry.

Serving and fitting use the same code; fitting hides some rows, so that a question is scored as
if it were not in the knowledge base.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.indexes import Indexes
from retrieval.tokens import bigrams, char_tokens, text_key, word_tokens
from retrieval.whole import Removed, words_of

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

# fmt: off
COMPARED = (
    "char", "word", "dense", "dense_mean", "learned", "answer", "answer_word", "answer_dense", "whole", "cover",
    "title",
)
# fmt: on
RULES = ("exact", "code")
FEATURES = (*COMPARED, "short", *RULES)
_DEPTH = 16
_DENSE_ROWS = 200


@dataclass(frozen=True)
class Evidence:
    """What the indexes say about one question before anything is hidden."""

    text: str
    tokens: tuple[str, ...]  # characters and pairs
    words: tuple[str, ...]
    vector: Floats
    char: Floats  # of rows
    word: Floats
    near_rows: Ints


@dataclass(frozen=True)
class Hidden:
    """What a simulated question must not see: some rows of `entry`, and the entries `without` altogether.

    `learned` are the classifier's scores of all entries, had it never seen the rows.
    """

    entry: int
    rows: Ints
    without: tuple[int, ...]
    learned: Floats | None


@dataclass(frozen=True)
class Scored:
    """Candidates and their features, in the order of `FEATURES`."""

    entries: Ints
    features: Floats


class Scorer:
    """Asks the indexes of one build; stateless between questions."""

    def __init__(self, indexes: Indexes) -> None:
        self._indexes = indexes
        self.rows = indexes.rows
        self._starts = self.rows.starts
        self._ends = np.append(self._starts[1:], len(self.rows.texts))
        self._keys: dict[str, list[int]] = {}
        for row, text in enumerate(self.rows.texts):
            self._keys.setdefault(text_key(text), []).append(row)

    def evidence(self, text: str, vector: Floats) -> Evidence:
        """Ask the row indexes once about a normalised text."""
        tokens, words = char_tokens(text), word_tokens(text)
        near_rows, _ = self._indexes.dense.search(vector, _DENSE_ROWS)
        return Evidence(text, tuple(tokens), tuple(words), vector, self._indexes.char.scores(tokens),
                        self._indexes.word.scores(words), near_rows)  # fmt: skip

    def same_text(self, text: str) -> list[int]:
        """Rows that say the same but for punctuation and case."""
        return self._keys.get(text_key(text), [])

    def alike(self, entry: int, number: int) -> tuple[int, ...]:
        """The other entries that an entry's own questions and title find first."""
        tokens = [token for row in self.rows_of(entry) for token in char_tokens(self.rows.texts[row])]
        scores, _ = self._indexes.whole.scores(tokens)
        scores[entry] = -1.0
        return tuple(int(other) for other in np.argsort(-scores, kind="stable")[:number] if other != entry)

    def rows_of(self, entry: int) -> Ints:
        return np.arange(self._starts[entry], self._ends[entry])

    def score(self, evidence: Evidence, *, codes: Sequence[int] = (), hidden: Hidden | None = None) -> Scored:
        """Features of the candidates; `codes` are entries that the question names by their code."""
        visible = np.ones(len(self.rows.texts), dtype=np.float32)
        if hidden is not None:
            visible[hidden.rows] = 0.0
        over_entries = self._over_entries(evidence, visible, hidden)
        without = hidden.without if hidden is not None else ()
        entries = self._candidates(evidence, over_entries, visible, codes, without)
        if not len(entries):
            return Scored(entries, np.zeros((0, len(FEATURES)), dtype=np.float32))
        columns = {name: scores[entries] for name, scores in over_entries.items()}
        columns["dense"], columns["dense_mean"] = self._dense(evidence.vector, entries, visible)
        columns["answer_dense"] = self._indexes.answer_dense.similarities(evidence.vector, entries)
        columns["learned"] = self._learned(evidence, entries, hidden)
        columns["title"] = self._title_overlap(evidence.text, entries)
        columns["short"] = np.full(len(entries), 1.0 / max(1, len(evidence.tokens)), dtype=np.float32)
        columns["exact"] = self._exact(evidence.text, entries, visible)
        columns["code"] = np.isin(entries, list(codes)).astype(np.float32)
        return Scored(entries, np.stack([columns[name] for name in FEATURES], axis=1).astype(np.float32))

    def _over_entries(self, evidence: Evidence, visible: Floats, hidden: Hidden | None) -> dict[str, Floats]:
        """Scores that are cheap to have for every entry."""
        removed = None
        if hidden is not None:
            removed = Removed(hidden.entry, words_of([char_tokens(self.rows.texts[row]) for row in hidden.rows]))
        whole, cover = self._indexes.whole.scores(evidence.tokens, removed)
        return {
            "char": np.maximum.reduceat(evidence.char * visible, self._starts),
            "word": np.maximum.reduceat(evidence.word * visible, self._starts),
            "answer": self._indexes.answer.scores(evidence.tokens),
            "answer_word": self._indexes.answer_word.scores(evidence.words),
            "whole": whole,
            "cover": cover,
        }

    def _candidates(self, evidence: Evidence, scores: dict[str, Floats], visible: Floats, codes: Sequence[int],
                    without: Sequence[int]) -> Ints:  # fmt: skip
        """The best of each index, a few dozen at most."""
        shown = evidence.near_rows[visible[evidence.near_rows] > 0]
        nearest = list(dict.fromkeys(self.rows.owners[shown].tolist()))[:_DEPTH]
        said, _ = self._indexes.answer_dense.search(evidence.vector, _DEPTH // 2)
        named = [*codes, *nearest, *said.tolist(), *(entry for score in scores.values() for entry in _top(score))]
        return np.asarray([entry for entry in dict.fromkeys(named) if entry not in without], dtype=np.int64)

    def _dense(self, vector: Floats, entries: Ints, visible: Floats) -> tuple[Floats, Floats]:
        """Best and mean similarity over the visible rows of each entry."""
        spans = [self.rows_of(int(entry)) for entry in entries]
        rows = np.concatenate(spans)
        similarities = np.maximum(self._indexes.dense.similarities(vector, rows), 0.0) * visible[rows]
        starts = np.cumsum([0, *map(len, spans[:-1])])
        seen = np.maximum(np.add.reduceat(visible[rows], starts), 1.0)
        mean: Floats = (np.add.reduceat(similarities, starts) / seen).astype(np.float32)
        return np.maximum.reduceat(similarities, starts), mean

    def _learned(self, evidence: Evidence, entries: Ints, hidden: Hidden | None) -> Floats:
        if hidden is not None and hidden.learned is not None:
            return hidden.learned[entries]
        if self._indexes.learned is None:
            return np.zeros(len(entries), dtype=np.float32)
        return self._indexes.learned.scores((*evidence.tokens, *evidence.words), entries)

    def _title_overlap(self, text: str, entries: Ints) -> Floats:
        """Dice coefficient of the character pairs of question and title."""
        asked = bigrams(text)
        titles = [self._indexes.titles[entry] for entry in entries]
        overlap = [2 * len(asked & title) / max(1, len(asked) + len(title)) for title in titles]
        return np.asarray(overlap, dtype=np.float32)

    def _exact(self, text: str, entries: Ints, visible: Floats) -> Floats:
        owners = {int(self.rows.owners[row]) for row in self.same_text(text) if visible[row]}
        return np.isin(entries, list(owners)).astype(np.float32)


def _top(scores: Floats) -> list[int]:
    """The best entries with any score at all, best first."""
    depth = min(_DEPTH, len(scores))
    best = np.argpartition(-scores, depth - 1)[:depth]
    ordered = best[np.argsort(-scores[best], kind="stable")]
    return [int(entry) for entry in ordered if scores[entry] > 0]
