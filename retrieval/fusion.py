"""Logistic fusion: features of a candidate -> probability that it answers the question.

The weights maximise the posterior under a Gaussian prior centred at the shipped weights (fitted
on the sample corpus): a knowledge base with few similar questions keeps the prior, one with many
outvotes it. Verbatim questions and codes cannot be learned from questions that are left out, so
their two weights are rules and stay fixed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.scorer import FEATURES

Floats = NDArray[np.floating[Any]]

PRIOR_FILE = Path(__file__).parent / "prior.json"
_FIXED = ("exact", "code")
# Precision of the prior, in units of fitted candidates' information.
PRIOR_STRENGTH = 2.0
_STEPS = 25


@dataclass(frozen=True)
class Fusion:
    """Weights by feature name, an intercept, and the line that calibrates the best candidate's logit."""

    weights: Mapping[str, float]
    intercept: float
    scale: float = 1.0
    shift: float = 0.0

    def probabilities(self, features: Floats) -> NDArray[np.float64]:
        """One probability for each row of features."""
        return self.calibrated(self.logits(features))

    def calibrated(self, logits: Floats) -> NDArray[np.float64]:
        """Probabilities of logits."""
        return sigmoid(self.scale * logits + self.shift)

    def logits(self, features: Floats) -> NDArray[np.float64]:
        """Before calibration."""
        weights = np.array([self.weights[name] for name in FEATURES])
        logits: NDArray[np.float64] = features.astype(np.float64) @ weights + self.intercept
        return logits

    def to_json(self) -> dict[str, Any]:
        return {"weights": dict(self.weights), "intercept": self.intercept, "scale": self.scale, "shift": self.shift}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Fusion:
        weights = {name: float(data["weights"][name]) for name in FEATURES}
        return cls(weights, float(data["intercept"]), float(data["scale"]), float(data["shift"]))


def prior() -> Fusion:
    """The shipped weights."""
    return Fusion.from_json(json.loads(PRIOR_FILE.read_text(encoding="utf-8"))["fusion"])


def fit_weights(features: Floats, right: NDArray[np.bool_], importance: Floats, around: Fusion) -> Fusion:
    """Posterior mode by Newton's method; `importance` weighs each row."""
    free = [FEATURES.index(name) for name in FEATURES if name not in _FIXED]
    design = np.column_stack([features[:, free].astype(np.float64), np.ones(len(features))])
    centre = np.array([*(around.weights[FEATURES[column]] for column in free), around.intercept])
    found = _newton(design, right.astype(np.float64), importance.astype(np.float64), centre, PRIOR_STRENGTH)
    fitted = {FEATURES[column]: float(value) for column, value in zip(free, found[:-1], strict=True)}
    return Fusion({**around.weights, **fitted}, float(found[-1]))


def calibrate(fusion: Fusion, logits: Floats, right: NDArray[np.bool_], importance: Floats) -> Fusion:
    """Platt scaling of the best candidates' logits (Platt 1999), drawn weakly to the identity."""
    design = np.column_stack([logits.astype(np.float64), np.ones(len(logits))])
    scale, shift = _newton(design, right.astype(np.float64), importance.astype(np.float64), np.array([1.0, 0.0]), 1.0)
    return Fusion(fusion.weights, fusion.intercept, max(float(scale), 0.05), float(shift))


def sigmoid(logits: Floats) -> NDArray[np.float64]:
    """1 / (1 + e^-x) without overflow."""
    probabilities: NDArray[np.float64] = np.exp(-np.logaddexp(0.0, -np.asarray(logits, dtype=np.float64)))
    return probabilities


def _newton(design: NDArray[np.float64], target: NDArray[np.float64], importance: NDArray[np.float64],
            centre: NDArray[np.float64], strength: float) -> NDArray[np.float64]:  # fmt: skip
    """Iteratively reweighted least squares, halving a step that makes things worse."""
    found = centre.copy()
    loss = _loss(design, target, importance, found, centre, strength)
    for _ in range(_STEPS):
        probability = sigmoid(design @ found)
        slope = design.T @ (importance * (probability - target)) + strength * (found - centre)
        curve = (design * (importance * probability * (1 - probability))[:, None]).T @ design
        step = np.linalg.solve(curve + strength * np.eye(len(found)), slope)
        factor, better = 1.0, loss
        while factor > 1e-4:
            better = _loss(design, target, importance, found - factor * step, centre, strength)
            if better <= loss:
                break
            factor /= 2
        if factor <= 1e-4:
            break
        found, gained, loss = found - factor * step, loss - better, better
        if gained < 1e-8 * max(1.0, abs(loss)):
            break
    return found


def _loss(design: NDArray[np.float64], target: NDArray[np.float64], importance: NDArray[np.float64],
          weights: NDArray[np.float64], centre: NDArray[np.float64], strength: float) -> float:  # fmt: skip
    logits = design @ weights
    likelihood = importance @ (np.logaddexp(0.0, logits) - target * logits)
    return float(likelihood + strength / 2 * np.sum((weights - centre) ** 2))
