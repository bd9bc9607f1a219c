"""What each kind of job does. Payloads and reports are the console's contract: plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from desk import jobs as desk_jobs
from desk.clock import Clock
from desk.database import Database
from desk.jobs import Job
from gongda.knowledge.gathering import gather
from gongda.knowledge.importing import take_in
from gongda.knowledge.jobs import CLUSTER, INGEST, PUBLISH, ROLL_BACK, Work
from gongda.knowledge.publishing import Order, publish_desk, roll_back_to
from gongda.knowledge.uploads import remove, sweep
from gongda.policy import load_policy
from gongda.settings import Settings
from kb_ingest.ingest import ingest

_TO_DO: tuple[desk_jobs.Status, ...] = ("pending", "running")
_MOST_WAITING = 10_000  # imports; all there are


def works(settings: Settings, database: Database, clock: Clock) -> dict[str, Work]:
    """Kind -> what does it."""
    return {
        PUBLISH: partial(_publish, settings, database, clock),
        ROLL_BACK: partial(_roll_back, settings, database, clock),
        INGEST: partial(_ingest, settings, database, clock),
        CLUSTER: partial(_gather, settings, database, clock),
    }


def _publish(settings: Settings, database: Database, clock: Clock, job: Job) -> Mapping[str, Any]:
    """{overrule, refit, rehearse} -> the report of the publication, with `published`."""
    wanted = job.payload
    order = Order(
        by=job.requested_by, overrule=str(wanted.get("overrule") or ""), refit=bool(wanted.get("refit")),
        rehearse=bool(wanted.get("rehearse")),
    )  # fmt: skip
    done = publish_desk(settings, database, clock, order)
    return {"published": done.published, "rehearsed": order.rehearse, **done.report.to_json()}


def _roll_back(settings: Settings, database: Database, clock: Clock, job: Job) -> Mapping[str, Any]:
    """{build_id, reason} -> {former, build_id}."""
    former, serving = roll_back_to(
        settings, database, clock, job.requested_by, job.payload.get("build_id"), str(job.payload.get("reason") or "")
    )
    return {"former": former, "build_id": serving}


def _ingest(settings: Settings, database: Database, clock: Clock, job: Job) -> Mapping[str, Any]:
    """{folder} -> the ingest report, with the ids of the drafts.

    What was uploaded goes, whatever comes of it: it is in the drafts then, or the job has failed for good.
    """
    folder = Path(str(job.payload["folder"]))
    try:
        sweep(settings.uploads, (folder, *_awaited(database)), now=clock())
        policy = load_policy(settings.root / settings.support)
        found = ingest([folder], allow=policy.contacts, now=clock())
        imported = take_in(database, found.entries, author=job.requested_by, clock=clock)
    finally:
        remove(folder, settings.uploads)
    return {
        "files": [file.to_json() for file in found.files],
        "changes": len(imported.drafts),
        "drafts": list(imported.drafts),
        "conflicts": list(imported.conflicts),
        "refused": list(imported.refused),
    }


def _awaited(database: Database) -> tuple[Path, ...]:
    """The folders of imports that are still to be done: the worker may have been down for days."""
    with database.read() as session:
        found = [
            job
            for status in _TO_DO
            for job in desk_jobs.listing(session, kinds=[INGEST], status=status, limit=_MOST_WAITING)
        ]
    return tuple(Path(str(job.payload["folder"])) for job in found if "folder" in job.payload)


def _gather(settings: Settings, database: Database, clock: Clock, _: Job) -> Mapping[str, Any]:
    """{} -> {questions, gaps}: how many questions found a place, and how many gaps are new."""
    gathered = gather(database, settings, clock)
    return {"questions": gathered.questions, "gaps": gathered.gaps}
