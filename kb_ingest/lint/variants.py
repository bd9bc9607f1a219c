"""Answers by version: each version that an entry is about must have one of them, and only one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb_ingest.lint.corpus import Corpus
from kb_ingest.lint.finding import ERROR, Finding, name
from retrieval.knowledge.entry import Entry
from retrieval.knowledge.versions import ALL, covers

CHECK = "broken_variants"
_VERSION = re.compile(r"\d+(?:\.\d+)+")


def check(corpus: Corpus) -> Iterator[Finding]:
    """Judged on every version that any entry names in `versions`: those are the ones that exist."""
    known = _known(corpus.entries)
    for entry in corpus.entries:
        if entry.variants:
            for problem in _problems(entry, known):
                yield Finding(CHECK, ERROR, (entry.id,), f"{name(entry)} {problem}")


def _problems(entry: Entry, known: tuple[str, ...]) -> Iterator[str]:
    scope = entry.versions or ALL
    for version in known:
        labels = [f"“{variant.label}”" for variant in entry.variants if covers(variant.versions, version)]
        if len(labels) > 1:
            yield f"在 {version} 版有 {len(labels)} 个答案：{'、'.join(labels)}。让各版本范围互不重叠"
        elif not labels and covers(scope, version):
            yield f"写着适用 {scope}，但 {version} 版没有答案：补上这一版的答案，或改小适用范围"


def _known(entries: tuple[Entry, ...]) -> tuple[str, ...]:
    ranges = [text for entry in entries for text in (entry.versions, *(variant.versions for variant in entry.variants))]
    named = {version for text in ranges for version in _VERSION.findall(text)}
    return tuple(sorted(named, key=lambda version: tuple(map(int, version.split(".")))))
