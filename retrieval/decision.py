"""When to answer, when to offer choices, when to decline; the thresholds that a stated risk gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_CHOICES = 3
# A choice much less likely than the first only takes up room.
_CHOICE_SHARE = 0.15
# Fewer questions than this say nothing about a share of one in twenty.
MIN_CASES = 100
_PSEUDO_CASES = 20

ANSWER, CHOICES, DECLINE = "answer", "choices", "decline"


@dataclass(frozen=True)
class Risk:
    """What the operator accepts: at most `wrong` of the answered are wrong, at most `refused` of the questions that
    have an entry are declined. `unanswerable` is the share of all questions assumed to have none."""

    wrong: float = 0.05
    refused: float = 0.05
    unanswerable: float = 0.2


@dataclass(frozen=True)
class Thresholds:
    """Probabilities of the best candidate from which to answer, and from which to offer choices.

    `measured` says what the own questions, left out one by one, would have got.
    """

    answer: float
    choices: float
    risk: float
    cases: int = 0
    measured: Mapping[str, float] | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Thresholds:
        return cls(float(data["answer"]), float(data["choices"]), float(data["risk"]), int(data.get("cases", 0)),
                   data.get("measured"))  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One simulated question: probabilities of its candidates, best first, and which of them is right."""

    probabilities: tuple[float, ...]
    right: int | None  # position, None when no candidate is right
    answerable: bool
    importance: float


def decide(probabilities: Sequence[float], thresholds: Thresholds) -> tuple[str, int]:
    """The decision, and how many of the candidates (sorted, best first) it shows."""
    if not probabilities or probabilities[0] < thresholds.choices:
        return DECLINE, 0
    if probabilities[0] >= thresholds.answer:
        rivals = sum(probability >= thresholds.answer for probability in probabilities[:MAX_CHOICES])
        return (ANSWER, 1) if rivals == 1 else (CHOICES, rivals)
    floor = probabilities[0] * _CHOICE_SHARE
    return CHOICES, sum(probability >= floor for probability in probabilities[:MAX_CHOICES])


def thresholds_for(cases: Sequence[Case], risk: Risk, shipped: Thresholds) -> Thresholds:
    """The lowest thresholds that keep the risk; the shipped ones when there are too few cases."""
    if len(cases) < MIN_CASES:
        return Thresholds(shipped.answer, shipped.choices, risk.wrong, len(cases))
    ordered = sorted((case for case in cases if case.probabilities), key=lambda case: -case.probabilities[0])
    answer = _lowest(ordered, risk.wrong)
    leading = [case.probabilities[0] for case in cases if case.answerable and case.probabilities]
    choices = min(answer, float(np.quantile(leading, risk.refused))) if leading else answer
    found = Thresholds(answer, choices, risk.wrong, len(cases))
    return Thresholds(answer, choices, risk.wrong, len(cases), measure(cases, found))


def measure(cases: Sequence[Case], thresholds: Thresholds) -> dict[str, float]:
    """Shares that the thresholds give on the cases, weighted by importance."""
    outcome = [decide(case.probabilities, thresholds) for case in cases]
    weight = np.array([case.importance for case in cases])
    answerable = np.array([case.answerable for case in cases])
    answered = np.array([decision == ANSWER for decision, _ in outcome])
    offered = np.array([decision == CHOICES for decision, _ in outcome])
    right = np.array([case.right is not None and case.right < max(1, shown)
                      for case, (_, shown) in zip(cases, outcome, strict=True)])  # fmt: skip
    first = np.array([case.right == 0 for case in cases])
    return {
        "r1": _share(first, answerable, weight),
        "answered": _share(answered, answerable, weight),
        "wrong_of_answered": _share(~first, answered, weight),
        "choices_hit": _share(right, offered, weight),
        "answerable_declined": _share(~answered & ~offered, answerable, weight),
        "unanswerable_declined": _share(~answered & ~offered, ~answerable, weight),
        "unanswerable_answered": _share(answered, ~answerable, weight),
    }


def _lowest(ordered: Sequence[Case], limit: float) -> float:
    """Lowest probability down to which the share of wrong leaders stays within the limit; 1 when it never does.

    A lucky few at the top would promise too much, so the limit must also hold with `_PSEUDO_CASES` more
    that are wrong as often as the probabilities say.
    """
    if not ordered:
        return 1.0
    weight = np.array([case.importance for case in ordered])
    weight = weight / weight.mean()
    wrong = np.array([case.right != 0 for case in ordered])
    expected = np.array([1 - case.probabilities[0] for case in ordered])
    counted = np.cumsum(weight)
    pseudo = _PSEUDO_CASES * np.cumsum(weight * expected) / counted
    seen = np.cumsum(weight * wrong)
    within = np.flatnonzero((seen / counted <= limit) & ((seen + pseudo) / (counted + _PSEUDO_CASES) <= limit))
    return float(ordered[within[-1]].probabilities[0]) if len(within) else 1.0


def _share(of: NDArray[np.bool_], among: NDArray[np.bool_], weight: NDArray[np.float64]) -> float:
    total = float(weight[among].sum())
    return round(float(weight[of & among].sum()) / total, 4) if total else 0.0
