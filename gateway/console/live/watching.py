"""The loop of every stream: look, tell what is new, wait for the bell, give a sign of life."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from desk.errors import NotFound, StoreError
from gateway.channels.web.events import event
from gateway.console.services import ConsoleServices
from gateway.errors import Forbidden, NotSignedIn

log = logging.getLogger(__name__)

POLL = 2.5  # seconds; what another process (worker, second gateway) has done rings no bell here
HEARTBEAT = 15.0  # seconds; proxies cut streams that are silent for 30
RETRY = 3000  # milliseconds; when a browser comes back after a cut


@dataclass(frozen=True)
class News:
    """One event: its name, what it says, and for messages the seq to go on from."""

    name: str
    data: Mapping[str, Any]
    id: int | None = None


Look = Callable[[], Sequence[News]]


async def watch(
    services: ConsoleServices, conversation_id: int | None, look: Look, beat: Callable[[], None]
) -> AsyncIterator[str]:
    """Server-sent events until the session ends or the right to see them.

    `look` says what is new since it was called last and checks the right anew; `beat` is called every 15 seconds.
    Both run in a thread. A database that is busy is asked again at the next round.
    """
    yield f"retry: {RETRY}\n\n"
    loop = asyncio.get_running_loop()
    next_beat = loop.time()
    with services.hub.listening(conversation_id) as bell:
        while True:
            bell.clear()
            try:
                for news in await run_in_threadpool(look):
                    yield event(news.name, news.data, news.id)
                if loop.time() >= next_beat:
                    next_beat = loop.time() + HEARTBEAT
                    yield ": still here\n\n"
                    await run_in_threadpool(beat)
            except (NotSignedIn, Forbidden, NotFound):
                yield event("ended", {})
                return
            except StoreError as error:
                log.warning("%s", error)
            await _ring(bell)


def streamed(events: AsyncIterator[str]) -> StreamingResponse:
    """As an answer that no proxy keeps to itself."""
    return StreamingResponse(events, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


async def _ring(bell: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(bell.wait(), POLL)
    except TimeoutError:
        return
