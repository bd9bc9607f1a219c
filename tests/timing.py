"""How long something takes at its best: a machine that is busy with something else is no fault of the code."""

from __future__ import annotations

from collections.abc import Callable
from time import thread_time


def best_of_three(work: Callable[[], object]) -> float:
    """Seconds of processor time of this thread."""
    took = []
    for _ in range(3):
        began = thread_time()
        work()
        took.append(thread_time() - began)
    return min(took)
