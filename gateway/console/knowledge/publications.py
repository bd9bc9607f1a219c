"""Publishing: what would change, asking for it, what came of it, and going back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desk import jobs, publications
from desk.agents import Agent
from desk.jobs import Job
from desk.publications import Publication
from desk.session import Session
from gateway.console.access import require
from gateway.console.desk.queue import names_of_agents
from gateway.console.errors import Invalid
from gateway.console.forms import read_form
from gateway.console.knowledge.jobs import active, ask_for
from gateway.console.knowledge.nav import Nav, nav
from gateway.console.knowledge.pending import Older, Pending, older, pending
from gateway.console.knowledge.reports import published
from gateway.console.pages import go_to, page
from gateway.console.route import ConsoleRoute
from gateway.console.services import ConsoleServices
from gateway.console.session import Me, Parts

router = APIRouter(route_class=ConsoleRoute, prefix="/publications")

KINDS = ("publish", "rollback")
_HISTORY = 20
_JOBS = 8


@dataclass(frozen=True)
class Standing:
    """What serves, what waits, what happened."""

    build_id: str  # that serves; empty when nobody answers
    latest: Publication | None
    pending: Pending
    busy: Job | None
    jobs: tuple[Job, ...]
    history: tuple[Publication, ...]
    older: tuple[Older, ...]
    refused: bool  # the last attempt met objections: only then can they be overruled
    names: Mapping[int, str]
    nav: Nav


@router.get("")
async def publications_page(
    request: Request, me: Me, services: Parts, number: Annotated[int, Query(ge=1, le=1000, alias="page")] = 1
) -> Response:
    """How things stand."""
    require(me, "publications.keep")
    state = await services.knowledge.state()
    found = await run_in_threadpool(_standing, services, str(state.get("build_id") or ""), number)
    return page(request, "publications.html", me, found=found, nav=found.nav, number=number)


@router.post("")
async def publish(request: Request, me: Me, services: Parts) -> Response:
    """Have the worker publish, or rehearse it; `overrule` is why in spite of the objections that were met."""
    require(me, "publications.keep")
    form = await read_form(request)
    rehearse = form.option("action", ("rehearse", "publish")) == "rehearse"
    overrule = "" if rehearse else form.optional("overrule")
    wanted = {"overrule": overrule, "refit": form.optional("refit") == "yes", "rehearse": rehearse}
    job = await run_in_threadpool(_ask, services, me, wanted)
    return go_to(f"/console/jobs/{job.id}", done="job_busy" if job.payload != wanted else "job_asked")


@router.post("/rollback")
async def roll_back(request: Request, me: Me, services: Parts) -> Response:
    """Have the worker serve an older build."""
    require(me, "publications.keep")
    form = await read_form(request)
    build_id, reason = form.optional("build_id"), form.text("reason")
    wanted = {"build_id": build_id or None, "reason": reason}
    job = await run_in_threadpool(ask_for, services, me, "rollback", wanted)
    return go_to(f"/console/jobs/{job.id}", done="job_busy" if job.payload != wanted else "job_asked")


@router.get("/{publication_id}")
def publication_page(request: Request, publication_id: int, me: Me, services: Parts) -> Response:
    """What came of one attempt."""
    require(me, "publications.keep")
    with services.db.read() as session:
        found = publications.get(session, publication_id)
        names = names_of_agents(session)
        last = publications.latest(session, state=None)
        around = nav(session)
    told = published(found.report, state=found.state)
    overrulable = last is not None and last.id == found.id and bool(told.objections) and found.state == "refused"
    return page(
        request, "publication.html", me, publication=found, told=told, names=names, overrulable=overrulable, nav=around
    )  # fmt: skip


def refused(session: Session) -> bool:
    """Whether the last attempt, real or rehearsed, met objections."""
    last = publications.latest(session, state=None, kind="publish")
    done = next((one for one in jobs.listing(session, kinds=("publish",), status="done", limit=1)), None)
    rehearsed = done is not None and bool((done.report or {}).get("rehearsed"))
    if done is not None and rehearsed and (last is None or (done.finished_at or done.created_at) >= last.created_at):
        return bool((done.report or {}).get("objections"))
    return last is not None and last.state == "refused"


def _ask(services: ConsoleServices, me: Agent, wanted: Mapping[str, Any]) -> Job:
    if wanted["overrule"]:
        with services.db.read() as session:
            if not refused(session):
                raise Invalid("nothing_refused")
    return ask_for(services, me, "publish", wanted)


def _standing(services: ConsoleServices, build_id: str, number: int) -> Standing:
    index = services.settings.index
    with services.db.read() as session:
        latest = publications.latest(session)
        serving = build_id or (latest.build_id if latest else "")
        return Standing(
            build_id=build_id,
            latest=latest,
            pending=pending(session, index, serving),
            busy=active(session, KINDS),
            jobs=jobs.listing(session, kinds=KINDS, limit=_JOBS),
            history=publications.listing(session, limit=_HISTORY, offset=(number - 1) * _HISTORY),
            older=older(session, index, serving),
            refused=refused(session),
            names=names_of_agents(session),
            nav=nav(session),
        )
