"""What the operator decides about the care of tickets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class CareRules:
    """How long before a promise is due its agent is reminded, and after how many days without a word a resolved ticket
    is closed (0: never)."""

    promise_warning: timedelta = timedelta(minutes=30)
    close_after_days: int = 7

    def __post_init__(self) -> None:
        if self.promise_warning < timedelta(0) or self.close_after_days < 0:
            raise ValueError("a reminder comes before a promise is due, and a ticket is closed after 0 or more days")
