"""How many turns are in work at once, and whose is next.

A turn reads, thinks and writes: a hundred at once would all be late, and would hold up what must be quick at any time,
storing what people write. Those who wait have nothing in their hands.
"""

from __future__ import annotations

import asyncio
from bisect import insort
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

PLACES = 16  # eight are asked at the engine, as many are answered directly or read and write meanwhile
FRESH = 4.0  # seconds; WeChat listens for five
_OLDEST_EVERY = 4


@dataclass(order=True)
class _Waiting:
    since: float
    number: int
    let_in: asyncio.Future[None] = field(compare=False)


class Line:
    """`places` turns at once. With more, the next is who can still be answered while they watch: of those who have
    waited less than `fresh` seconds the latest, for the others among them will be too late before their answer is
    there. When there is none, and every fourth time, it is who has waited longest: nobody waits for ever.
    """

    def __init__(self, places: int = PLACES, fresh: float = FRESH, now: Callable[[], float] = monotonic) -> None:
        self._free = places
        self._fresh = fresh
        self._now = now
        self._waiting: list[_Waiting] = []  # by `since`
        self._came = self._let = 0

    @asynccontextmanager
    async def place(self, since: float) -> AsyncIterator[None]:
        """Held for a turn whose person has waited since then."""
        await self._enter(since)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, since: float) -> None:
        self._came += 1
        if self._free:
            self._free -= 1
            return
        one = _Waiting(since, self._came, asyncio.get_running_loop().create_future())
        insort(self._waiting, one)
        try:
            await one.let_in
        except asyncio.CancelledError:
            if one in self._waiting:
                self._waiting.remove(one)
            elif not one.let_in.cancelled():
                self._leave()  # the place had just become theirs
            raise

    def _leave(self) -> None:
        while self._waiting:
            one = self._next()
            if not one.let_in.done():  # otherwise they have just gone
                one.let_in.set_result(None)
                return
        self._free += 1

    def _next(self) -> _Waiting:
        self._let += 1
        latest = self._waiting[-1]
        watches = self._now() - latest.since < self._fresh
        return self._waiting.pop(-1 if watches and self._let % _OLDEST_EVERY else 0)
