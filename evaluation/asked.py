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
