"""Figures from predictions; pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np


def share(flags: Sequence[bool]) -> float:
    """Of the flags, how many are true; 0 of none."""
    return round(sum(flags) / len(flags), 4) if flags else 0.0


def f1_by_label(truth: Sequence[str], predicted: Sequence[str]) -> dict[str, dict[str, float]]:
    """Precision, recall, F1 and support (how many there are) of every label that occurs in the truth."""
    right = Counter(t for t, p in zip(truth, predicted, strict=True) if t == p)
    asked, said = Counter(truth), Counter(predicted)
    figures: dict[str, dict[str, float]] = {}
    for label in sorted(asked):
        precision = right[label] / said[label] if said[label] else 0.0
        recall = right[label] / asked[label]
        f1 = 2 * precision * recall / (precision + recall) if right[label] else 0.0
        rounded = {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}
        figures[label] = {**rounded, "support": asked[label]}
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


def confusions(truth: Sequence[str], predicted: Sequence[str], texts: Sequence[str], top: int) -> list[dict[str, Any]]:
    """The commonest wrong pairs with the texts they happened on."""
    found: dict[tuple[str, str], list[str]] = {}
    for right, said, text in zip(truth, predicted, texts, strict=True):
        if right != said:
            found.setdefault((right, said), []).append(text)
    ordered = sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:top]
    return [{"truth": right, "said": said, "count": len(on), "texts": on} for (right, said), on in ordered]
