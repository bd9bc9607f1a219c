"""[knowledge]: how entries are approved, and how sure an answer has to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gongda.policy.reader import Reader
from retrieval.asking.decision import Risk

# Items that are shares: what each says, the least and the most.
_SHARES = {
    "wrong": ("直接回答里最多允许答错的比例", 0.005, 0.5),
    "refused": ("有条目能答的问题里最多允许不答的比例", 0.0, 0.5),
    "unanswerable": ("估计有多少比例的问题没有条目能答", 0.01, 0.9),
}
NAME, KEYS = "knowledge", ("four_eyes", "review_days", *_SHARES)
_LONGEST_REVIEW = 3650  # days


@dataclass(frozen=True)
class KnowledgeRules:
    """How entries are approved: by a second person or also by their author; the days until the next look; and how
    sure an answer has to be."""

    four_eyes: bool = True
    review_days: int = 90
    risk: Risk = field(default_factory=Risk)


def read(reader: Reader, data: dict[str, Any]) -> KnowledgeRules:
    """The rules of the knowledge base."""
    defaults = KnowledgeRules()
    shares = {
        key: reader.share(NAME, data, key, getattr(Risk(), key), least, most, says)
        for key, (says, least, most) in _SHARES.items()
    }
    return KnowledgeRules(
        four_eyes=reader.flag(NAME, data, "four_eyes", default=defaults.four_eyes),
        review_days=reader.whole(
            NAME, data, "review_days", defaults.review_days, 1, _LONGEST_REVIEW, "批准后多少天要再看一次"
        ),
        risk=Risk(**shares),
    )
