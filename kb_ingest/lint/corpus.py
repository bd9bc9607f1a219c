"""The entries as the checks read them: every question normalised once, likenesses computed once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kb_ingest.likeness import Bags, Pair
from retrieval.asking.retriever import VAGUE_CHARS
from retrieval.indexing.codes import CodeTable
from retrieval.indexing.tokens import char_tokens, text_key
from retrieval.knowledge.entry import Entry
from zhtext.normalize import normalize

# Cosine from which two questions of different entries say the same; read off 3,000 questions of the sample corpus.
NEAR_QUESTIONS = 0.7
# 周报没自动发 is not 自动发周报, and 导出 5.2 not 导出 6.0, however many characters they share.
_NEUTRAL = re.compile(r"([\u4e00-\u9fff])[不没]\1|可不可以|有没有|不是")
_NEGATION = re.compile("[不没無无未别莫]")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
# One much longer than the other says more: a cause, a place, another product.
_LENGTHS = 0.6


@dataclass(frozen=True)
class Row:
    """One question of one entry; `entry` is its place."""

    entry: int
    text: str
    plain: str  # normalised
    key: str


class Corpus:
    """Entries with what several checks need of them."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Every question, own and similar, in order."""
        return tuple(self._rows())

    @cached_property
    def codes(self) -> CodeTable:
        return CodeTable.of(self.entries)

    @cached_property
    def ids(self) -> frozenset[str]:
        return frozenset(entry.id for entry in self.entries)

    @cached_property
    def modules(self) -> tuple[str, ...]:
        """The names of modules that the entries use; as slots they make no new pattern."""
        return tuple(sorted({entry.module for entry in self.entries if entry.module}))

    @cached_property
    def near_questions(self) -> tuple[Pair, ...]:
        """Places of rows of different entries that ask the same in nearly the same words. Those with an error code
        are left out: the code decides where they lead."""
        rows = [place for place, row in enumerate(self.rows) if row.key and not self.codes.match(row.plain).found]
        bags = Bags([Counter(char_tokens(self.rows[place].plain)) for place in rows])
        found = (Pair(rows[pair.one], rows[pair.other], pair.likeness) for pair in bags.pairs(NEAR_QUESTIONS))
        return tuple(pair for pair in found if _same(self.rows[pair.one], self.rows[pair.other]))

    def _rows(self) -> Iterator[Row]:
        for place, entry in enumerate(self.entries):
            for text in dict.fromkeys(entry.questions):
                plain = normalize(text)
                yield Row(place, text, plain, text_key(plain))


def _same(one: Row, other: Row) -> bool:
    if one.entry == other.entry:
        return False
    if one.key == other.key:
        return True
    if min(len(one.key), len(other.key)) <= VAGUE_CHARS:  # 报进度, 补报进度: one character makes another question
        return False
    shorter, longer = sorted((len(one.key), len(other.key)))
    return (
        shorter >= _LENGTHS * longer
        and _negated(one.plain) == _negated(other.plain)
        and sorted(_NUMBER.findall(one.plain)) == sorted(_NUMBER.findall(other.plain))
    )


def _negated(text: str) -> bool:
    return bool(_NEGATION.search(_NEUTRAL.sub("", text)))
