"""What a timer may use."""

from __future__ import annotations

from dataclasses import dataclass, field

from desk.calendar import WorkingHours
from desk.clock import Clock
from desk.database import Database
from gateway.attachments.files import Files
from gateway.channels.channel import Channels
from gateway.rules import ServiceRules
from gateway.wording import Wording


@dataclass(frozen=True)
class TimedDesk:
    """The desk at the moment of a tick. `channels` are the ways to people; `public_url` is where customers and agents
    reach the gateway, without a slash at its end; `webhook`: the operator's own system wants to hear what happens to
    tickets."""

    db: Database
    clock: Clock
    hours: WorkingHours
    wording: Wording
    rules: ServiceRules
    secret: str
    channels: Channels
    public_url: str = ""
    webhook: bool = False
    files: Files = field(default_factory=lambda: Files(None))
