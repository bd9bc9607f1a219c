"""Review dates that are gone, missing or no dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kb_ingest.lint.corpus import Corpus
from kb_ingest.lint.finding import WARNING, Finding, name
from retrieval.knowledge.entry import Entry

OVERDUE, MISSING = "review_overdue", "review_missing"


def check(corpus: Corpus, today: date) -> Iterator[Finding]:
    """Customers see the date beside the answer."""
    for entry in corpus.entries:
        if not entry.review.strip():
            message = f"{name(entry)} 没有复核日期：写上 review，一般是批准后 90 天"
            yield Finding(MISSING, WARNING, (entry.id,), message)
            continue
        due = _date(entry)
        if due is None:
            message = f"{name(entry)} 的复核日期“{entry.review}”不是日期：写成 2026-12-15 这样"
            yield Finding(MISSING, WARNING, (entry.id,), message)
        elif due < today:
            message = f"{name(entry)} 应在 {due} 复核，已过 {(today - due).days} 天：核对内容，再改复核日期"
            yield Finding(OVERDUE, WARNING, (entry.id,), message)


def _date(entry: Entry) -> date | None:
    try:
        return date.fromisoformat(entry.review.strip())
    except ValueError:
        return None
