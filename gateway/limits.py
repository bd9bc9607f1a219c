"""Slow down whoever asks too often; in memory, for each gateway process."""

from __future__ import annotations

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from gateway.errors import TooMany


class Limits:
    """Counts by name and key, such as `messages` of one session."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def spend(self, name: str, key: str, per_minute: int) -> None:
        """One more of `name` by `key`. Raises TooMany."""
        if not self._limiter.hit(RateLimitItemPerMinute(per_minute, namespace=name), key):
            raise TooMany

    def exhausted(self, name: str, key: str, per_minute: int) -> bool:
        """Whether one more would be too many; counts nothing."""
        return not self._limiter.test(RateLimitItemPerMinute(per_minute, namespace=name), key)
