"""The administrator's page: who works here. And for everybody: whether I am there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desk import agents
from desk.agents import LONGEST_PASSWORD, SHORTEST_PASSWORD, Agent, Presence, Role
from desk.errors import AlreadyExists, BadValue
from gateway.console.access import require
from gateway.console.errors import Invalid
from gateway.console.forms import Form, read_form
from gateway.console.login import set_password
from gateway.console.pages import go_to, page
from gateway.console.route import ConsoleRoute
from gateway.console.service.profiles import Typed, for_people, refusal, suggestions
from gateway.console.services import ConsoleServices
from gateway.console.session import Me, Parts

router = APIRouter(route_class=ConsoleRoute)


@dataclass(frozen=True)
class Member:
    """One row: an agent, whether they are there now, and what they know well."""

    agent: Agent
    presence: Presence
    skills: tuple[str, ...]


@router.get("/agents")
def team_page(request: Request, me: Me, services: Parts) -> Response:
    """Everybody, those who have left last."""
    require(me, "agents.list")
    return _page(request, me, services, Typed())


@router.post("/agents")
async def add(request: Request, me: Me, services: Parts) -> Response:
    """A new colleague."""
    require(me, "agents.add")
    form = await read_form(request)
    try:
        await run_in_threadpool(_create, services, form, me)
    except (AlreadyExists, BadValue, Invalid) as error:
        typed = Typed.of_form(form, message=for_people(request, error, refusal(error, services)))
        status = 409 if isinstance(error, AlreadyExists) else 422
        return await run_in_threadpool(_page, request, me, services, typed, status)
    return go_to("/console/agents", done="agent_created")


@router.post("/agents/{agent_id}/active")
async def activate(request: Request, agent_id: int, me: Me, services: Parts) -> Response:
    """On or off; off ends their sessions."""
    active = (await read_form(request)).option("active", ("yes", "no")) == "yes"

    def work() -> None:
        now = services.clock()
        with services.db.write() as session:
            require(me, "agent.activate", agents.get(session, agent_id))
            with agents.audited(session, agent_id, by=me.actor, now=now):
                agents.update(session, agent_id, active=active)

    await run_in_threadpool(work)
    return go_to("/console/agents", done="agent_on" if active else "agent_off")


@router.post("/agents/{agent_id}/role")
async def change_role(request: Request, agent_id: int, me: Me, services: Parts) -> Response:
    """Another role."""
    role: Role = (await read_form(request)).option("role", get_args(Role))

    def work() -> None:
        now = services.clock()
        with services.db.write() as session:
            require(me, "agent.role", agents.get(session, agent_id))
            with agents.audited(session, agent_id, by=me.actor, now=now):
                agents.update(session, agent_id, role=role)

    await run_in_threadpool(work)
    return go_to("/console/agents", done="role_changed")


@router.post("/agents/{agent_id}/password")
async def reset_password(request: Request, agent_id: int, me: Me, services: Parts) -> Response:
    """A new password for somebody who has forgotten theirs; it also ends a lock."""
    form = await read_form(request)

    def work() -> None:
        with services.db.read() as session:
            require(me, "agent.reset", agents.get(session, agent_id))
        set_password(services, agent_id, form.secret("password"))

    await run_in_threadpool(work)
    return go_to("/console/agents", done="password_reset")


@router.post("/presence")
async def change_presence(request: Request, me: Me, services: Parts) -> Response:
    """Online, busy or offline: who is not online gets no new tickets."""
    require(me, "agent.presence", me)
    presence: Presence = (await read_form(request)).option("presence", get_args(Presence))

    def work() -> None:
        with services.db.write() as session:
            agents.set_presence(session, me.id, presence, now=services.clock())

    await run_in_threadpool(work)
    return go_to("/console", done="presence_changed")


def _page(request: Request, me: Agent, services: ConsoleServices, typed: Typed, status: int = 200) -> Response:
    now = services.clock()
    with services.db.read() as session:
        everybody = sorted(agents.listing(session, active=None), key=lambda agent: not agent.active)
        skills = agents.skills(session)
    team = [Member(one, agents.presence_at(one, now), skills.get(one.id, ())) for one in everybody]
    known = suggestions(services.rules.routing, skills)
    return page(
        request, "team.html", me, status=status, team=team, typed=typed, known=known, shortest=SHORTEST_PASSWORD
    )


def _create(services: ConsoleServices, form: Form, me: Agent) -> None:
    login, role = form.text("login"), form.option("role", get_args(Role))
    password, typed = form.secret("password"), Typed.of_form(form)
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid("password_length", shortest=SHORTEST_PASSWORD, longest=LONGEST_PASSWORD)
    agents.create(
        services.db,
        login,
        password,
        name=form.text("name"),
        role=role,
        profile=typed.profile(),
        skills=typed.skills,
        by=me.actor,
        now=services.clock(),
    )
