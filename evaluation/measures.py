"""Figures from predictions; pure functions."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.tools.measures import auroc, confusions, f1_by_label, macro_f1, share, threshold_for

__all__ = [
    "auroc",
    "confusions",
    "coverage_at_risk",
    "f1_by_label",
    "interval",
    "macro_f1",
    "percentiles",
    "share",
    "threshold_for",
]

Floats = NDArray[np.float64]
RESAMPLES = 2_000
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


def coverage_at_risk(scores: Sequence[float], right: Sequence[bool], answerable: Sequence[bool], risk: float) -> float:
    """Answering from the highest score down: the share of the answerable that is answered while at most `risk` of
    all answers is wrong. The threshold is set with hindsight, so this flatters whoever is measured."""
    order = np.argsort(-np.asarray(scores, dtype=np.float64), kind="stable")
    wrong = np.cumsum(~np.asarray(right, dtype=bool)[order])
    within = np.flatnonzero(wrong / np.arange(1, len(order) + 1) <= risk)
    if not len(within):
        return 0.0
    return round(float(np.asarray(answerable)[order][: within[-1] + 1].sum() / max(1, sum(answerable))), 4)
