"""Entries with too few ways of asking: retrieval learns from them."""

from __future__ import annotations

from collections.abc import Iterator

from kb_ingest.lint.corpus import Corpus
from kb_ingest.lint.finding import WARNING, Finding, name
from retrieval.knowledge.entry import Entry
from zhtext.patterns import variety
from zhtext.script import detect

FEW, TRADITIONAL = "few_questions", "no_traditional"
ENOUGH = 8


def check(corpus: Corpus) -> Iterator[Finding]:
    """Fewer than `ENOUGH` different wordings beside the entry's own question; none of them in Traditional.

    A knowledge base without any Traditional question serves customers who write none, so nothing is said of that.
    """
    for entry in corpus.entries:
        patterns = similar_patterns(entry, corpus.modules)
        if patterns < ENOUGH:
            raw = len(entry.similar)
            told = f"{raw} 条相似问合并近似的以后只有 {patterns} 种" if raw > patterns else f"只有 {patterns} 种相似问"
            message = f"{name(entry)} {told}，还差 {ENOUGH - patterns} 种：换不同的人、不同的现象来问，不要只换一两个字"
            yield Finding(FEW, WARNING, (entry.id,), message)
    if any(map(has_traditional, corpus.entries)):
        for entry in corpus.entries:
            if not has_traditional(entry):
                message = f"{name(entry)} 没有繁体相似问：补一条台湾说法和一条香港说法"
                yield Finding(TRADITIONAL, WARNING, (entry.id,), message)


def similar_patterns(entry: Entry, modules: tuple[str, ...]) -> int:
    """Different wordings among the similar questions, not counting those that are the entry's own question again."""
    return variety(entry.questions, modules) - 1


def has_traditional(entry: Entry) -> bool:
    return any(is_traditional(text) for text in entry.similar)


def is_traditional(text: str) -> bool:
    return detect(text).name == "hant"
