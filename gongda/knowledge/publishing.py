"""Publish what the desk has approved, and tell everybody who waits for it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx2

from desk import asked, gaps, publications
from desk.clock import Clock
from desk.database import Database
from gongda.knowledge.checking import checker
from gongda.knowledge.corpus import of_desk, uncovered
from gongda.policy import load_policy
from gongda.retrieving import encoder
from gongda.secrets import Secrets
from gongda.settings import Settings
from kb_ingest.errors import IngestError
from kb_ingest.publishing import Publication, Question, Source, publish, roll_back
from retrieval.building.progress import Progress, silent
from retrieval.errors import RetrievalError
from zhtext.secrets import mask_secrets

log = logging.getLogger(__name__)

RECENT_DAYS = 30
RECENT_QUESTIONS = 200
_RELOAD_SECONDS = 10.0  # a large build takes its time; ACTIONS looks by itself every 2 s anyway


@dataclass(frozen=True)
class Order:
    """Who wants to publish, why in spite of objections, whether to fit weights and thresholds again, and whether to
    stop before the switch."""

    by: str
    overrule: str = ""
    refit: bool = False
    rehearse: bool = False


def publish_desk(
    settings: Settings, database: Database, clock: Clock, order: Order, progress: Progress = silent
) -> Publication:
    """Build, compare, judge, switch, record. Raises IngestError, RetrievalError, StoreError, BadSetting; the build
    that serves goes on serving then, and the attempt is recorded as failed."""
    taken = clock()  # what is approved from now on is not in it
    approved = of_desk(database, uncovered(settings))
    questions = _questions(database, approved.source, clock)
    policy = load_policy(settings.root / settings.support)
    try:
        done = publish(
            approved.source, encoder(settings), settings.index, now=clock(), questions=questions,
            check=checker(policy), overrule=order.overrule, refit=order.refit, rehearse=order.rehearse,
            risk=policy.knowledge.risk, progress=progress,
        )  # fmt: skip
    except (IngestError, RetrievalError) as error:
        _record(database, taken, order, "failed", "", {"error": str(error)})
        raise
    if order.rehearse:
        return done
    report = done.report.to_json()
    _record(database, taken, order, "published" if done.published else "refused", done.report.build_id, report)
    if done.published:
        reload_actions(settings)
        answered(database, clock, approved.fingerprints)
    return done


def roll_back_to(
    settings: Settings, database: Database, clock: Clock, by: str, build_id: str | None = None, reason: str = ""
) -> tuple[str, str]:
    """Serve an older build; (from, to). Raises IngestError, RetrievalError, StoreError."""
    former, now_serving = roll_back(settings.index, build_id)
    with database.write() as session:
        report = {"former": former}
        publications.record(
            session, "rollback", now_serving, by=by, state="published", reason=reason, report=report, now=clock()
        )
    reload_actions(settings)
    return former, now_serving


def reload_actions(settings: Settings, post: Callable[..., Any] = httpx2.post) -> bool:
    """Ask ACTIONS to look at CURRENT now; False when nobody answers, and it will look by itself."""
    token = Secrets(settings.var / "secrets").get("actions_token")
    try:
        response = post(
            f"{settings.actions_url}/reload", json={}, headers={"x-gongda-token": token}, timeout=_RELOAD_SECONDS
        )
        response.raise_for_status()
    except httpx2.HTTPError as error:
        log.info("the action server was not told of the new build: %s", error)
        return False
    return True


def answered(database: Database, clock: Clock, live: Mapping[str, str]) -> int:
    """Gaps whose entry is live now are answered, and their askers will be told. How many gaps."""
    with database.write() as session:
        return len(gaps.answered(session, live, now=clock()))


def _questions(database: Database, source: Source, clock: Clock) -> tuple[Question, ...]:
    """Pinned ones, and what people really asked of late; secrets in those are masked, for the report is kept."""
    since = clock() - timedelta(days=RECENT_DAYS)
    with database.read() as session:
        recent = asked.recent(session, since=since, limit=RECENT_QUESTIONS)
    pinned = [Question(text, entry_id) for text, entry_id in source.asked.items()]
    return (*pinned, *(Question(mask_secrets(text).text) for text in recent if text not in source.asked))


def _record(
    database: Database, taken: datetime, order: Order, state: Any, build_id: str, report: dict[str, Any]
) -> None:
    with database.write() as session:
        publications.record(
            session, "publish", build_id, by=order.by, state=state, reason=order.overrule, report=report, now=taken
        )
