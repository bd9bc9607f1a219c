"""Grow the trees of `retrieval.learning.belief`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.learning.belief import DEPTH, MODELS, Belief

Doubles = NDArray[np.float64]

_TREES = 70
_RATE = 0.08
_LEAST = 40  # rows in a leaf
_NEVER = 1e9  # a cut that nothing exceeds
_SEED = 20_261_122


def grow(known: Doubles, right: NDArray[np.bool_], weight: Doubles, fold: NDArray[np.int64] | None) -> Belief:
    """One model without each fold; without folds, one model of everything."""
    masks = [fold != number for number in range(MODELS)] if fold is not None else [np.ones(len(known), dtype=bool)]
    grown = [_fit(known[mask], right[mask], weight[mask]) for mask in masks]
    trees = [[_complete(predictors[0].nodes) for predictors in one._predictors] for one in grown]
    start = np.array([float(np.ravel(one._baseline_prediction)[0]) for one in grown])
    columns, cuts, leaves = (np.array([[tree[part] for tree in model] for model in trees]) for part in range(3))
    return Belief(columns.astype(np.int64), cuts, leaves, start)


def _fit(known: Doubles, right: NDArray[np.bool_], weight: Doubles) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier  # type: ignore[import-untyped]

    model = HistGradientBoostingClassifier(
        max_depth=DEPTH, max_iter=_TREES, learning_rate=_RATE, min_samples_leaf=_LEAST, l2_regularization=1.0,
        random_state=_SEED, early_stopping=False,
    )  # fmt: skip
    return model.fit(known, right, sample_weight=weight)


def _complete(nodes: Sequence[Any]) -> tuple[list[int], list[float], list[float]]:
    """Columns, cuts and leaves of one tree; a leaf above the last level is repeated below."""
    columns, cuts, leaves = [0] * (2**DEPTH - 1), [_NEVER] * (2**DEPTH - 1), [0.0] * 2**DEPTH

    def visit(place: int, number: int) -> None:
        node = nodes[number]
        if place >= len(columns):
            leaves[place - len(columns)] = float(node["value"])
            return
        if not node["is_leaf"]:
            columns[place], cuts[place] = int(node["feature_idx"]), float(node["num_threshold"])
        visit(2 * place + 1, number if node["is_leaf"] else int(node["left"]))
        visit(2 * place + 2, number if node["is_leaf"] else int(node["right"]))

    visit(0, 0)
    return columns, cuts, leaves
