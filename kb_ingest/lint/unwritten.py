"""Drafts whose answer nobody has written yet."""

from __future__ import annotations

from collections.abc import Iterator

from kb_ingest.lint.corpus import Corpus
from kb_ingest.lint.finding import ERROR, Finding, name
from retrieval.knowledge.unwritten import MARK

CHECK = "unwritten"


def check(corpus: Corpus) -> Iterator[Finding]:
    """The placeholder of a draft in anything a customer would read."""
    for entry in corpus.entries:
        if any(MARK in text for text in (entry.title, *entry.questions, *entry.shown)):
            message = f"{name(entry)} 还有{MARK}：写好答案，把这一行换掉"
            yield Finding(CHECK, ERROR, (entry.id,), message)
