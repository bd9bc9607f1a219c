"""Everything a request may need, made once and handed around; no globals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from desk.calendar import Calendar, WorkingHours
from desk.clock import Clock
from desk.database import Database
from gateway.answers import Answers
from gateway.attachments.checker import Checker
from gateway.attachments.files import Files
from gateway.channels.channel import Channels
from gateway.demo import Shown
from gateway.engine import Engine
from gateway.hub import Hub
from gateway.limits import Limits
from gateway.rules import ServiceRules
from gateway.settings import GatewaySettings
from gateway.wording import Wording
from zhtext.contacts import AllowList


@dataclass(frozen=True)
class Services:
    """The gateway's parts. `knowledge` is the name under which the console knows the hit test; `contacts` are the
    only ones that answers may name; `channels` are the ways to people; `shown` is what the demo page says, None for
    that of the sample product."""

    db: Database
    clock: Clock
    engine: Engine
    answers: Answers
    hub: Hub
    calendar: Calendar
    wording: Wording
    settings: GatewaySettings
    contacts: AllowList
    channels: Channels
    shown: Shown | None = None
    rules: ServiceRules = field(default_factory=ServiceRules)
    limits: Limits = field(default_factory=Limits)
    checker: Checker = field(default_factory=Checker)

    @property
    def hours(self) -> WorkingHours:
        """The working hours as they are now; an operator may change them at any moment."""
        return self.calendar.current()

    @property
    def files(self) -> Files:
        """The bytes of what people have sent."""
        return Files(self.settings.files)

    @property
    def knowledge(self) -> Any:
        return self.answers
