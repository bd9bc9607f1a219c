"""Weights and thresholds together with the corpus they were fitted on.

Fitting costs more than everything else of a build. While few entries have changed since, the next build keeps what
was fitted: its publication takes seconds, and thresholds do not move because somebody mended a typing error.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.asking.decision import Risk, Thresholds
from retrieval.knowledge.entry import Entry
from retrieval.learning.fusion import Fusion

THRESHOLDS = "thresholds.json"
# Share of entries that may be new, changed or gone before weights and thresholds are fitted again.
FIT_AGAIN = 0.05


@dataclass(frozen=True)
class Fitted:
    """`corpus` maps the ids of the entries that were there to their versions; `labels` counts what people had said."""

    fusion: Fusion
    thresholds: Thresholds
    corpus: Mapping[str, str]
    labels: int = 0

    def holds(self, entries: Sequence[Entry], risk: Risk, labels: int) -> bool:
        """Whether so little has changed that fitting again would find the same."""
        now = {entry.id: entry.version for entry in entries}
        changed = sum(now.get(name) != self.corpus.get(name) for name in now.keys() | self.corpus.keys())
        close = changed <= FIT_AGAIN * len(self.corpus) and abs(labels - self.labels) <= FIT_AGAIN * max(self.labels, 1)
        return close and self.thresholds.risk == risk

    def to_json(self) -> dict[str, Any]:
        """What fitted.json holds; weights and thresholds have files of their own."""
        return {"corpus": dict(self.corpus), "labels": self.labels}

    @classmethod
    def from_json(cls, data: Mapping[str, Any], fusion: Fusion, thresholds: Thresholds) -> Fitted:
        return cls(fusion, thresholds, dict(data["corpus"]), int(data["labels"]))


def risk_of(folder: Path) -> Risk:
    """The risk that the thresholds of a build were found for; loads nothing else. Raises OSError, ValueError,
    LookupError, TypeError."""
    return Thresholds.from_json(json.loads((folder / THRESHOLDS).read_text(encoding="utf-8"))).risk
