"""Pinned questions: each must go on finding its entry, or a publication is refused."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desk import pins
from desk.agents import Agent
from desk.errors import AlreadyExists
from gateway.console.access import require
from gateway.console.errors import Invalid
from gateway.console.forms import read_form
from gateway.console.pages import go_to
from gateway.console.route import ConsoleRoute
from gateway.console.services import ConsoleServices
from gateway.console.session import Me, Parts

router = APIRouter(route_class=ConsoleRoute)


@router.post("/pins")
async def pin(request: Request, me: Me, services: Parts) -> Response:
    """Pin a question to an entry."""
    form = await read_form(request)
    text, entry_id = form.text("question"), form.text("entry_id")
    await run_in_threadpool(_pin, services, me, text, entry_id)
    return go_to(f"/console/entries/{entry_id}", done="pinned")


@router.post("/entries/{entry_id}/pins/{pin_id}/remove")
async def unpin(entry_id: str, pin_id: int, me: Me, services: Parts) -> Response:
    """The question may find another entry from now on."""
    await run_in_threadpool(_unpin, services, me, entry_id, pin_id)
    return go_to(f"/console/entries/{entry_id}", done="unpinned")


def _pin(services: ConsoleServices, me: Agent, text: str, entry_id: str) -> None:
    with services.db.write() as session:
        require(me, "pins.keep")
        try:
            pins.add(session, text, entry_id, author=me.actor, now=services.clock())
        except AlreadyExists as error:
            taken = next((one.entry_id for one in pins.listing(session) if one.text == text), "")
            raise Invalid("pinned_elsewhere", entry=taken) from error


def _unpin(services: ConsoleServices, me: Agent, entry_id: str, pin_id: int) -> None:
    """Once more is no error: it is gone."""
    with services.db.write() as session:
        require(me, "pins.keep")
        if any(one.id == pin_id for one in pins.listing(session, entry_id=entry_id)):
            pins.remove(session, pin_id, by=me.actor, now=services.clock())
