"""What came of putting one question to one retriever."""

from __future__ import annotations

from dataclasses import dataclass

from evaluation.labelled import Question


@dataclass(frozen=True)
class Asked:
    """One question put to one retriever."""

    question: Question
    ids: tuple[str, ...]  # ranked, what is shown first
    score: float
    decision: str  # answer, choices or decline; a peer always answers
    shown: tuple[str, ...]  # the entry answered with, or the choices
    ms: float  # wall
    cpu_ms: float
    reason: str = ""

    @property
    def rank(self) -> int:
        """The place of the first right entry among the first ten, 0 when none is there."""
        return next((place for place, name in enumerate(self.ids[:10], 1) if self.question.takes(name)), 0)

    @property
    def reciprocal(self) -> float:
        """1 / rank, 0 where no right entry was found (Voorhees, TREC-8 1999)."""
        return 1 / self.rank if self.rank else 0.0
