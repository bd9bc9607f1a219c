"""How well an encoder finds what it should, on pages and entries it was not trained on, beside BM25."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.indexing.lexical import lexical
from retrieval.indexing.postings import hashed
from retrieval.indexing.tokens import char_tokens
from retrieval.training.knowledge import Known
from retrieval.training.situations import Situation
from retrieval.training.text import Section

Floats = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Floats]
Figures = dict[str, dict[str, float]]

MAX_QUERIES = 2_000


def headings(sections: Sequence[Section], encode: Encode) -> Figures:
    """Title and heading of held-out sections -> their bodies, among all held-out bodies of the same edition."""
    held_out = [section for section in sections if section.held_out and not section.traditional]
    bodies = [section.body for section in held_out]
    right = np.arange(len(held_out))[:MAX_QUERIES]
    return _figures([held_out[row].query for row in right], bodies, right, np.arange(len(bodies)), encode)


def across_scripts(sections: Sequence[Section], encode: Encode) -> Figures:
    """Traditional title and heading of held-out sections -> the Simplified body."""
    simplified = [section for section in sections if section.held_out and not section.traditional and section.key]
    position = {section.key: row for row, section in enumerate(simplified)}
    pairs = [(section.query, position[section.key]) for section in sections
             if section.held_out and section.traditional and section.key in position][:MAX_QUERIES]  # fmt: skip
    right = np.array([row for _, row in pairs], dtype=np.int64)
    bodies = [section.body for section in simplified]
    return _figures([query for query, _ in pairs], bodies, right, np.arange(len(bodies)), encode)


def held_out(entries: Sequence[Known], encode: Encode) -> Figures:
    """Similar questions of entries that training has never seen -> their entry, among the questions of all entries
    but the asked one itself."""
    families = [(entry.title, entry.question, *entry.similar) for entry in entries]
    asked = [range(2, len(texts)) if entry.held_out else () for entry, texts in zip(entries, families, strict=True)]
    return _one_left_out(families, asked, encode)


def unseen_situations(situations: Sequence[Situation], encode: Encode) -> Figures:
    """Wordings of situations whose family training has never seen -> their situation, among the titles and wordings of
    all such situations but the asked one itself."""
    held_out = [one.texts for one in situations if one.held_out]
    return _one_left_out(held_out, [range(1, len(texts)) for texts in held_out], encode)


def _one_left_out(groups: Sequence[Sequence[str]], asked: Sequence[Sequence[int]], encode: Encode) -> Figures:
    """The texts at the `asked` places of each group -> their group, each among all texts but itself."""
    texts = [text for group in groups for text in group]
    owners = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    starts = np.cumsum([0, *(len(group) for group in groups)])
    own = np.array([starts[number] + place for number, places in enumerate(asked) for place in places], dtype=np.int64)
    return _figures([texts[row] for row in own], texts, owners[own], owners, encode, hidden=own)


def _figures(queries: Sequence[str], documents: Sequence[str], right: NDArray[np.int64], owners: NDArray[np.int64],
             encode: Encode, hidden: NDArray[np.int64] | None = None) -> Figures:  # fmt: skip
    """R@1 and R@5 of the encoder, of character BM25 and of the sum of both, over owners."""
    if not queries:
        return {}
    dense = encode(queries) @ encode(documents).T
    index, places = lexical(map(char_tokens, documents)), np.arange(len(documents))
    shared = np.stack([index.ask(hashed(char_tokens(query))).of(places) for query in queries])
    if hidden is not None:
        dense[np.arange(len(queries)), hidden] = -1.0
        shared[np.arange(len(queries)), hidden] = -1.0
    scores = {"encoder": dense, "bm25_char": shared, "sum": np.maximum(dense, 0) + shared}
    return {name: {**_recall(score, right, owners), "queries": float(len(queries))} for name, score in scores.items()}


def _recall(scores: Floats, right: NDArray[np.int64], owners: NDArray[np.int64]) -> dict[str, float]:
    starts = np.flatnonzero(np.diff(owners, prepend=-1))
    best = np.maximum.reduceat(scores, starts, axis=1)
    own = best[np.arange(len(right)), right]
    ahead = (best > own[:, None]).sum(axis=1) + ((best == own[:, None]).sum(axis=1) - 1) / 2
    return {"r1": round(float((ahead < 1).mean()), 4), "r5": round(float((ahead < 5).mean()), 4)}
