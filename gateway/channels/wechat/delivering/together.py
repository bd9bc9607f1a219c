"""Small things to be written down, as many as have come by then in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")
AT_ONCE = 50  # more would keep other writers waiting


class Together(Generic[T, R]):
    """While `write` is at work in its thread, what comes waits, and is then written as one: under load many share a
    commit, and one alone waits for nobody. `write` gives a result for each, in order."""

    def __init__(self, write: Callable[[Sequence[T]], Sequence[R]]) -> None:
        self._write = write
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._task: asyncio.Task[None] | None = None

    async def add(self, one: T) -> R:
        """Its result, when it is written. Raises what `write` has raised, for everybody who was in it."""
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, done))
        if self._task is None:
            self._task = asyncio.create_task(self._work())
        return await done

    async def idle(self) -> None:
        """Wait until everything that was given is written, also what nobody waits for any more."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            try:
                results = await asyncio.to_thread(self._write, [one for one, _ in batch])
            except Exception as error:
                for _, done in batch:
                    if not done.done():  # whoever waited was cancelled
                        done.set_exception(error)
                continue
            for (_, done), result in zip(batch, results, strict=True):
                if not done.done():
                    done.set_result(result)
        self._task = None
