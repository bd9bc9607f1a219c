"""The administrator's page: who works here."""

from __future__ import annotations

from typing import get_args

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desk import agents
from desk.agents import LONGEST_PASSWORD, SHORTEST_PASSWORD, Role
from gateway.console.access import require
from gateway.console.errors import Invalid
from gateway.console.forms import Form, read_form
from gateway.console.login import set_password
from gateway.console.pages import go_to, page
from gateway.console.route import ConsoleRoute
from gateway.console.services import ConsoleServices
from gateway.console.session import Me, Parts

router = APIRouter(route_class=ConsoleRoute, prefix="/agents")


@router.get("")
def team_page(request: Request, me: Me, services: Parts) -> Response:
    """Everybody, those who have left last."""
    require(me, "agents.list")
    with services.db.read() as session:
        everybody = sorted(agents.listing(session, active=None), key=lambda agent: not agent.active)
    return page(request, "team.html", me, team=everybody, shortest=SHORTEST_PASSWORD)


@router.post("")
async def add(request: Request, me: Me, services: Parts) -> Response:
    """A new colleague."""
    require(me, "agents.add")
    form = await read_form(request)
    await run_in_threadpool(_create, services, form)
    return go_to("/console/agents", done="agent_created")


@router.post("/{agent_id}/active")
async def activate(request: Request, agent_id: int, me: Me, services: Parts) -> Response:
    """On or off; off ends their sessions."""
    active = (await read_form(request)).option("active", ("yes", "no")) == "yes"

    def work() -> None:
        with services.db.write() as session:
            require(me, "agent.activate", agents.get(session, agent_id))
            agents.update(session, agent_id, active=active)

    await run_in_threadpool(work)
    return go_to("/console/agents", done="agent_on" if active else "agent_off")


@router.post("/{agent_id}/role")
async def change_role(request: Request, agent_id: int, me: Me, services: Parts) -> Response:
    """Another role."""
    role: Role = (await read_form(request)).option("role", get_args(Role))

    def work() -> None:
        with services.db.write() as session:
            require(me, "agent.role", agents.get(session, agent_id))
            agents.update(session, agent_id, role=role)

    await run_in_threadpool(work)
    return go_to("/console/agents", done="role_changed")


@router.post("/{agent_id}/password")
async def reset_password(request: Request, agent_id: int, me: Me, services: Parts) -> Response:
    """A new password for somebody who has forgotten theirs; it also ends a lock."""
    form = await read_form(request)

    def work() -> None:
        with services.db.read() as session:
            require(me, "agent.reset", agents.get(session, agent_id))
        set_password(services, agent_id, form.secret("password"))

    await run_in_threadpool(work)
    return go_to("/console/agents", done="password_reset")


def _create(services: ConsoleServices, form: Form) -> None:
    login, name, role = form.text("login"), form.text("name"), form.option("role", get_args(Role))
    try:
        agents.create(services.db, login, form.secret("password"), name=name, role=role, now=services.clock())
    except ValueError as error:
        raise Invalid("password_length", shortest=SHORTEST_PASSWORD, longest=LONGEST_PASSWORD) from error
