"""Every index over one set of entries, made, written and read together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from retrieval import learned
from retrieval.dense import DenseIndex
from retrieval.encoder import Encoder
from retrieval.entry import Entry
from retrieval.learned import LearnedFit, LearnedIndex
from retrieval.lexical import LexicalIndex
from retrieval.rows import Rows, rows_of
from retrieval.tokens import bigrams, char_tokens, word_tokens
from retrieval.whole import WholeIndex
from zhtext.normalize import normalize


@dataclass(frozen=True)
class Indexes:
    """`char`, `word` and `dense` run over rows; `answer…` and `whole` over entries."""

    rows: Rows
    titles: tuple[frozenset[str], ...]
    char: LexicalIndex
    word: LexicalIndex
    dense: DenseIndex
    answer: LexicalIndex
    answer_word: LexicalIndex
    answer_dense: DenseIndex
    whole: WholeIndex
    learned: LearnedIndex | None

    def save(self, folder: Path) -> None:
        """All but the rows and titles, which `store` writes with the entries."""
        for name in ("char", "word", "answer", "answer_word", "whole"):
            getattr(self, name).save(folder / name)
        self.dense.save(folder / "dense.faiss")
        self.answer_dense.save(folder / "answer.faiss")
        if self.learned is not None:
            self.learned.save(folder / "learned")

    @classmethod
    def load(cls, folder: Path, rows: Rows, entries: Sequence[Entry]) -> Indexes:
        """What `save` wrote; the caller has verified the files."""
        lexical = {name: LexicalIndex.load(folder / name) for name in ("char", "word", "answer", "answer_word")}
        return cls(
            rows=rows, titles=_titles(entries), **lexical, dense=DenseIndex.load(folder / "dense.faiss"),
            answer_dense=DenseIndex.load(folder / "answer.faiss"), whole=WholeIndex.load(folder / "whole"),
            learned=LearnedIndex.load(folder / "learned") if (folder / "learned").is_dir() else None,
        )  # fmt: skip


def index(entries: Sequence[Entry], encoder: Encoder) -> tuple[Indexes, LearnedFit | None]:
    """Indexes of the entries, and what fitting needs to leave questions out."""
    rows = rows_of(entries)
    documents = [document(entry) for entry in entries]
    characters, words = [char_tokens(text) for text in rows.texts], [word_tokens(text) for text in rows.texts]
    answers, answer_words = [char_tokens(text) for text in documents], [word_tokens(text) for text in documents]
    fitted = learned.fit(
        np.concatenate([rows.owners, np.arange(len(entries), dtype=np.int32)]),
        [[*a, *b] for a, b in zip([*characters, *answers], [*words, *answer_words], strict=True)],
    )
    made = Indexes(
        rows=rows, titles=_titles(entries), char=LexicalIndex.of(characters), word=LexicalIndex.of(words),
        dense=DenseIndex.of(encoder.encode_documents(rows.texts)), answer=LexicalIndex.of(answers),
        answer_word=LexicalIndex.of(answer_words), answer_dense=DenseIndex.of(encoder.encode_documents(documents)),
        whole=WholeIndex.of(characters, rows.owners, answers), learned=fitted.index if fitted else None,
    )  # fmt: skip
    return made, fitted


def document(entry: Entry) -> str:
    """What an entry says, normalised: title, module, answers, workaround."""
    return normalize(" ".join((entry.title, entry.module, *entry.shown)))


def _titles(entries: Sequence[Entry]) -> tuple[frozenset[str], ...]:
    return tuple(bigrams(normalize(entry.title)) for entry in entries)
