"""Incidents: what many report at once, who decides what it is, and what customers are told."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desk import incidents, tickets
from desk.agents import Agent
from desk.errors import AlreadyExists, MalformedNumber, NotFound
from desk.incidents import Incident
from desk.session import Session
from gateway.care.incidents import Step
from gateway.console.access import require
from gateway.console.errors import Invalid, problem
from gateway.console.forms import read_form
from gateway.console.pages import go_to, page
from gateway.console.route import ConsoleRoute
from gateway.console.service import incident_acts as acts
from gateway.console.service.incident_draft import LIMITS, Draft, short
from gateway.console.service.incident_page import TABS, endings, incident_list, incident_page, previews
from gateway.console.services import ConsoleServices, labels_of
from gateway.console.session import Me, Parts

router = APIRouter(route_class=ConsoleRoute, prefix="/incidents")

Tab = Literal["going_on", "closed", "dismissed"]


@router.get("")
def incidents_page(
    request: Request,
    me: Me,
    services: Parts,
    tab: Tab = "going_on",
    number: Annotated[int, Query(ge=1, le=1000, alias="page")] = 1,
) -> Response:
    """By state; those to be decided on first."""
    require(me, "incidents.read")
    with services.db.read() as session:
        found = incident_list(session, tab, number)
    return page(request, "incidents.html", me, found=found, tabs=tuple(TABS))


@router.get("/new")
def new_page(request: Request, me: Me, services: Parts, ticket: Annotated[str, Query(max_length=40)] = "") -> Response:
    """Propose one by hand, perhaps because of a ticket."""
    require(me, "incidents.propose")
    draft = Draft()
    if ticket:
        with services.db.read() as session:
            draft = Draft.about(tickets.get(session, ticket))
    return _new(request, me, draft, ticket)


@router.post("/new")
async def propose(request: Request, me: Me, services: Parts) -> Response:
    """What was typed stays on the page when something is wrong with it."""
    require(me, "incidents.propose")
    form = await read_form(request)
    draft, named = Draft.typed(form), form.raw("tickets")
    try:
        made = await run_in_threadpool(acts.propose, services, me, draft, named)
    except (Invalid, AlreadyExists, NotFound, MalformedNumber) as error:
        return _new(request, me, draft, named, _sentence(services, error), status=_status(error))
    return _back(made, "incident_proposed")


@router.get("/{incident_id}")
def one_incident_page(request: Request, incident_id: int, me: Me, services: Parts) -> Response:
    """One incident, with the form to decide on it."""
    require(me, "incidents.read")
    return _one(request, me, services, incident_id)


@router.post("/{incident_id}/preview")
async def preview(request: Request, incident_id: int, me: Me, services: Parts) -> Response:
    """The card as customers would read it; nothing is stored."""
    require(me, "incidents.read")
    draft = Draft.typed(await read_form(request))
    return await run_in_threadpool(lambda: _one(request, me, services, incident_id, draft))


@router.post("/{incident_id}/save")
async def save(request: Request, incident_id: int, me: Me, services: Parts) -> Response:
    """Put it right."""
    return await _decide(request, me, services, incident_id, None)


@router.post("/{incident_id}/confirm")
async def confirm(request: Request, incident_id: int, me: Me, services: Parts) -> Response:
    """From now on customers get the card."""
    return await _decide(request, me, services, incident_id, "confirmed")


@router.post("/{incident_id}/close")
async def close(request: Request, incident_id: int, me: Me, services: Parts) -> Response:
    """It is over; the worker tells everybody."""
    require(me, "incidents.keep")
    form = await read_form(request)
    resolution = short(labels_of(services), "resolution", form.raw("resolution"), needed=True)
    resolves = form.raw("resolves") == "yes"
    await acts.do(
        services,
        me,
        lambda session: incidents.close(
            session, incident_id, resolution, resolves=resolves, by=me.actor, now=services.clock()
        ),
        "closed",
    )
    return _back(incident_id, "incident_closed")


@router.post("/{incident_id}/dismiss")
async def dismiss(request: Request, incident_id: int, me: Me, services: Parts) -> Response:
    """Nothing of it."""
    require(me, "incidents.keep")
    reason = short(labels_of(services), "reason", (await read_form(request)).raw("reason"), needed=True)
    now = services.clock()
    await acts.do(
        services, me, lambda session: incidents.dismiss(session, incident_id, reason=reason, by=me.actor, now=now)
    )
    return _back(incident_id, "incident_dismissed")


@router.post("/{incident_id}/merge")
async def merge(request: Request, incident_id: int, me: Me, services: Parts) -> Response:
    """Both are one trouble."""
    require(me, "incidents.keep")
    into = (await read_form(request)).number("into")
    now = services.clock()
    await acts.do(services, me, lambda session: incidents.merge(session, incident_id, into, by=me.actor, now=now))
    return _back(into, "incident_merged")


@router.post("/{incident_id}/link")
async def link(request: Request, incident_id: int, me: Me, services: Parts) -> Response:
    """These tickets report it, too."""
    require(me, "incidents.propose")
    numbers = acts.named(services, await read_form(request), "tickets")
    await acts.do(services, me, lambda session: acts.linked(session, services, me, incident_id, numbers))
    return _back(incident_id, "incident_linked")


@router.post("/{incident_id}/unlink")
async def unlink(request: Request, incident_id: int, me: Me, services: Parts) -> Response:
    """This one is about something else."""
    require(me, "incidents.propose")
    (number, *_) = acts.named(services, await read_form(request), "tickets")

    def act(session: Session) -> Incident:
        incidents.unlink(session, incident_id, number, by=me.actor, now=services.clock())
        return incidents.get(session, incident_id)

    await acts.do(services, me, act)
    return _back(incident_id, "incident_unlinked")


async def _decide(
    request: Request, me: Agent, services: ConsoleServices, incident_id: int, step: Step | None
) -> Response:
    require(me, "incidents.keep")
    draft = Draft.typed(await read_form(request))
    now, act = services.clock(), incidents.confirm if step else incidents.edit

    def work(session: Session) -> Incident:
        known = incidents.get(session, incident_id)
        wanted = draft.checked(services, known.category, message=step is not None or known.running)
        return act(session, incident_id, wanted, by=me.actor, now=now)

    try:
        await acts.do(services, me, work, step)
    except (Invalid, AlreadyExists) as error:
        said, status = _sentence(services, error), _status(error)
        return await run_in_threadpool(lambda: _one(request, me, services, incident_id, draft, said, status))
    return _back(incident_id, f"incident_{step or 'saved'}")


def _one(
    request: Request,
    me: Agent,
    services: ConsoleServices,
    incident_id: int,
    draft: Draft | None = None,
    wrong: str = "",
    status: int = 200,
) -> Response:
    with services.db.read() as session:
        found = incident_page(session, incident_id)
    shown = draft or Draft.of(found.incident)
    typed = {"title": shown.title, "message": shown.message, "workaround": shown.workaround}
    return page(
        request,
        "incident.html",
        me,
        status=status,
        found=found,
        incident=found.incident,
        draft=shown,
        typed=draft is not None,
        wrong=wrong,
        limits=LIMITS,
        previews=previews(found.incident, services.wording, services.hours.tz, **typed),
        endings=endings(found.incident, services.wording) if found.incident.state == "closed" else {},
    )


def _new(request: Request, me: Agent, draft: Draft, named: str, wrong: str = "", *, status: int = 200) -> Response:
    return page(
        request, "new_incident.html", me, status=status, draft=draft, named=named, wrong=wrong, limits=LIMITS
    )  # fmt: skip


def _sentence(services: ConsoleServices, error: Exception) -> str:
    if isinstance(error, AlreadyExists):
        return labels_of(services).name("incident_wrong", "goes_on")
    if isinstance(error, NotFound):
        return labels_of(services).name("incident_wrong", "no_ticket")
    return problem(error, services.wording).sentence


def _status(error: Exception) -> int:
    return 409 if isinstance(error, AlreadyExists) else 422


def _back(incident_id: int, done: str) -> Response:
    return go_to(f"/console/incidents/{incident_id}", done=done)
