"""What else one would take to find an FAQ entry: each peer ranks the same entries for the same normalised question.

A peer sees what retrieval sees, the entry's question, similar questions and title, and gets its best
treatment: normalised text (Traditional simplified), the entry scored by its best row.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import bm25s
import numpy as np
from numpy.typing import NDArray

from evaluation.errors import Unfit
from retrieval.indexing.encoder import Encoder
from retrieval.indexing.rows import Rows, rows_of
from retrieval.indexing.tokens import char_tokens, word_tokens
from retrieval.knowledge.entry import Entry
from zhtext.normalize import normalize

Floats = NDArray[np.float32]
Tokens = Callable[[str], list[str]]
TOP = 10
# Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet …", SIGIR 2009.
RRF_K = 60
_RRF_DEPTH = 100
_LINEAR_BYTES = 2 * 2**30  # of weights; fitting takes them once more


class Peer(Protocol):
    """Scores for every entry; higher is better."""

    def scores(self, text: str) -> Floats:
        """One score for each entry, in the order of the entries."""


@dataclass(frozen=True)
class Ranked:
    """The best entries with their scores."""

    ids: tuple[str, ...]
    best: float


class Bm25:
    """BM25 (Lucene's variant, its usual k1 and b) over rows; an entry scores as its best row."""

    def __init__(self, rows: Rows, tokens: Tokens, texts: Sequence[str] | None = None) -> None:
        self._tokens = tokens
        self._starts = rows.starts
        self._engine: Any = bm25s.BM25(k1=1.2, b=0.75, method="lucene", backend="numpy")
        self._engine.index([tokens(text) or [""] for text in texts or rows.texts], show_progress=False)
        self._size = len(rows.texts)

    def scores(self, text: str) -> Floats:
        ids = self._engine.get_tokens_ids(self._tokens(text))
        raw = self._engine.get_scores_from_ids(ids) if ids else np.zeros(self._size, dtype=np.float32)
        return _best_row(raw, self._starts)


class TfIdf:
    """Cosine of tf-idf vectors over character 1-3-grams."""

    def __init__(self, rows: Rows) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]

        self._starts = rows.starts
        self._vectorizer: Any = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
        self._matrix: Any = self._vectorizer.fit_transform(rows.texts).T.tocsr()

    def scores(self, text: str) -> Floats:
        raw = (self._vectorizer.transform([text]) @ self._matrix).toarray()[0]
        return _best_row(raw, self._starts)


class Linear:
    """A linear SVM on character 1-3-grams, one class for each entry: the usual intent-classifier FAQ.

    Raises Unfit where there is nothing to tell apart, or too much for the memory of an ordinary machine.
    """

    def __init__(self, rows: Rows) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.svm import LinearSVC  # type: ignore[import-untyped]

        self._vectorizer: Any = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
        self._svm: Any = LinearSVC(C=1.0, random_state=20_261_122)
        vectors = self._vectorizer.fit_transform(rows.texts)
        classes = len(rows.starts)
        needed = classes * vectors.shape[1] * 8
        if classes < 2:
            raise Unfit("只有一个条目，没有可分的类")
        if needed > _LINEAR_BYTES:
            raise Unfit(f"{classes:,} 类 × {vectors.shape[1]:,} 个特征的权重要 {needed / 2**30:.1f} GB 内存")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # few rows for so many classes, it says; that is how FAQs are
            self._svm.fit(vectors, rows.owners)

    def scores(self, text: str) -> Floats:
        raw: Floats = self._svm.decision_function(self._vectorizer.transform([text])).astype(np.float32)
        return raw[0] if raw.ndim == 2 else np.array([-raw[0], raw[0]], dtype=np.float32)  # two classes: one number


class Dense:
    """Cosine of sentence vectors, nothing else."""

    def __init__(self, rows: Rows, encoder: Encoder) -> None:
        self._encoder = encoder
        self._starts = rows.starts
        self._matrix = encoder.encode_documents(rows.texts)

    def scores(self, text: str) -> Floats:
        return _best_row(self._matrix @ self._encoder.encode_query(text), self._starts)


class ReciprocalRank:
    """Reciprocal-rank fusion of other peers."""

    def __init__(self, peers: Sequence[Peer]) -> None:
        self._peers = peers

    def scores(self, text: str) -> Floats:
        fused: Floats | None = None
        for peer in self._peers:
            scores = peer.scores(text)
            order = np.argsort(-scores, kind="stable")[:_RRF_DEPTH]
            order = order[scores[order] > 0]
            part = np.zeros(len(scores), dtype=np.float32)
            part[order] = 1.0 / (RRF_K + 1 + np.arange(len(order)))
            fused = part if fused is None else fused + part
        return fused if fused is not None else np.zeros(0, dtype=np.float32)


NAMES = ("bm25_char", "bm25_word", "tfidf_cosine", "linear_char", "dense", "rrf")
FUSED = ("bm25_char", "bm25_word", "dense")  # what the fusion is made of, and has to wait for


def peers(entries: Sequence[Entry], encoder: Encoder) -> Iterator[tuple[str, Peer | Unfit]]:
    """Every peer by name, each built when its turn comes; why not, where one cannot be."""
    rows = rows_of(entries)
    char = Bm25(rows, char_tokens)
    yield "bm25_char", char
    word = Bm25(rows, word_tokens)
    yield "bm25_word", word
    yield "tfidf_cosine", TfIdf(rows)
    try:
        linear: Peer | Unfit = Linear(rows)
    except Unfit as error:
        linear = error
    yield "linear_char", linear
    dense = Dense(rows, encoder)
    yield "dense", dense
    yield "rrf", ReciprocalRank([char, word, dense])


def ask(peer: Peer, entries: Sequence[Entry], question: str) -> Ranked:
    """The peer's first ten for a question as people write it."""
    scores = peer.scores(normalize(question))
    order = np.argsort(-scores, kind="stable")[:TOP]
    return Ranked(tuple(entries[int(place)].id for place in order), float(scores[order[0]]))


def _best_row(scores: Any, starts: NDArray[np.int64]) -> Floats:
    best: Floats = np.maximum.reduceat(np.asarray(scores, dtype=np.float32), starts)
    return best
