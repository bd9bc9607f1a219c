"""How long WeChat takes to answer a call: mostly quick, sometimes longer than anybody waits."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

Delays = Callable[[], float]  # seconds for the next call
FASTEST, SLOWEST = 0.05, 8.0  # seconds


def steady(seconds: float) -> Delays:
    """Always the same."""
    return lambda: seconds


def spread(seed: int, fastest: float = FASTEST, slowest: float = SLOWEST) -> Delays:
    """Log-uniform between the two: half of the calls are quicker than their geometric mean, 0.63 s by default."""
    if not 0 < fastest <= slowest:
        raise ValueError(f"the fastest call ({fastest:g} s) must take more than 0 s and at most {slowest:g} s")
    rng = random.Random(seed)  # noqa: S311 - the same delays every time
    return lambda: math.exp(rng.uniform(math.log(fastest), math.log(slowest)))
