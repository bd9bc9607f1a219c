"""Stop asking a neighbour that does not answer, for a while."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

FAILURES = 5  # in a row before it opens
OPEN_FOR = 10.0  # seconds until one question is let through again


class Breaker:
    """Closed: every call goes through. Open: none, until `open_for` has passed; then one tries."""

    def __init__(
        self, failures: int = FAILURES, open_for: float = OPEN_FOR, time: Callable[[], float] = monotonic
    ) -> None:
        self._limit = failures
        self._open_for = open_for
        self._time = time
        self._failed = 0
        self._opened = 0.0

    def allows(self) -> bool:
        """Whether to call now. An open breaker that has waited long enough lets one call through."""
        if self._failed < self._limit:
            return True
        if self._time() - self._opened < self._open_for:
            return False
        self._opened = self._time()
        return True

    def succeeded(self) -> None:
        self._failed = 0

    def failed(self) -> None:
        self._failed += 1
        if self._failed >= self._limit:
            self._opened = self._time()
