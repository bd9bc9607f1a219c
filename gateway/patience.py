"""A store in trouble is asked again: what has been thought out must not be lost because others were writing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from starlette.concurrency import run_in_threadpool

from desk.database import Database
from desk.errors import StoreBusy, StoreError
from desk.session import Session

log = logging.getLogger(__name__)

T = TypeVar("T")
PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 60.0)  # seconds; three minutes in all
_WHILE_LEASED = (0.2, 0.5, 1.0, 2.0, 4.0)  # what is sent belongs to its sender for a minute


async def patiently(
    work: Callable[[], T], pauses: Sequence[float] = PAUSES, trouble: type[StoreError] = StoreError
) -> T:
    """The result of `work`, which is one transaction and runs in a thread. Raises StoreError when it still fails, or is
    in other trouble than this."""
    for pause in pauses:
        try:
            return await run_in_threadpool(work)
        except trouble as error:
            log.warning("again in %g s: %s", pause, error)
        await asyncio.sleep(pause)
    return await run_in_threadpool(work)


async def written(database: Database, work: Callable[[Session], T]) -> T:
    """What became of something sent is written down in a transaction of its own; a busy database is asked again for
    half a minute, because forgetting would send it twice. Raises StoreError."""

    def transaction() -> T:
        with database.write() as session:
            return work(session)

    return await patiently(transaction, _WHILE_LEASED, StoreBusy)
