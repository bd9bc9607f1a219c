from __future__ import annotations

from datetime import timedelta

import pytest

from desk import audit, jobs
from desk.clock import FixedClock
from desk.database import Database
from desk.errors import NotFound
from desk.jobs import MAX_ATTEMPTS, Job

FIVE_MINUTES = timedelta(minutes=5)


def request(db: Database, clock: FixedClock, kind: str = "publish") -> Job:
    with db.write() as session:
        return jobs.request(session, kind, {"reason": "新条目"}, by="agent:1", now=clock())


def lease(db: Database, clock: FixedClock, *kinds: str) -> Job | None:
    with db.write() as session:
        return jobs.lease(session, kinds or ("publish",), duration=FIVE_MINUTES, now=clock())


def test_the_oldest_job_of_the_kinds_is_taken_first(db: Database, clock: FixedClock) -> None:
    wanted = [request(db, clock, kind) for kind in ("import", "publish", "publish")]

    taken = [lease(db, clock), lease(db, clock), lease(db, clock), lease(db, clock, "import", "publish")]

    assert [job.id if job else None for job in taken] == [wanted[1].id, wanted[2].id, None, wanted[0].id]
    assert taken[0] is not None
    assert (taken[0].status, taken[0].payload, taken[0].requested_by) == ("running", {"reason": "新条目"}, "agent:1")


def test_a_finished_job_keeps_its_report(db: Database, clock: FixedClock) -> None:
    request(db, clock)
    taken = lease(db, clock)
    assert taken is not None

    with db.write() as session:
        assert jobs.finish(session, taken, {"changed": 3}, now=clock())
    with db.read() as session:
        done = jobs.get(session, taken.id)
    assert (done.status, done.report, done.finished_at, done.lease_token) == ("done", {"changed": 3}, clock(), None)
    assert lease(db, clock) is None


def test_a_failed_job_says_why_and_is_not_tried_again(db: Database, clock: FixedClock) -> None:
    request(db, clock)
    taken = lease(db, clock)
    assert taken is not None

    with db.write() as session:
        assert jobs.fail(session, taken, "索引目录写不进去", {"stage": "build"}, now=clock())
    with db.read() as session:
        (failed,) = jobs.listing(session, status="failed")
    assert failed.report == {"stage": "build", "error": "索引目录写不进去"}
    assert lease(db, clock) is None


def test_a_job_whose_lease_ran_out_is_taken_again_and_the_first_worker_no_longer_counts(
    db: Database, clock: FixedClock
) -> None:
    request(db, clock)
    lost = lease(db, clock)
    clock.advance(FIVE_MINUTES)
    again = lease(db, clock)
    assert lost is not None
    assert again is not None

    with db.write() as session:
        assert not jobs.finish(session, lost, {"by": "lost"}, now=clock())
        assert not jobs.fail(session, lost, "lost", now=clock())
        assert not jobs.extend(session, lost, now=clock())
        assert jobs.finish(session, again, {"by": "again"}, now=clock())
    assert (again.id, again.attempts) == (lost.id, 2)


def test_a_lease_is_held_as_long_as_the_worker_says_so(db: Database, clock: FixedClock) -> None:
    request(db, clock)
    taken = lease(db, clock)
    assert taken is not None
    clock.advance(timedelta(minutes=4))
    with db.write() as session:
        assert jobs.extend(session, taken, duration=FIVE_MINUTES, now=clock())

    clock.advance(timedelta(minutes=4))
    assert lease(db, clock) is None
    clock.advance(timedelta(minutes=1))
    assert lease(db, clock) is not None


def test_a_job_that_its_workers_do_not_survive_fails(db: Database, clock: FixedClock) -> None:
    requested = request(db, clock)
    for _ in range(MAX_ATTEMPTS):
        assert lease(db, clock) is not None
        clock.advance(FIVE_MINUTES)

    assert lease(db, clock) is None
    with db.read() as session:
        failed = jobs.get(session, requested.id)
    assert (failed.status, failed.report) == ("failed", {"error": "no word from the worker after 3 tries"})


def test_jobs_are_listed_newest_first(db: Database, clock: FixedClock) -> None:
    first, second, third = (request(db, clock, kind) for kind in ("publish", "import", "publish"))

    with db.read() as session:
        assert jobs.listing(session) == (third, second, first)
        assert jobs.listing(session, kinds=["publish"], limit=1) == (third,)
        with pytest.raises(NotFound):
            jobs.get(session, third.id + 1)


def test_the_trail_of_a_job_names_who_asked(db: Database, clock: FixedClock) -> None:
    job = request(db, clock)
    taken = lease(db, clock)
    assert taken is not None
    with db.write() as session:
        jobs.finish(session, taken, {}, now=clock())

    with db.read() as session:
        trail = [(line.actor, line.action) for line in reversed(audit.listing(session, subject=f"job:{job.id}"))]
    assert trail == [("agent:1", "job.requested"), ("system", "job.taken"), ("system", "job.done")]
