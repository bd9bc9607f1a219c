"""What the console needs of the rest of the gateway; `gateway.services.Services` fits."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, cast

from starlette.requests import Request

from desk.calendar import WorkingHours
from desk.clock import Clock
from desk.database import Database
from gateway.attachments.checker import Checker
from gateway.attachments.files import Files
from gateway.channels.channel import Channels
from gateway.console.labels import Labels
from gateway.rules import ServiceRules
from gateway.wording import Wording
from zhtext.contacts import AllowList


class Hub(Protocol):
    """Rings at those who watch a conversation."""

    def listening(self, conversation_id: int | None) -> AbstractContextManager[asyncio.Event]:
        """An event that is set when the conversation (None: any) has news; the listener clears it."""
        ...

    def notify(self, conversation_id: int) -> None:
        """Something new was committed."""
        ...


class Knowledge(Protocol):
    """The live retrieval function."""

    async def search(self, question: str) -> Mapping[str, Any]:
        """The hit test, as `gongda ask --json` prints it. Raises NoDirectAnswer."""
        ...

    async def state(self) -> Mapping[str, Any]:
        """`ready`, and the `build_id` that serves; None when nobody answers."""
        ...


class Settings(Protocol):
    """What the console reads of the settings."""

    @property
    def secure_cookies(self) -> bool:
        """True behind HTTPS."""
        ...

    @property
    def four_eyes(self) -> bool:
        """Whether the author of an entry may not approve it."""
        ...

    @property
    def public_url(self) -> str:
        """Where agents reach the console, without a slash at its end; empty where nobody said."""
        ...

    @property
    def review_days(self) -> int:
        """Days until an entry is looked at again."""
        ...

    @property
    def index(self) -> Path | None:
        """The folder of the index builds; None where this process cannot see them."""
        ...

    @property
    def uploads(self) -> Path | None:
        """Where documents are put that the worker is to import; None where nobody said."""
        ...


class ConsoleServices(Protocol):
    """The parts, as `request.app.state.services`."""

    @property
    def db(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def hub(self) -> Hub: ...
    @property
    def hours(self) -> WorkingHours: ...
    @property
    def knowledge(self) -> Knowledge: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def contacts(self) -> AllowList: ...
    @property
    def wording(self) -> Wording: ...
    @property
    def rules(self) -> ServiceRules: ...
    @property
    def channels(self) -> Channels: ...
    @property
    def files(self) -> Files: ...
    @property
    def checker(self) -> Checker: ...


def services_of(request: Request) -> ConsoleServices:
    """The application's services."""
    return cast(ConsoleServices, request.app.state.services)


def labels_of(services: ConsoleServices) -> Labels:
    """How values are written at this moment."""
    return Labels(services.wording, services.hours.tz, services.clock())
