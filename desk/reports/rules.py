"""When the morning report comes, as the operator decides it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True)
class MorningRules:
    """On every working day at `at`, local time. After a pause of the worker the reports of up to `catch_up` days are
    made, oldest first; only today's is sent."""

    at: time = time(8, 30)
    catch_up: int = 7

    def __post_init__(self) -> None:
        if not 1 <= self.catch_up <= 31:
            raise ValueError(f"catch_up is 1 to 31 days, not {self.catch_up}")
