"""Waiting on the event loop for something to become true; `tests/e2e/waiting.py` is for those without one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def eventually(true: Callable[[], object], what: str, within: float = 20.0) -> None:
    """Ask again and again. AssertionError after `within` seconds."""
    give_up = asyncio.get_running_loop().time() + within
    while not true():
        if asyncio.get_running_loop().time() > give_up:
            raise AssertionError(f"{what}: not within {within:g} s")
        await asyncio.sleep(0.005)
