"""Jobs: work that the console asks of the worker, as rows.

pending -> running (leased) -> done | failed; pending again when the lease runs out without a word
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any, Literal, cast

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from desk import audit
from desk.audit import SYSTEM
from desk.errors import NotFound
from desk.tables import JobRow

Status = Literal["pending", "running", "done", "failed"]

MAX_ATTEMPTS = 3  # a job whose worker has died that often may be what kills it


@dataclass(frozen=True)
class Job:
    """A piece of work and what became of it."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    status: Status
    report: Mapping[str, Any] | None  # of the worker; of a failed one with the key `error`
    requested_by: str
    attempts: int
    lease_until: datetime | None
    lease_token: str | None
    created_at: datetime
    finished_at: datetime | None


def request(session: Session, kind: str, payload: Mapping[str, Any] | None = None, *, by: str, now: datetime) -> Job:
    """Ask for work."""
    row = JobRow(kind=kind, payload=dict(payload or {}), status="pending", requested_by=by, created_at=now)
    session.add(row)
    session.flush()
    audit.record(session, by, "job.requested", _subject(row.id), {"kind": kind}, now=now)
    return _job(row)


def lease(
    session: Session, kinds: Iterable[str], *, duration: timedelta = timedelta(minutes=5), now: datetime
) -> Job | None:
    """Take the oldest job of these kinds that waits, or whose lease ran out; no two callers get the same one.

    A job that three workers have taken without a word is failed instead.
    """
    wanted = JobRow.kind.in_(list(kinds))
    lost = and_(JobRow.status == "running", JobRow.lease_until <= now)
    _give_up(session, and_(wanted, lost, JobRow.attempts >= MAX_ATTEMPTS), now)
    due = (
        select(JobRow.id)
        .where(wanted, or_(JobRow.status == "pending", lost))
        .order_by(JobRow.created_at, JobRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)  # PostgreSQL; SQLite has one writer at a time anyway
        .cte("due")
    )
    taken = (
        update(JobRow)
        .where(JobRow.id.in_(select(due.c.id)))
        .values(status="running", attempts=JobRow.attempts + 1, lease_until=now + duration, lease_token=token_hex(8))
        .returning(JobRow)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    row = session.scalars(taken).one_or_none()
    if row is None:
        return None
    audit.record(session, SYSTEM, "job.taken", _subject(row.id), {"attempt": row.attempts}, now=now)
    return _job(row)


def extend(session: Session, job: Job, *, duration: timedelta = timedelta(minutes=5), now: datetime) -> bool:
    """Still at work: hold the lease for `duration` from now. False when somebody else has the job by now."""
    row = _held(session, job)
    if row is None:
        return False
    row.lease_until = now + duration
    session.flush()
    return True


def finish(session: Session, job: Job, report: Mapping[str, Any], *, now: datetime) -> bool:
    """Done. False when the lease was lost to somebody else meanwhile; then nothing is written."""
    return _settle(session, job, "done", report, now)


def fail(session: Session, job: Job, error: str, report: Mapping[str, Any] | None = None, *, now: datetime) -> bool:
    """It could not be done, and trying again would not help. False as for `finish`."""
    return _settle(session, job, "failed", {**(report or {}), "error": error}, now)


def get(session: Session, job_id: int) -> Job:
    """Raises NotFound."""
    row = session.get(JobRow, job_id)
    if row is None:
        raise NotFound(f"there is no job {job_id}")
    return _job(row)


def listing(
    session: Session, *, kinds: Iterable[str] = (), status: Status | None = None, limit: int = 50
) -> tuple[Job, ...]:
    """Newest first; no kinds are all."""
    query = select(JobRow).order_by(JobRow.id.desc()).limit(limit)
    wanted = list(kinds)
    if wanted:
        query = query.where(JobRow.kind.in_(wanted))
    if status is not None:
        query = query.where(JobRow.status == status)
    return tuple(_job(row) for row in session.scalars(query))


def _give_up(session: Session, which: Any, now: datetime) -> None:
    error = f"no word from the worker after {MAX_ATTEMPTS} tries"
    for row in session.scalars(select(JobRow).where(which).with_for_update(skip_locked=True)):
        _close(session, row, "failed", {"error": error}, now)


def _held(session: Session, job: Job) -> JobRow | None:
    """The row, if this lease is still the one that counts (run out or not, nobody else has taken it)."""
    row = session.get(JobRow, job.id, with_for_update=True, populate_existing=True)
    return row if row and row.status == "running" and row.lease_token == job.lease_token else None


def _settle(session: Session, job: Job, status: Status, report: Mapping[str, Any], now: datetime) -> bool:
    row = _held(session, job)
    if row is None:
        return False
    _close(session, row, status, report, now)
    return True


def _close(session: Session, row: JobRow, status: Status, report: Mapping[str, Any], now: datetime) -> None:
    row.status, row.report, row.finished_at = status, dict(report), now
    row.lease_until = row.lease_token = None
    audit.record(session, SYSTEM, f"job.{status}", _subject(row.id), {"kind": row.kind}, now=now)
    session.flush()


def _subject(job_id: int) -> str:
    return f"job:{job_id}"


def _job(row: JobRow) -> Job:
    return Job(
        id=row.id,
        kind=row.kind,
        payload=dict(row.payload),
        status=cast(Status, row.status),
        report=dict(row.report) if row.report is not None else None,
        requested_by=row.requested_by,
        attempts=row.attempts,
        lease_until=row.lease_until,
        lease_token=row.lease_token,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )
