"""Figures from predictions; pure functions."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from bot.tools.measures import auroc, confusions, f1_by_label, macro_f1, share, threshold_for

__all__ = [
    "Bin",
    "auroc",
    "auroc_interval",
    "calibration_error",
    "confusions",
    "coverage_and_risk",
    "coverage_at_risk",
    "f1_by_label",
    "interval",
    "macro_f1",
    "percentiles",
    "rejected_at",
    "reliability",
    "share",
    "share_interval",
    "threshold_for",
]

Floats = NDArray[np.float64]
RESAMPLES = 2_000
_Z = 1.959964  # of the normal distribution, 97.5 %
_SEED = 20_261_122


def percentiles(values: Sequence[float], *wanted: int) -> dict[str, float]:
    """`{"p50": …}` of the values, rounded to three digits after the point."""
    if not values:
        return {f"p{number}": 0.0 for number in wanted}
    return {f"p{number}": round(float(np.percentile(values, number)), 3) for number in wanted}


def interval(values: Sequence[float], groups: Sequence[Hashable]) -> tuple[float, float]:
    """95 % percentile bootstrap of the mean; groups (an entry and its questions) are drawn whole."""
    if not values:
        return 0.0, 0.0
    sums, sizes = _by_group(values, groups)
    draw = np.random.default_rng(_SEED).integers(0, len(sums), size=(RESAMPLES, len(sums)))
    means = sums[draw].sum(axis=1) / sizes[draw].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return round(float(low), 4), round(float(high), 4)


def _by_group(values: Sequence[float], groups: Sequence[Hashable]) -> tuple[Floats, Floats]:
    names = {name: number for number, name in enumerate(dict.fromkeys(groups))}
    member = np.array([names[name] for name in groups])
    sums: Floats = np.bincount(member, weights=np.asarray(values, dtype=np.float64)).astype(np.float64)
    sizes: Floats = np.bincount(member).astype(np.float64)
    return sums, sizes


def share_interval(flags: Sequence[bool]) -> tuple[float, float] | None:
    """95 % interval of a share after Wilson (JASA 22, 1927), which stays within 0 and 1; None of nothing."""
    n = len(flags)
    if not n:
        return None
    share_of, squared = sum(flags) / n, _Z * _Z
    middle = (share_of + squared / (2 * n)) / (1 + squared / n)
    half = _Z / (1 + squared / n) * sqrt(share_of * (1 - share_of) / n + squared / (4 * n * n))
    return round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4)


def auroc_interval(low: Sequence[float], high: Sequence[float]) -> tuple[float, float] | None:
    """95 % percentile bootstrap of `auroc`, each side drawn for itself with a fixed seed; None of nothing."""
    if not low or not high:
        return None
    _, level = np.unique(np.asarray([*low, *high], dtype=np.float64), return_inverse=True)
    levels, draw = int(level.max()) + 1, np.random.default_rng(_SEED)
    lower, higher = level[: len(low)], level[len(low) :]
    found = np.empty(RESAMPLES)
    for number in range(RESAMPLES):
        below = np.bincount(lower[draw.integers(0, len(lower), len(lower))], minlength=levels)
        above = np.bincount(higher[draw.integers(0, len(higher), len(higher))], minlength=levels)
        found[number] = (above * (np.cumsum(below) - below / 2)).sum() / len(lower) / len(higher)
    start, end = np.percentile(found, [2.5, 97.5])
    return round(float(start), 4), round(float(end), 4)


def coverage_at_risk(scores: Sequence[float], right: Sequence[bool], answerable: Sequence[bool], risk: float) -> float:
    """Answering from the highest score down: the share of the answerable that is answered while at most `risk` of
    all answers is wrong. The threshold is set with hindsight, so this flatters whoever is measured. No threshold
    parts equal scores."""
    order = np.argsort(-np.asarray(scores, dtype=np.float64), kind="stable")
    ordered = np.asarray(scores, dtype=np.float64)[order]
    wrong = np.cumsum(~np.asarray(right, dtype=bool)[order])
    last = np.append(ordered[1:] != ordered[:-1], True) if len(order) else np.zeros(0, dtype=bool)
    within = np.flatnonzero((wrong / np.arange(1, len(order) + 1) <= risk) & last)
    if not len(within):
        return 0.0
    return round(float(np.asarray(answerable)[order][: within[-1] + 1].sum() / max(1, sum(answerable))), 4)


def coverage_and_risk(
    scores: Sequence[float], right: Sequence[bool], answerable: Sequence[bool], threshold: float
) -> tuple[float, float | None, int]:
    """Answering from `threshold` up: the share of the answerable that is answered, the share of all answers that is
    wrong (None without any), and their number."""
    answered = [score >= threshold for score in scores]
    judged = [correct for correct, taken in zip(right, answered, strict=True) if taken]
    covered = share([taken for taken, known in zip(answered, answerable, strict=True) if known])
    return covered, share([not correct for correct in judged]) if judged else None, len(judged)


def rejected_at(kept: float, answerable: Sequence[float], strangers: Sequence[float]) -> list[bool]:
    """Which of the strangers score below what the share `kept` of the answerable reach or exceed."""
    floor = sorted(answerable)[int((1 - kept) * len(answerable) + 1e-9)]
    return [score < floor for score in strangers]


@dataclass(frozen=True)
class Bin:
    """Questions whose probabilities lie side by side: what was promised, and what came of it."""

    mean: float
    right: float
    n: int


def reliability(probabilities: Sequence[float], right: Sequence[bool], bins: int = 10) -> tuple[Bin, ...]:
    """Bins of equal numbers, lowest probabilities first; fewer than `bins` where there are fewer questions."""
    order = np.argsort(np.asarray(probabilities, dtype=np.float64), kind="stable")
    return tuple(
        Bin(
            round(float(np.mean([probabilities[place] for place in part])), 4),
            share([right[place] for place in part]),
            len(part),
        )
        for part in np.array_split(order, bins)
        if len(part)
    )


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """Expected calibration error (Naeini et al., AAAI 2015) over these bins; None of nothing."""
    total = sum(one.n for one in bins)
    return round(sum(abs(one.mean - one.right) * one.n for one in bins) / total, 4) if total else None
