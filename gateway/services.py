"""Everything a request may need, made once and handed around; no globals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from desk.calendar import WorkingHours
from desk.clock import Clock
from desk.database import Database
from gateway.answers import Answers
from gateway.demo import Shown
from gateway.engine import Engine
from gateway.hub import Hub
from gateway.rules import ServiceRules
from gateway.settings import GatewaySettings
from gateway.wording import Wording
from zhtext.contacts import AllowList


@dataclass(frozen=True)
class Services:
    """The gateway's parts. `knowledge` is the name under which the console knows the hit test; `contacts` are the
    only ones that answers may name; `shown` is what the demo page says, None for that of the sample product."""

    db: Database
    clock: Clock
    engine: Engine
    answers: Answers
    hub: Hub
    hours: WorkingHours
    wording: Wording
    settings: GatewaySettings
    contacts: AllowList
    shown: Shown | None = None
    rules: ServiceRules = field(default_factory=ServiceRules)

    @property
    def knowledge(self) -> Any:
        return self.answers
