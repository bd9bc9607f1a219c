"""One computation for each message id, shared by WeChat's up to three deliveries of it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from desk.clock import Clock

T = TypeVar("T")


@dataclass(frozen=True)
class _Exchange(Generic[T]):
    task: asyncio.Task[T]
    since: datetime


class Exchanges(Generic[T]):
    """Results by key, kept for `keep`, at most `limit` finished ones; a failed computation is not kept at all."""

    def __init__(self, clock: Clock, *, keep: timedelta, limit: int = 10_000) -> None:
        self._clock = clock
        self._keep = keep
        self._limit = limit
        self._exchanges: OrderedDict[str, _Exchange[T]] = OrderedDict()

    async def share(self, key: str, compute: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The result for this key; whoever stops waiting does not stop the computation."""
        self._forget_old()
        if key not in self._exchanges:
            task = asyncio.create_task(compute())
            self._exchanges[key] = _Exchange(task, self._clock())
            task.add_done_callback(lambda done: self._settled(key, done))
        return await asyncio.shield(self._exchanges[key].task)

    async def cancel(self) -> None:
        """Stop what is still being computed."""
        running = [exchange.task for exchange in self._exchanges.values() if not exchange.task.done()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _settled(self, key: str, task: asyncio.Task[T]) -> None:
        failed = task.cancelled() or task.exception() is not None
        if failed and key in self._exchanges and self._exchanges[key].task is task:
            del self._exchanges[key]

    def _forget_old(self) -> None:
        oldest = self._clock() - self._keep
        while self._exchanges:
            key, first = next(iter(self._exchanges.items()))
            if not first.task.done() or (first.since > oldest and len(self._exchanges) < self._limit):
                return
            del self._exchanges[key]
