"""What customers did with the entries: those that nobody ever got to see, and those that many rejected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kb_ingest.lint.corpus import Corpus
from kb_ingest.lint.finding import WARNING, Finding, name

NEVER, REJECTED = "never_shown", "often_rejected"
# Fewer answers than this for each entry, and never is only not yet.
_SHOWN_FOR_EACH = 5
# Rare by nature: nobody hopes for an emergency, and a code is shown to those who have it.
_RARE = frozenset({"error_code", "runbook", "release"})
_DISLIKES, _SHARE = 3, 0.3


@dataclass(frozen=True)
class Usage:
    """How often an entry was shown, and how often it got 👎."""

    shown: int
    disliked: int = 0


def check(corpus: Corpus, usage: Mapping[str, Usage]) -> Iterator[Finding]:
    """By entry id; an entry without figures was never shown. Nothing is called unused before the knowledge base was
    used enough."""
    used_enough = sum(used.shown for used in usage.values()) >= _SHOWN_FOR_EACH * len(corpus.entries)
    for entry in corpus.entries:
        used = usage.get(entry.id, Usage(0))
        if used.disliked >= _DISLIKES and used.disliked >= _SHARE * used.shown:
            counts = f"出现 {used.shown} 次，被踩 {used.disliked} 次"
            message = f"{name(entry)} {counts}：看看踩它的人问的是什么，改答案或改问法"
            yield Finding(REJECTED, WARNING, (entry.id,), message)
        if used_enough and not used.shown and entry.type not in _RARE:
            message = f"{name(entry)} 从没被客户看到过：用客户的话补相似问，或并入别的条目、停用"
            yield Finding(NEVER, WARNING, (entry.id,), message)
