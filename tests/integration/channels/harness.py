"""What a channel needs for the conformance suite: a person on its other side."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from io import BytesIO
from typing import ClassVar, Literal, Protocol

from PIL import Image

from gateway.channels.channel import Channel
from tests.integration.channels.stage import Stage

Trouble = Literal["", "for a while", "for good"]


class Harness(Protocol):
    """One person on one channel; whatever they do has been dealt with when the call returns."""

    called: ClassVar[bool]  # messages are sent to people, so that sending can fail; elsewhere people come and look
    channel: Channel
    stage: Stage

    async def say(self, text: str, message_id: str) -> None:
        """The person writes; with the same id it is the platform's repeat of the same message."""
        ...

    async def press(self, label: str) -> None:
        """The person presses a button. Only of channels with buttons."""
        ...

    async def picture(self, data: bytes, message_id: str) -> None:
        """The person sends a picture."""
        ...

    async def screen(self) -> list[str]:
        """All that the person has been shown so far, in the order in which it came, options below their words."""
        ...

    def trouble(self, how: Trouble) -> None:
        """Until told otherwise nothing gets through to this person."""
        ...


MakeHarness = Callable[[Stage], AbstractAsyncContextManager[Harness]]
Made = AsyncIterator[Harness]


def png() -> bytes:
    """A small picture."""
    out = BytesIO()
    Image.new("RGB", (8, 8), (200, 30, 30)).save(out, "PNG")
    return out.getvalue()
