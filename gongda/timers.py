"""What the worker looks after besides deliveries: jobs, people who wait for an answer, questions without one."""

from __future__ import annotations

import asyncio
import logging

from desk import gaps, jobs
from desk.clock import Clock
from desk.database import Database
from desk.errors import StoreError
from gateway.care.notices import tell_due
from gateway.channels.channel import Channels
from gateway.wording import Wording
from gongda.knowledge.jobs import CLUSTER, Jobs
from gongda.worker import Timer
from zhtext.contacts import AllowList

log = logging.getLogger(__name__)

JOBS_EVERY = 2.0  # seconds; somebody waits in front of the console
NOTICES_EVERY = 5.0
CLUSTER_EVERY = 600.0


def timers(
    database: Database, clock: Clock, wording: Wording, contacts: AllowList, channels: Channels
) -> tuple[tuple[Timer, ...], Jobs]:
    """The timers, and the jobs that are to be stopped with them."""
    work = Jobs(database, clock)

    async def tell() -> int:
        return await asyncio.to_thread(_told, database, clock, wording, contacts, channels)

    async def cluster() -> bool:
        return await asyncio.to_thread(_ask_for_clusters, database, clock)

    return (Timer(JOBS_EVERY, work.tick), Timer(NOTICES_EVERY, tell), Timer(CLUSTER_EVERY, cluster)), work


def _told(database: Database, clock: Clock, wording: Wording, contacts: AllowList, channels: Channels) -> int:
    try:
        return tell_due(database, clock, wording, channels=channels, contacts=contacts)
    except StoreError as error:
        log.warning("notices wait for the next look: %s", error)
        return 0


def _ask_for_clusters(database: Database, clock: Clock) -> bool:
    """Gathering loads the encoder, so it is a job, and one only where there is something to gather."""
    try:
        with database.read() as session:
            idle = not gaps.unclustered(session, limit=1) or any(
                jobs.listing(session, kinds=[CLUSTER], status=status, limit=1) for status in ("pending", "running")
            )
        if idle:
            return False
        with database.write() as session:
            jobs.request(session, CLUSTER, by="system", now=clock())
    except StoreError as error:
        log.warning("gaps wait for the next look: %s", error)
        return False
    return True
