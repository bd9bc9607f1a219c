"""Figures from predictions; pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RESAMPLES = 2_000
_SEED = 20_261_122


def share(flags: Sequence[bool]) -> float:
    """Of the flags, how many are true; 0 of none."""
    return round(sum(flags) / len(flags), 4) if flags else 0.0


def f1_by_label(truth: Sequence[str], predicted: Sequence[str]) -> dict[str, dict[str, float]]:
    """Precision, recall and F1 of every label that occurs in the truth."""
    right = Counter(t for t, p in zip(truth, predicted, strict=True) if t == p)
    asked, said = Counter(truth), Counter(predicted)
    figures = {}
    for label in sorted(asked):
        precision = right[label] / said[label] if said[label] else 0.0
        recall = right[label] / asked[label]
        f1 = 2 * precision * recall / (precision + recall) if right[label] else 0.0
        figures[label] = {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}
    return figures


def macro_f1(truth: Sequence[str], predicted: Sequence[str]) -> float:
    """The mean F1 over the labels of the truth."""
    figures = f1_by_label(truth, predicted).values()
    return round(sum(figure["f1"] for figure in figures) / len(figures), 4) if figures else 0.0


def auroc(low: Sequence[float], high: Sequence[float]) -> float | None:
    """The probability that one of `high` scores above one of `low`, ties counting half; None when a side is empty."""
    if not low or not high:
        return None
    ordered = np.sort(np.asarray(low, dtype=np.float64))
    above = np.searchsorted(ordered, high, side="left")
    up_to = np.searchsorted(ordered, high, side="right")
    return round(float((above + up_to).sum() / 2 / len(low) / len(high)), 4)


def threshold_for(scores: Sequence[float], rejected: float) -> float:
    """The score above which `rejected` of these in-scope scores lie."""
    return float(np.quantile(np.asarray(scores, dtype=np.float64), 1 - rejected))


def percentiles(values: Sequence[float], *wanted: int) -> dict[str, float]:
    """`{"p50": …}` of the values, rounded to three digits after the point."""
    if not values:
        return {f"p{number}": 0.0 for number in wanted}
    return {f"p{number}": round(float(np.percentile(values, number)), 3) for number in wanted}


def confusions(truth: Sequence[str], predicted: Sequence[str], texts: Sequence[str], top: int) -> list[dict[str, Any]]:
    """The commonest wrong pairs with the texts they happened on."""
    found: dict[tuple[str, str], list[str]] = {}
    for right, said, text in zip(truth, predicted, texts, strict=True):
        if right != said:
            found.setdefault((right, said), []).append(text)
    ordered = sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:top]
    return [{"truth": right, "said": said, "count": len(on), "texts": on} for (right, said), on in ordered]


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
