"""What a knowledge base starts from: weights learned on many bases, and cases that say how sure they are.

Both come from `python -m retrieval.training.weights`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from retrieval.asking.decision import MAX_CHOICES, Case
from retrieval.learning.fusion import Fusion

PRIOR_FILE = Path(__file__).parent / "prior.json"
_DIGITS = 4


@dataclass(frozen=True)
class Shipped:
    """`cases` are questions asked of bases of one kind under weights from bases of other kinds."""

    fusion: Fusion
    cases: tuple[Case, ...]

    def save(self, path: Path = PRIOR_FILE) -> None:
        rows = ",\n".join(json.dumps(_row(case)) for case in self.cases)
        weights = json.dumps(self.fusion.to_json(), sort_keys=True)
        path.write_text(f'{{"fusion": {weights},\n"cases": [\n{rows}\n]}}\n', encoding="utf-8")

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Shipped:
        cases = tuple(
            Case(tuple(map(float, shown)), 0 if right else None, bool(answerable), float(importance))
            for shown, right, answerable, importance in data["cases"]
        )
        return cls(Fusion.from_json(data["fusion"]), cases)


def _row(case: Case) -> list[Any]:
    """Probabilities of the choices, whether the first is right, whether any could be, and what the case counts."""
    shown = [round(probability, _DIGITS) for probability in case.probabilities[:MAX_CHOICES]]
    return [shown, int(case.right == 0), int(case.answerable), round(case.importance, _DIGITS)]


@lru_cache(maxsize=1)
def shipped() -> Shipped:
    """From `prior.json`."""
    return Shipped.from_json(json.loads(PRIOR_FILE.read_text(encoding="utf-8")))
