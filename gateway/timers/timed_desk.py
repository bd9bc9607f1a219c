"""What a timer may use."""

from __future__ import annotations

from dataclasses import dataclass

from desk.calendar import WorkingHours
from desk.clock import Clock
from desk.database import Database
from gateway.rules import ServiceRules
from gateway.wording import Wording


@dataclass(frozen=True)
class TimedDesk:
    """The desk at the moment of a tick. `pushes`: the WeChat account may send customer-service messages;
    `public_url` is where customers and agents reach the gateway, without a slash at its end; `webhook`: the
    operator's own system wants to hear what happens to tickets."""

    db: Database
    clock: Clock
    hours: WorkingHours
    wording: Wording
    rules: ServiceRules
    secret: str
    pushes: bool = False
    public_url: str = ""
    webhook: bool = False
