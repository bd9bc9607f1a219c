"""Every index over one set of entries, made, written and read together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from retrieval.asking.alignment import TokenLists, word_table
from retrieval.building.progress import Progress, silent, told
from retrieval.indexing.dense import DenseIndex
from retrieval.indexing.encoder import Encoder
from retrieval.indexing.lexical import lexical
from retrieval.indexing.postings import Postings
from retrieval.indexing.rows import Rows, rows_of
from retrieval.indexing.tokens import char_tokens
from retrieval.indexing.vectors import vectors_of
from retrieval.indexing.whole import whole
from retrieval.knowledge.entry import Entry
from zhtext.normalize import normalize

_POSTINGS = ("char", "answer", "whole")
_WORDS = ("row_words", "answer_words")


@dataclass(frozen=True)
class Indexes:
    """`char`, `dense` and `row_words` run over rows; `answer…` and `whole` over entries."""

    rows: Rows
    char: Postings
    dense: DenseIndex
    row_words: TokenLists
    answer: Postings
    answer_dense: DenseIndex
    answer_words: TokenLists
    whole: Postings

    def __len__(self) -> int:
        """Entries."""
        return len(self.rows.starts)

    @property
    def plans(self) -> dict[str, dict[str, Any]]:
        """How each vector index searches, and the recall that was measured."""
        return {"rows": asdict(self.dense.plan), "answers": asdict(self.answer_dense.plan)}

    def save(self, folder: Path) -> None:
        self.rows.save(folder / "rows")
        for name in (*_POSTINGS, *_WORDS):
            getattr(self, name).save(folder / name)
        self.dense.save(folder / "dense")
        self.answer_dense.save(folder / "answer_dense")

    @classmethod
    def load(cls, folder: Path) -> Indexes:
        """What `save` wrote; the caller has verified the files."""
        char, answer, whole_entries = (Postings.load(folder / name) for name in _POSTINGS)
        row_words, answer_words = (TokenLists.load(folder / name) for name in _WORDS)
        return cls(
            rows=Rows.load(folder / "rows"), char=char, dense=DenseIndex.load(folder / "dense"), row_words=row_words,
            answer=answer, answer_dense=DenseIndex.load(folder / "answer_dense"), answer_words=answer_words,
            whole=whole_entries,
        )  # fmt: skip


def index(
    entries: Sequence[Entry], encoder: Encoder, *, means: Mapping[str, float] | None = None, progress: Progress = silent
) -> Indexes:
    """Indexes of the entries.

    `means` are the mean lengths (see `means_of`) of a larger set that these entries come on top of.
    """
    mean = means or {}
    rows = rows_of(told(entries, progress, "rows"))
    documents = [document(entry) for entry in told(entries, progress, "documents")]
    char = lexical(map(char_tokens, told(rows.texts, progress, "char")), mean.get("char"))
    answer = lexical(map(char_tokens, told(documents, progress, "answer")), mean.get("answer"))
    words = word_table()
    return Indexes(
        rows=rows, char=char, answer=answer,
        whole=whole(char, rows.owners, answer, mean.get("whole")),
        dense=DenseIndex.of(vectors_of(rows.texts, encoder, progress, "dense")),
        answer_dense=DenseIndex.of(vectors_of(documents, encoder, progress, "answer_dense")),
        row_words=TokenLists.of(told(rows.texts, progress, "words"), words),
        answer_words=TokenLists.of(told(documents, progress, "answer_words"), words),
    )  # fmt: skip


def means_of(folder: Path) -> dict[str, float]:
    """The mean lengths of saved indexes, by name."""
    return {name: Postings.load(folder / name).mean for name in _POSTINGS}


def document(entry: Entry) -> str:
    """What an entry says, normalised: title, module, answers, workaround."""
    return normalize(" ".join((entry.title, entry.module, *entry.shown)))
