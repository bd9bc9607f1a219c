"""What the console needs of the rest of the gateway; `gateway.services.Services` fits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, cast

from starlette.requests import Request

from desk.clock import Clock
from desk.database import Database
from desk.hours import WorkingHours
from gateway.wording import Wording


class Hub(Protocol):
    """Rings at those who watch a conversation."""

    def notify(self, conversation_id: int) -> None:
        """Something new was committed."""
        ...


class Knowledge(Protocol):
    """The live retrieval function."""

    async def search(self, question: str) -> Mapping[str, Any]:
        """The hit test, as `gongda ask --json` prints it. Raises NoDirectAnswer."""
        ...


class Settings(Protocol):
    """What the console reads of the settings."""

    @property
    def secure_cookies(self) -> bool:
        """True behind HTTPS."""
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
    def wording(self) -> Wording: ...


def services_of(request: Request) -> ConsoleServices:
    """The application's services."""
    return cast(ConsoleServices, request.app.state.services)
