"""What each kind of job does. Payloads and reports are the console's contract: plain JSON."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from desk.clock import Clock
from desk.database import Database
from desk.jobs import Job
from gongda.knowledge.gathering import gather
from gongda.knowledge.importing import take_in
from gongda.knowledge.jobs import CLUSTER, INGEST, PUBLISH, ROLL_BACK, Work
from gongda.knowledge.publishing import Order, publish_desk, roll_back_to
from gongda.policy import load_policy
from gongda.settings import Settings
from kb_ingest.ingest import ingest


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
    """{folder} -> the ingest report, with the ids of the drafts. What was uploaded is in the drafts then, and goes."""
    folder = Path(str(job.payload["folder"]))
    policy = load_policy(settings.root / settings.support)
    found = ingest([folder], allow=policy.contacts, now=clock())
    imported = take_in(database, found.entries, author=job.requested_by, clock=clock)
    if folder.resolve().is_relative_to(settings.uploads.resolve()):
        shutil.rmtree(folder, ignore_errors=True)
    return {
        "files": [file.to_json() for file in found.files],
        "changes": len(imported.drafts),
        "drafts": list(imported.drafts),
        "conflicts": list(imported.conflicts),
        "refused": list(imported.refused),
    }


def _gather(settings: Settings, database: Database, clock: Clock, _: Job) -> Mapping[str, Any]:
    """{} -> {questions, gaps}: how many questions found a place, and how many gaps are new."""
    gathered = gather(database, settings, clock)
    return {"questions": gathered.questions, "gaps": gathered.gaps}
