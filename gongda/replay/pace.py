"""The gateway's patience with bursts, in the hands of whoever plays the customer."""

from __future__ import annotations

from gateway.turns.bursts import Pace

_HOLD = 10.0  # seconds; only ever waited out when the last of a burst is refused


class ReplayPace(Pace):
    """No waiting at all, except while `holding`: then more of the burst is about to be sent.

    `waits` counts how often the gateway has begun to wait for more; from then on it can be told to stop.
    """

    def __init__(self) -> None:
        self.holding = False
        self.waits = 0

    @property
    def pause(self) -> float:
        self.waits += 1
        return self._patience

    @property
    def longest(self) -> float:
        return self._patience

    @property
    def _patience(self) -> float:
        return _HOLD if self.holding else 0.0
