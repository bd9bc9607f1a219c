"""BM25 over any tokens, scaled to shares of the best score a text could have."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Questions are short and rarely repeat a word: little length correction, early saturation.
K1, B = 0.9, 0.4


class LexicalIndex:
    """BM25 (Lucene's variant) scores of one query against all texts, each between 0 and 1.

    The scale is the sum of the query's inverse document frequencies, unknown tokens at the
    highest: the share of the query that a text explains. So a query of unknown words scores
    low everywhere, which a raw BM25 score cannot say.
    """

    def __init__(self, engine: Any, texts: int) -> None:
        self._engine = engine
        self._texts = texts
        frequency = np.diff(engine.scores["indptr"])
        self._idf = _idf(frequency, texts)
        self._unknown_idf = float(_idf(np.zeros(1, dtype=np.int64), texts)[0])

    @classmethod
    def of(cls, tokens: Sequence[Sequence[str]]) -> LexicalIndex:
        """Index texts that are already cut into tokens."""
        engine = bm25s.BM25(k1=K1, b=B, method="lucene", backend="numpy")
        engine.index([list(text) or [""] for text in tokens], show_progress=False)
        return cls(engine, len(tokens))

    def __len__(self) -> int:
        return self._texts

    def scores(self, tokens: Sequence[str]) -> Floats:
        """One score for each text; zeros when no token is known."""
        distinct = list(dict.fromkeys(tokens))
        ids = self._engine.get_tokens_ids(distinct)
        if not ids:
            return np.zeros(self._texts, dtype=np.float32)
        bound = float(self._idf[ids].sum()) + (len(distinct) - len(ids)) * self._unknown_idf
        raw: Floats = self._engine.get_scores_from_ids(ids)
        return raw / np.float32(max(bound, 1e-6))

    def save(self, folder: Path) -> None:
        """Arrays as .npy without pickle, vocabulary and parameters as JSON."""
        self._engine.save(str(folder), allow_pickle=False, show_progress=False)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """What `save` wrote; the caller has verified the files."""
        engine = bm25s.BM25.load(str(folder), load_corpus=False, allow_pickle=False, show_progress=False)
        texts = json.loads((folder / "params.index.json").read_text(encoding="utf-8"))["num_docs"]
        return cls(engine, int(texts))


def _idf(frequency: NDArray[Any], texts: int) -> Floats:
    """Inverse document frequency after Robertson and Spärck Jones, as Lucene has it (never negative)."""
    idf: Floats = np.log1p((texts - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
    return idf
