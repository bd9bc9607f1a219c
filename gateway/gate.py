"""How many may ask a neighbour at once.

A neighbour that works on more questions than it has processors answers all of them late, and goes on working on those
that nobody waits for any more. Turning the surplus away at once keeps the answers of the others in time.
"""

from __future__ import annotations

import asyncio
from types import TracebackType


class Full(Exception):
    """Nobody has left in time."""


class Gate:
    """`places` at once; the others wait in order, `patience` seconds at most.

    async with gate:
        await ask()
    """

    def __init__(self, places: int, patience: float) -> None:
        self._places = asyncio.Semaphore(places)
        self._patience = patience

    async def __aenter__(self) -> None:
        """Raises Full."""
        try:
            await asyncio.wait_for(self._places.acquire(), self._patience)
        except TimeoutError:
            raise Full(f"no place within {self._patience:g} s") from None

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._places.release()
