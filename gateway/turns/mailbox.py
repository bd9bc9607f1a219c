"""What one person has written and no turn has taken yet."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from time import monotonic

from gateway.turns import bursts
from gateway.turns.bursts import Pace
from gateway.turns.line import Line

log = logging.getLogger(__name__)

Run = Callable[[int, list[int]], Awaitable[object]]
Forget = Callable[[int], None]


@dataclass
class _Waiting:
    message_id: int
    complete: bool
    ends: bool  # a question or a command: what comes after it is about something else
    picks: bool  # a button that was pressed
    since: float
    done: asyncio.Future[None]


class Mailbox:
    """The messages of one conversation that no turn has taken yet, and the task that takes them."""

    def __init__(self, conversation_id: int, run: Run, forget: Forget, pace: Pace, line: Line) -> None:
        self._conversation_id = conversation_id
        self._pace = pace
        self._line = line
        self._run = run
        self._forget = forget
        self._waiting: list[_Waiting] = []
        self._running: list[_Waiting] = []
        self._news = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    def put(
        self, message_id: int, text: str, expecting: bool, *, picks: bool = False, since: float | None = None
    ) -> None:
        """Take a message in that came at `since`; a repeat of one that is here already changes nothing."""
        if self.done(message_id) is not None:
            return
        done = asyncio.get_running_loop().create_future()
        complete = expecting or bursts.complete(text)
        came = monotonic() if since is None else since
        self._waiting.append(_Waiting(message_id, complete, bursts.ends(text), picks, came, done))
        self._news.set()
        if self.task is None:
            self.task = asyncio.create_task(self._work())

    def done(self, message_id: int) -> asyncio.Future[None] | None:
        """What becomes done with the message's turn; None when the message is not here."""
        here = (*self._waiting, *self._running)
        return next((waiting.done for waiting in here if waiting.message_id == message_id), None)

    async def _work(self) -> None:
        while self._waiting:
            await self._burst()
            async with self._line.place(self._waiting[0].since):
                await self._turn()
        self.task = None
        self._forget(self._conversation_id)

    async def _turn(self) -> None:
        """With what has come by now and belongs together."""
        end = self._end()
        self._running, self._waiting = self._waiting[:end], self._waiting[end:]
        try:
            await self._run(self._conversation_id, [waiting.message_id for waiting in self._running])
        except Exception:
            # The messages stay pending in the database and are taken up again after a restart.
            log.exception("a turn of conversation %s failed", self._conversation_id)
        _finish(self._running)
        self._running = []

    def _end(self) -> int:
        """Up to the first question: the next one gets an answer of its own. A button is a turn by itself."""
        for place, one in enumerate(self._waiting):
            if one.picks:
                return max(place, 1)
            if one.ends:
                return place + 1
        return len(self._waiting)

    async def _burst(self) -> None:
        """Wait for the rest of a burst: until something is complete, a pause, or the longest wait."""
        while not any(waiting.complete for waiting in self._waiting):
            left = self._waiting[0].since + self._pace.longest - monotonic()
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), timeout=max(0.0, min(self._pace.pause, left)))
            except TimeoutError:
                return


def _finish(waiting: Iterable[_Waiting]) -> None:
    for one in waiting:
        if not one.done.done():
            one.done.set_result(None)
