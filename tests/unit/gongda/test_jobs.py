from __future__ import annotations

import sys

import pytest

from desk import jobs
from desk.errors import StoreBusy
from gongda.knowledge.jobs import CLUSTER, PUBLISH, Jobs, perform
from tests.unit.gongda.desks import NOW, clock, database


def requested(db, kind=PUBLISH):
    with db.write() as session:
        return jobs.request(session, kind, {"reason": "x"}, by="agent:1", now=NOW)


def leased(db):
    with db.write() as session:
        return jobs.lease(session, [PUBLISH, CLUSTER], now=NOW)


def stored(db, job):
    with db.read() as session:
        return jobs.get(session, job.id)


def test_a_job_is_done_and_its_report_kept(tmp_path):
    db = database(tmp_path)
    job = requested(db)
    leased(db)

    perform(db, clock(), job.id, {PUBLISH: lambda job: {"payload": dict(job.payload)}})

    assert stored(db, job).status == "done"
    assert stored(db, job).report == {"payload": {"reason": "x"}}


def test_a_job_that_cannot_be_done_says_why_and_is_not_tried_again(tmp_path):
    db = database(tmp_path)
    job = requested(db)
    leased(db)

    def fails(_):
        raise RuntimeError("没有一条已批准的条目")

    with pytest.raises(RuntimeError):
        perform(db, clock(), job.id, {PUBLISH: fails})

    assert stored(db, job).status == "failed"
    assert stored(db, job).report == {"error": "没有一条已批准的条目"}
    assert leased(db) is None


async def test_the_worker_starts_a_process_for_each_job(tmp_path):
    db = database(tmp_path)
    job = requested(db)
    seen = tmp_path / "seen"
    command = (sys.executable, "-c", f"import sys; open({str(seen)!r}, 'w').write(' '.join(sys.argv[1:]))")

    assert await Jobs(db, clock(), command).tick()

    assert seen.read_text() == f"job {job.id}"


async def test_a_child_that_dies_without_a_word_fails_its_job_with_its_last_words(tmp_path):
    db = database(tmp_path)
    job = requested(db)
    command = (sys.executable, "-c", "import sys; sys.exit('MemoryError: 1 GiB were not enough')")

    await Jobs(db, clock(), command).tick()

    assert stored(db, job).status == "failed"
    assert stored(db, job).report == {"error": "MemoryError: 1 GiB were not enough"}


async def test_nothing_to_do_is_nothing_done(tmp_path):
    assert not await Jobs(database(tmp_path), clock(), (sys.executable, "-c", "raise SystemExit(1)")).tick()


async def test_a_store_in_trouble_does_not_cost_a_running_job(tmp_path, monkeypatch):
    db = database(tmp_path)
    job = requested(db)
    seen = tmp_path / "seen"
    command = (sys.executable, "-c", f"import time; time.sleep(0.6); open({str(seen)!r}, 'w').write('done')")
    monkeypatch.setattr("gongda.knowledge.jobs._LOOK_EVERY", 0.1)
    worker = Jobs(FailingToExtend(db), clock(), command)

    assert await worker.tick()

    assert seen.exists()
    assert stored(db, job).status == "running"


class FailingToExtend:
    """A database that is busy for every write but the first."""

    def __init__(self, db):
        self._db, self._writes = db, 0

    def write(self):
        self._writes += 1
        if self._writes > 1:
            raise StoreBusy("locked")
        return self._db.write()
