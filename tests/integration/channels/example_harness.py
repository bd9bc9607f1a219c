"""The worked example as somebody uses it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar

from gateway.channels.channel import Channel
from tests.integration.channels.example import Im, ImSender, heard
from tests.integration.channels.harness import Harness, Trouble
from tests.integration.channels.stage import Stage
from tests.integration.gateway.turn_world import WORDING


class FakeMessenger:
    """Shows texts, unless it is told to answer something else."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.status = 200

    async def post(self, user: str, text: str) -> int:
        if self.status == 200:
            self.shown.append(text)
        return self.status


class Colleague:
    """One person on it."""

    called: ClassVar[bool] = True

    def __init__(self, stage: Stage, messenger: FakeMessenger, channel: Channel) -> None:
        self.stage, self.channel = stage, channel
        self._messenger = messenger

    async def say(self, text: str, message_id: str) -> None:
        await self._told({"user": "u1", "id": message_id, "text": text})

    async def press(self, label: str) -> None:
        raise AssertionError(f"no button {label} where options are numbered")

    async def picture(self, data: bytes, message_id: str) -> None:
        await self._told({"user": "u1", "id": message_id, "file": f"file-{message_id}"})

    async def screen(self) -> list[str]:
        return self._messenger.shown

    def trouble(self, how: Trouble) -> None:
        self._messenger.status = {"": 200, "for a while": 503, "for good": 403}[how]

    async def _told(self, event: dict[str, str]) -> None:
        await heard(self.stage.flow, self.channel, WORDING, event)
        await self.stage.work()


@asynccontextmanager
async def example(stage: Stage) -> AsyncIterator[Harness]:
    channel, messenger = Im(WORDING), FakeMessenger()
    stage.put_on(channel, [ImSender(messenger, stage.db, stage.clock)])
    yield Colleague(stage, messenger, channel)
