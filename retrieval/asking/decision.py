"""When to answer, when to offer choices, when to decline; the thresholds that a stated risk gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

MAX_CHOICES = 3
# A choice much less likely than the first only takes up room.
_CHOICE_SHARE = 0.15
# The shipped cases count as so many questions of one's own: fewer say little about a share of one in twenty.
_SHIPPED_CASES = 100.0
# Choices that are right less often than this only annoy, however few questions the risk allows to refuse.
LEAST_WORTH = 1 / 3
# Standard normal quantile of 90 %: how sure the risk is kept on the cases at hand.
_SURE = 1.2816

ANSWER, CHOICES, DECLINE = "answer", "choices", "decline"


@dataclass(frozen=True)
class Risk:
    """What the operator accepts: at most `wrong` of the answered are wrong, at most `refused` of the questions that
    have an entry are declined. `unanswerable` is the share of all questions assumed to have none."""

    wrong: float = 0.05
    refused: float = 0.08
    unanswerable: float = 0.2


@dataclass(frozen=True)
class Thresholds:
    """The probability of the best candidate from which to answer, and that of the first three together from which to
    offer choices.

    `risk` is what they were found for; `measured` says what the own questions, left out one by one, would have got.
    """

    answer: float
    choices: float
    risk: Risk
    cases: int = 0
    measured: Mapping[str, float] | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Thresholds:
        return cls(float(data["answer"]), float(data["choices"]), Risk(**data["risk"]), int(data.get("cases", 0)),
                   data.get("measured"))  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One simulated question: probabilities of its candidates, best first, and which of them is right."""

    probabilities: tuple[float, ...]
    right: int | None  # position, None when no candidate is right
    answerable: bool
    importance: float

    @property
    def first(self) -> float:
        """The probability of the best candidate; 0 where there is none."""
        return self.probabilities[0] if self.probabilities else 0.0


def offered(probabilities: Sequence[float]) -> float:
    """The probability that one of the first `MAX_CHOICES` is right: what choices would be worth."""
    return float(sum(probabilities[:MAX_CHOICES]))


def decide(probabilities: Sequence[float], thresholds: Thresholds) -> tuple[str, int]:
    """The decision, and how many of the candidates (sorted, best first) it shows."""
    if not probabilities or offered(probabilities) < thresholds.choices:
        return DECLINE, 0
    if probabilities[0] >= thresholds.answer:
        rivals = sum(probability >= thresholds.answer for probability in probabilities[:MAX_CHOICES])
        return (ANSWER, 1) if rivals == 1 else (CHOICES, rivals)
    floor = probabilities[0] * _CHOICE_SHARE
    return CHOICES, sum(probability >= floor for probability in probabilities[:MAX_CHOICES])


def thresholds_for(cases: Sequence[Case], risk: Risk, shipped: Sequence[Case]) -> Thresholds:
    """The lowest thresholds that keep the risk on one's own cases together with the shipped ones.

    Both kinds of question, answerable and not, are weighed as the risk says, whatever their number among the cases.
    """
    together = [*cases, *shipped]
    if not together:
        raise ValueError("thresholds need cases: there are neither own nor shipped ones")
    weight = _weights(cases, shipped, risk.unanswerable)
    first = np.array([case.first for case in together])
    among = np.array([offered(case.probabilities) for case in together])
    wrong = np.array([case.right != 0 for case in together])
    answerable = np.array([case.answerable for case in together])
    answer = _lowest(first, wrong, weight, risk.wrong)
    refused = max(LEAST_WORTH, _quantile(among[answerable], weight[answerable], risk.refused))
    choices = min(answer, refused)
    found = Thresholds(answer, choices, risk, len(cases))
    return replace(found, measured=measure(cases, found)) if cases else found


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


def _weights(cases: Sequence[Case], shipped: Sequence[Case], unanswerable: float) -> Doubles:
    """Own cases weigh 1 on average, all shipped ones together `_SHIPPED_CASES`; then both kinds get their share."""
    own, theirs = (np.array([case.importance for case in some]) for some in (cases, shipped))
    scaled = [own / own.mean() if len(own) else own, theirs / theirs.sum() * _SHIPPED_CASES if len(theirs) else theirs]
    weight = np.concatenate(scaled)
    total = weight.sum()
    answerable = np.array([case.answerable for case in [*cases, *shipped]])
    for kind, share in ((answerable, 1 - unanswerable), (~answerable, unanswerable)):
        if kind.any() and not kind.all():
            weight[kind] *= share * total / weight[kind].sum()
    return weight


def _lowest(first: Doubles, wrong: NDArray[np.bool_], weight: Doubles, limit: float) -> float:
    """The lowest threshold above which the share of wrong leaders stays within the limit; 1 when there is none.

    What stays within is not the share that was seen but its upper bound at `_SURE` (Wilson 1927, for weighted cases
    with Kish's effective number): questions to come are as many more or fewer wrong as chance has it, and a lucky few
    at the top would promise too much.
    """
    order = np.argsort(-first, kind="stable")
    ordered = weight[order]
    counted = np.cumsum(ordered)
    share = np.cumsum(ordered * wrong[order]) / counted
    number = counted**2 / np.cumsum(ordered**2)
    last_of_equals = np.append(np.diff(first[order]) != 0, True)
    within = np.flatnonzero((_upper(share, number) <= limit) & last_of_equals)
    return float(first[order][within[-1]]) if len(within) else 1.0


def _upper(share: Doubles, number: Doubles) -> Doubles:
    """The upper end of Wilson's interval, one-sided."""
    square = _SURE**2
    middle = share + square / (2 * number)
    spread = _SURE * np.sqrt(share * (1 - share) / number + square / (4 * number**2))
    bound: Doubles = (middle + spread) / (1 + square / number)
    return bound


def _quantile(values: Doubles, weight: Doubles, share: float) -> float:
    """The value below which lies at most this share of the weight."""
    if not len(values):
        return 1.0
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weight[order]) - weight[order]
    return float(values[order][np.flatnonzero(below <= share * weight.sum())[-1]])


def _share(of: NDArray[np.bool_], among: NDArray[np.bool_], weight: NDArray[np.float64]) -> float:
    total = float(weight[among].sum())
    return round(float(weight[of & among].sum()) / total, 4) if total else 0.0
