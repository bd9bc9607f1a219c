"""Fakes of what the console needs, for tests and for `fake_server`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desk.calendar import WorkingHours
from desk.clock import Clock
from desk.database import Database
from gateway.attachments.checker import Checker
from gateway.attachments.files import Files
from gateway.channels.channel import Channels
from gateway.channels.known import all_channels
from gateway.errors import NoDirectAnswer
from gateway.hub import Hub
from gateway.rules import ServiceRules
from gateway.wording import Wording
from zhtext.contacts import AllowList


class FakeHub(Hub):
    """Remembers who was rung."""

    def __init__(self) -> None:
        super().__init__()
        self.rung: list[int] = []

    def notify(self, conversation_id: int) -> None:
        self.rung.append(conversation_id)
        super().notify(conversation_id)


@dataclass
class FakeKnowledge:
    """One answer to every question; None is an action server that is down. `build_id` is what serves."""

    result: Mapping[str, Any] | None = None
    build_id: str | None = None

    async def search(self, question: str) -> Mapping[str, Any]:
        if self.result is None:
            raise NoDirectAnswer("down")
        return {"normalized": question, **self.result}

    async def state(self) -> Mapping[str, Any]:
        return {"ready": self.build_id is not None, "build_id": self.build_id, "problem": None}


@dataclass(frozen=True)
class FakeSettings:
    """Plain HTTP by default, and nowhere to put or find files."""

    secure_cookies: bool = False
    four_eyes: bool = True
    review_days: int = 90
    public_url: str = ""
    index: Path | None = None
    uploads: Path | None = None


@dataclass(frozen=True)
class FakeServices:
    """A real desk and real wording, everything else fake."""

    db: Database
    clock: Clock
    hub: FakeHub = field(default_factory=FakeHub)
    hours: WorkingHours = field(default_factory=WorkingHours)
    knowledge: FakeKnowledge = field(default_factory=FakeKnowledge)
    settings: FakeSettings = field(default_factory=FakeSettings)
    wording: Wording = field(default_factory=Wording.load)
    contacts: AllowList = field(default_factory=AllowList)
    rules: ServiceRules = field(default_factory=ServiceRules)
    channels: Channels = field(default_factory=lambda: all_channels(Wording.load(), pushes=True))
    files: Files = field(default_factory=lambda: Files(None))
    checker: Checker = field(default_factory=Checker)
