"""A store in trouble is asked again: what has been thought out must not be lost because others were writing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from starlette.concurrency import run_in_threadpool

from desk.errors import StoreError

log = logging.getLogger(__name__)

T = TypeVar("T")
PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 60.0)  # seconds; three minutes in all


async def patiently(work: Callable[[], T], pauses: Sequence[float] = PAUSES) -> T:
    """The result of `work`, which is one transaction and runs in a thread. Raises StoreError when it still fails."""
    for pause in pauses:
        try:
            return await run_in_threadpool(work)
        except StoreError as error:
            log.warning("again in %g s: %s", pause, error)
        await asyncio.sleep(pause)
    return await run_in_threadpool(work)
