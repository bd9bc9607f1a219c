"""What the console asks for: job rows, each done by a process of its own.

The worker takes a row and starts `gongda job ID`; a child that runs out of memory or hangs takes neither the
deliveries nor the worker with it, and what it loaded is gone when it ends.
"""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from desk import jobs
from desk.clock import Clock
from desk.database import Database
from desk.errors import StoreError
from desk.jobs import Job

log = logging.getLogger(__name__)

PUBLISH, ROLL_BACK, INGEST, CLUSTER = "publish", "rollback", "ingest", "cluster"
KINDS = (PUBLISH, ROLL_BACK, INGEST, CLUSTER)
LEASE = timedelta(minutes=2)
LONGEST = timedelta(minutes=30)
_LOOK_EVERY = 20.0  # seconds between two extensions of the lease

Work = Callable[[Job], Mapping[str, Any]]


class Jobs:
    """One tick: take the oldest job that waits and see it through."""

    def __init__(self, database: Database, clock: Clock, command: Sequence[str] = (sys.executable, "-m", "gongda")):
        self._database = database
        self._clock = clock
        self._command = tuple(command)
        self._running = asyncio.Lock()
        self._child: asyncio.subprocess.Process | None = None

    async def tick(self) -> bool:
        """Whether there was a job. A store in trouble ends the tick; the row waits for the next."""
        if self._running.locked():
            return False
        async with self._running:
            try:
                job = await asyncio.to_thread(self._lease)
                if job is None:
                    return False
                await self._see_through(job)
            except StoreError as error:
                log.warning("jobs not readable or not written: %s", error)
                return False
            return True

    def stop(self) -> None:
        """End the child that runs, if any; its lease runs out and another worker takes the job."""
        if self._child is not None and self._child.returncode is None:
            self._child.terminate()

    def _lease(self) -> Job | None:
        with self._database.write() as session:
            return jobs.lease(session, KINDS, duration=LEASE, now=self._clock())

    async def _see_through(self, job: Job) -> None:
        self._child = await asyncio.create_subprocess_exec(
            *self._command, "job", str(job.id), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        said = asyncio.create_task(self._child.communicate())
        try:
            await self._wait(job, said, self._child)
        finally:
            if self._child.returncode is None:
                self._child.kill()
            _, errors = await said
        if self._child.returncode:
            await asyncio.to_thread(self._fail, job, errors.decode(errors="replace"))

    async def _wait(self, job: Job, said: asyncio.Task[Any], child: asyncio.subprocess.Process) -> None:
        started = self._clock()
        while not said.done():
            await asyncio.wait({said}, timeout=_LOOK_EVERY)
            too_long = self._clock() - started > LONGEST
            if not said.done() and (too_long or not await asyncio.to_thread(self._extend, job)):
                child.kill()

    def _extend(self, job: Job) -> bool:
        """False when somebody else has the job by now. A store in trouble is no reason to give up: the lease lasts for
        several tries."""
        try:
            with self._database.write() as session:
                return jobs.extend(session, job, duration=LEASE, now=self._clock())
        except StoreError as error:
            log.warning("the lease of job %s was not extended: %s", job.id, error)
            return True

    def _fail(self, job: Job, errors: str) -> None:
        """The child writes its own result; this is for one that died before it could."""
        last = next((line for line in reversed(errors.splitlines()) if line.strip()), "the child process died")
        with self._database.write() as session:
            jobs.fail(session, job, last.strip()[:500], now=self._clock())


def perform(database: Database, clock: Clock, job_id: int, works: Mapping[str, Work]) -> Mapping[str, Any]:
    """Do one leased job and write down what came of it. Raises what the work raises, after it was recorded; NotFound,
    StoreError."""
    with database.read() as session:
        job = jobs.get(session, job_id)
    try:
        report = works[job.kind](job)
    except Exception as error:
        with database.write() as session:
            jobs.fail(session, job, str(error) or type(error).__name__, now=clock())
        raise
    with database.write() as session:
        jobs.finish(session, job, report, now=clock())
    return report
