"""Slow down whoever asks too often; in memory, for each gateway process."""

from __future__ import annotations

import math
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from gateway.errors import TooMany

_MINUTE = 60


class Limits:
    """Counts by name and key, such as `messages` of one session."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def spend(self, name: str, key: str, per_minute: int) -> None:
        """One more of `name` by `key`. Raises TooMany, which says for how many seconds."""
        item = RateLimitItemPerMinute(per_minute, namespace=name)
        if not self._limiter.hit(item, key):
            # The library counts by this clock, too; set back meanwhile, it would promise nonsense.
            left = math.ceil(self._limiter.get_window_stats(item, key).reset_time - time.time())
            raise TooMany(retry_after=min(max(1, left), _MINUTE))

    def exhausted(self, name: str, key: str, per_minute: int) -> bool:
        """Whether one more would be too many; counts nothing."""
        return not self._limiter.test(RateLimitItemPerMinute(per_minute, namespace=name), key)
