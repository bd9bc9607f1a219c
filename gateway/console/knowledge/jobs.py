"""Jobs for the worker: asked for once, watched until they are done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from desk import jobs
from desk.agents import Agent
from desk.jobs import Job
from desk.session import Session
from gateway.console.access import require
from gateway.console.desk.queue import names_of_agents
from gateway.console.knowledge.nav import nav
from gateway.console.knowledge.reports import imported, published
from gateway.console.pages import page
from gateway.console.route import ConsoleRoute
from gateway.console.services import ConsoleServices
from gateway.console.session import Me, Parts
from gateway.errors import Missing

router = APIRouter(route_class=ConsoleRoute)

# What one must be allowed to do, and the page that it belongs to.
_KINDS = {
    "publish": ("publications.keep", "/console/publications"),
    "rollback": ("publications.keep", "/console/publications"),
    "ingest": ("imports.keep", "/console/imports"),
    "cluster": ("gaps.keep", "/console/gaps"),
}
# Kinds of which one at a time is enough: a second would only be refused.
_ALONE = (("publish", "rollback"), ("cluster",))


def ask_for(services: ConsoleServices, agent: Agent, kind: str, payload: Mapping[str, Any]) -> Job:
    """The job; the one that is waiting or running, where one at a time is enough."""
    with services.db.write() as session:
        kinds = next((group for group in _ALONE if kind in group), ())
        busy = active(session, kinds) if kinds else None
        return busy or jobs.request(session, kind, payload, by=agent.actor, now=services.clock())


def active(session: Session, kinds: tuple[str, ...]) -> Job | None:
    """The newest job of these kinds that is not done."""
    found = jobs.listing(session, kinds=kinds, limit=10)
    return next((one for one in found if one.status in ("pending", "running")), None)


@router.get("/jobs/{job_id}")
def job_page(request: Request, job_id: int, me: Me, services: Parts) -> Response:
    """How far it is, then what came of it."""
    with services.db.read() as session:
        job = jobs.get(session, job_id)
        if job.kind not in _KINDS:
            raise Missing
        action, belongs_to = _KINDS[job.kind]
        require(me, action)
        names = names_of_agents(session)
        around = nav(session)
        report = job.report or {}
        told = published(report) if job.kind == "publish" and job.status == "done" else None
        taken = imported(session, report) if job.kind == "ingest" and job.status == "done" else None
    return page(
        request, "job.html", me, job=job, report=report, told=told, taken=taken, names=names, nav=around, at=belongs_to
    )  # fmt: skip
