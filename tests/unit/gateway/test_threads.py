from __future__ import annotations

import asyncio
from threading import Barrier

from starlette.concurrency import run_in_threadpool

from gateway import threads


async def test_many_can_wait_at_once_in_either_pool() -> None:
    threads.widen()
    together = Barrier(50)  # opens when fifty wait at it

    waited = await asyncio.gather(
        *(asyncio.to_thread(together.wait, 10) for _ in range(25)),
        *(run_in_threadpool(together.wait, 10) for _ in range(25)),
    )

    assert sorted(waited) == list(range(50))
