"""Newton's method for small convex models with a Gaussian prior."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

# Weights -> negative log-likelihood, its gradient, its Hessian.
Model = Callable[[Doubles], tuple[float, Doubles, Doubles]]

_STEPS = 30
_SMALLEST_STEP = 1e-4
_ENOUGH = 1e-8


def maximise(model: Model, centre: Doubles, strength: float) -> Doubles:
    """The posterior mode under a prior of the given precision around `centre`; steps that make it worse are halved."""
    found = centre.copy()
    ridge = strength * np.eye(len(found))

    def posterior(weights: Doubles) -> tuple[float, Doubles, Doubles]:
        loss, slope, curve = model(weights)
        away = weights - centre
        return loss + strength / 2 * float(away @ away), slope + strength * away, curve + ridge

    loss, slope, curve = posterior(found)
    for _ in range(_STEPS):
        step = np.linalg.solve(curve, slope)
        factor, tried = 1.0, posterior(found - step)
        while tried[0] > loss and factor > _SMALLEST_STEP:
            factor /= 2
            tried = posterior(found - factor * step)
        if tried[0] > loss:
            break
        found, gained = found - factor * step, loss - tried[0]
        loss, slope, curve = tried
        if gained <= _ENOUGH * max(1.0, abs(loss)):
            break
    return found
