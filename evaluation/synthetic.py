"""A synthetic corpus of any size, for speed and memory only: it makes no sense and proves nothing about quality.

Words are those of jieba's dictionary with the frequencies of Zipf's law, so that postings are as long as in real
text; every entry has one noun of its own that hardly any other has. Equal numbers give equal corpora.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from retrieval.knowledge.entry import Entry
from zhtext.segment import tokenizer

SEED = 20_261_122
_VOCABULARY = 40_000
_LENGTHS = (2, 3)  # characters of a word
_WORDS = (3, 6)  # of a question
_ANSWER = (8, 16)
_MODULES = 20
_KEPT = 0.7  # of a question's words in its similar one
_FRAMES = (
    "{}怎么办",
    "{}怎么处理",
    "为什么{}",
    "{}不了",
    "请问{}",
    "{}在哪里设置",
    "如何{}",
    "{}报错",
    "{}失败",
    "{}没有反应",
)


@dataclass(frozen=True)
class Query:
    """A question in other words, and the entry it was made from."""

    text: str
    entry_id: str


def entries(number: int) -> Iterator[Entry]:
    """One question, one similar question, a short answer each."""
    return (entry(place) for place in range(number))


def entry(place: int) -> Entry:
    """Marked as synthetic in its id, its source and its topic."""
    chance = random.Random(f"{SEED} {place}")  # noqa: S311 - a sample, no secret
    noun = _noun(chance)
    said = _drawn(chance, *_WORDS)
    said.insert(chance.randrange(len(said) + 1), noun)
    question = chance.choice(_FRAMES).format("".join(said))
    similar = _reworded(chance, said, noun)
    answer = f"{''.join(_drawn(chance, *_ANSWER))}。{noun}{''.join(_drawn(chance, *_ANSWER))}。"
    return Entry(f"synthetic-{place}", "faq", question, question, answer, (similar,), topic="synthetic",
                 source="synthetic", module=_vocabulary()[0][chance.randrange(_MODULES)])  # fmt: skip


def queries(number: int, size: int) -> list[Query]:
    """Questions about entries of a corpus of `size`: words dropped and exchanged, one character mistyped in some."""
    chance = random.Random(f"{SEED} queries {size}")  # noqa: S311
    return [_query(chance, place) for place in (chance.randrange(size) for _ in range(number))]


def _query(chance: random.Random, place: int) -> Query:
    asked = entry(place)
    words = [word for word in tokenizer().cut(asked.question, HMM=False)]
    kept = [word for word in words if chance.random() < _KEPT] or words
    if chance.random() < 0.5:
        kept.insert(chance.randrange(len(kept) + 1), _drawn(chance, 1, 1)[0])
    text = list("".join(kept))
    if chance.random() < 0.3:
        text[chance.randrange(len(text))] = chance.choice(_drawn(chance, 1, 1)[0])
    return Query(chance.choice(_FRAMES).format("".join(text)), asked.id)


def _reworded(chance: random.Random, said: list[str], noun: str) -> str:
    words = [word if word == noun or chance.random() < _KEPT else _drawn(chance, 1, 1)[0] for word in said]
    chance.shuffle(words)
    return chance.choice(_FRAMES).format("".join(words))


def _noun(chance: random.Random) -> str:
    """Two rare words in one: some hundreds of millions of them."""
    words = _vocabulary()[0]
    rare = range(len(words) // 2, len(words))
    return words[chance.choice(rare)] + words[chance.choice(rare)]


def _drawn(chance: random.Random, least: int, most: int) -> list[str]:
    words, weights = _vocabulary()
    return chance.choices(words, cum_weights=weights, k=chance.randint(least, most))


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[list[str], list[float]]:
    """Words from frequent to rare, and the running sum of 1 / rank."""
    known = tokenizer()
    known.check_initialized()
    usable = [
        word
        for word, often in known.FREQ.items()
        if often and len(word) in _LENGTHS and all("\u4e00" <= char <= "\u9fff" for char in word)
    ]
    words = sorted(usable, key=lambda word: (-known.FREQ[word], word))[:_VOCABULARY]
    return words, list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
