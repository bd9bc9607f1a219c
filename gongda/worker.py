"""Timers and deliveries: one scheduler tick each, everything that matters is a row in the database."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from gateway import threads
from gongda.deliveries import Deliveries

log = logging.getLogger(__name__)

DELIVER_EVERY = 1.0  # seconds; an agent's reply on WeChat should not feel slow


@dataclass(frozen=True)
class Timer:
    """Something to look after every so many seconds; looks that come late or pile up are one look."""

    seconds: float
    tick: Callable[[], Awaitable[object]]


async def run_worker(deliveries: Deliveries, timers: Sequence[Timer] = ()) -> None:
    """Until SIGTERM or SIGINT; a delivery under way is finished."""
    threads.widen()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    scheduler = AsyncIOScheduler(timezone="UTC")
    for timer in (Timer(DELIVER_EVERY, deliveries.tick), *timers):
        # What a late look has missed is still there as rows.
        scheduler.add_job(timer.tick, "interval", seconds=timer.seconds, max_instances=1, coalesce=True)
    scheduler.start()
    log.info("worker started")
    await stopping.wait()
    scheduler.pause()
    await deliveries.finish()  # a text that is on its way gets its result written down
    scheduler.shutdown(wait=False)
    await deliveries.close()
