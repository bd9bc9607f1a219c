"""All checks over one set of entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from kb_ingest.lint import (
    contradictions,
    duplicates,
    links,
    openings,
    questions,
    reachability,
    reviews,
    strangers,
    unwritten,
    usage,
    variants,
)
from kb_ingest.lint.corpus import Corpus
from kb_ingest.lint.finding import ERROR, Finding
from kb_ingest.lint.usage import Usage
from retrieval.asking.retriever import Retriever
from retrieval.knowledge.entry import Entry
from zhtext.contacts import AllowList


def lint(
    entries: Sequence[Entry],
    *,
    today: date,
    allow: AllowList | None = None,
    retriever: Retriever | None = None,
    used: Mapping[str, Usage] | None = None,
) -> tuple[Finding, ...]:
    """Everything that is found, errors first. Without a retriever that serves these entries nothing is said of where
    questions lead, without `used` nothing of what customers did."""
    corpus = Corpus(tuple(entries))
    found = [*_errors(corpus, allow or AllowList()), *_warnings(corpus, today)]
    if retriever is not None:
        found += reachability.check(corpus, retriever)
    if used is not None:
        found += usage.check(corpus, used)
    return _ordered(found)


def errors(entries: Sequence[Entry], *, allow: AllowList | None = None) -> tuple[Finding, ...]:
    """Only what blocks publication; a small part of the work of `lint`."""
    return _ordered(_errors(Corpus(tuple(entries)), allow or AllowList()))


def _errors(corpus: Corpus, allow: AllowList) -> Iterator[Finding]:
    yield from unwritten.check(corpus)
    yield from strangers.check(corpus, allow)
    yield from links.check(corpus)
    yield from openings.check(corpus)
    yield from variants.check(corpus)


def _warnings(corpus: Corpus, today: date) -> Iterator[Finding]:
    yield from contradictions.check_answers(corpus)
    yield from contradictions.check_numbers(corpus)
    yield from duplicates.check_entries(corpus)
    yield from duplicates.check_titles(corpus)
    yield from duplicates.check_questions(corpus)
    yield from questions.check(corpus)
    yield from reviews.check(corpus, today)


def _ordered(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors first; otherwise in the order in which the checks gave them."""
    return tuple(sorted(found, key=lambda finding: finding.level != ERROR))
