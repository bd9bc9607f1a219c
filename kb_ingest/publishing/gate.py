"""Whether a build may serve.

A single pinned question that now leads to something wrong is one too many: it was pinned because the answer matters.
Being offered instead of answered, or declined, may come from a threshold that moved a little; that is a matter of how
many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kb_ingest.lint.finding import ERROR, Finding
from kb_ingest.publishing.replay import Replayed

# Shares of the pinned questions that may be declined, or only offered, where they were answered before.
MAX_LOST = 0.01
MAX_WEAKER = 0.05
# Share of the recent questions that were answered and would be declined now; fewer than so many say nothing.
MAX_RECENT_LOST = 0.05
MIN_RECENT = 20


@dataclass(frozen=True)
class Objection:
    """Why a build is refused: how many, and how many would be tolerated."""

    reason: str  # lint, stolen, lost, weaker, recent_lost
    count: int
    limit: int


def objections(replayed: Replayed, findings: Sequence[Finding]) -> tuple[Objection, ...]:
    """Everything that speaks against serving; nothing when it may."""
    pinned = Counter(change.verdict for change in replayed.changes if change.question.kind == "pinned")
    recent = Counter(change.verdict for change in replayed.changes if change.question.kind == "recent")
    counted = (
        Objection("lint", sum(finding.level == ERROR for finding in findings), 0),
        Objection("stolen", pinned["stolen"], 0),
        Objection("lost", pinned["lost"], int(MAX_LOST * replayed.pinned)),
        Objection("weaker", pinned["weaker"], max(1, int(MAX_WEAKER * replayed.pinned))),
        Objection("recent_lost", recent["lost"], _tolerated(replayed.recent_answered)),
    )
    return tuple(one for one in counted if one.count > one.limit)


def _tolerated(answered: int) -> int:
    return int(MAX_RECENT_LOST * answered) if answered >= MIN_RECENT else answered
