"""The queue, one ticket, and what can be done with it."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desk import tickets as desk_tickets
from desk.agents import Agent
from desk.calendar import CalendarWarning, warnings
from desk.tickets import Priority
from gateway.console.access import allow, require
from gateway.console.desk import card, work
from gateway.console.desk.care_pages import HOURS
from gateway.console.desk.filters import filters
from gateway.console.desk.queue import queue
from gateway.console.desk.wanted import Wanted
from gateway.console.desk.window import outlook
from gateway.console.forms import read_form
from gateway.console.live.desk import standing
from gateway.console.pages import go_to, page
from gateway.console.route import ConsoleRoute
from gateway.console.services import ConsoleServices, labels_of
from gateway.console.session import Me, Parts

router = APIRouter(route_class=ConsoleRoute)


@router.get("")
def queue_page(request: Request, me: Me, services: Parts) -> Response:
    """The list of tickets."""
    require(me, "tickets.list")
    wanted, now = Wanted.of(request.query_params), services.clock()
    with services.db.read() as session:
        found = queue(session, services, wanted, me, now)
        choices, badge = filters(session, labels_of(services)), standing(session, me).badge
    shown: dict[str, Any] = {"queue": found, "wanted": wanted, "choices": choices, "badge": badge}
    shown["warnings"] = _calendar_warnings(services, me)
    return page(request, "queue.html", me, page_address=lambda number: wanted.address(page=number), **shown)


@router.get("/tickets/{number}")
def ticket_page(
    request: Request, number: str, me: Me, services: Parts, everything: Annotated[bool, Query(alias="all")] = False
) -> Response:
    """One ticket with its conversation."""
    labels = labels_of(services)
    with services.db.read() as session:
        ticket = desk_tickets.get(session, number)
        require(me, "ticket.read", ticket)
        found = card.ticket_page(session, services, ticket, me, labels, everything=everything)
    return page(
        request, "ticket.html", me, found=found, live=found.live, ticket=ticket, key=token_urlsafe(16), hours=HOURS
    )


@router.post("/tickets/{number}/take")
async def take(number: str, me: Me, services: Parts) -> Response:
    """接手."""
    _ring(services, await run_in_threadpool(work.take, services, me, number))
    return _back(number, "taken")


@router.post("/tickets/{number}/reply")
async def reply(request: Request, number: str, me: Me, services: Parts) -> Response:
    """Answer the customer."""
    form = await read_form(request)
    after = form.number("after") if form.optional("after") and not form.optional("anyway") else None
    answer = work.Answer(form.text("text"), form.text("key"), after)
    reaches = await run_in_threadpool(_outlook, services, number, answer.text)
    _ring(services, await run_in_threadpool(work.reply, services, me, number, answer))
    return _back(number, f"replied{reaches}")


@router.post("/tickets/{number}/note")
async def note(request: Request, number: str, me: Me, services: Parts) -> Response:
    """Internal note."""
    form = await read_form(request)
    await run_in_threadpool(work.note, services, me, number, form.text("note"))
    return _back(number, "noted")


@router.post("/tickets/{number}/transfer")
async def transfer(request: Request, number: str, me: Me, services: Parts) -> Response:
    """Give it to a colleague."""
    form = await read_form(request)
    to, reason = form.number("agent"), form.optional("reason")
    _ring(services, await run_in_threadpool(work.transfer, services, me, number, to, reason=reason))
    return _back(number, "transferred")


@router.post("/tickets/{number}/move")
async def move(request: Request, number: str, me: Me, services: Parts) -> Response:
    """Waiting for the customer, on site, going on."""
    form = await read_form(request)
    status, seen = form.option("status", get_args(work.Station)), form.optional("seen")
    await run_in_threadpool(work.move, services, me, number, status, form.number("seen") if seen else None)
    return _back(number, "moved")


@router.post("/tickets/{number}/correct")
async def correct(request: Request, number: str, me: Me, services: Parts) -> Response:
    """Category and priority."""
    form = await read_form(request)
    category, priority = form.text("category"), form.option("priority", get_args(Priority))
    await run_in_threadpool(work.correct, services, me, number, category=category, priority=priority)
    return _back(number, "corrected")


@router.post("/tickets/{number}/resolve")
async def resolve(request: Request, number: str, me: Me, services: Parts) -> Response:
    """Solved."""
    form = await read_form(request)
    _ring(services, await run_in_threadpool(work.resolve, services, me, number, form.text("solution")))
    return _back(number, "resolved")


@router.post("/tickets/{number}/reopen")
async def reopen(request: Request, number: str, me: Me, services: Parts) -> Response:
    """Not solved after all."""
    form = await read_form(request)
    await run_in_threadpool(work.reopen, services, me, number, reason=form.optional("reason"))
    return _back(number, "reopened")


def _calendar_warnings(services: ConsoleServices, me: Agent) -> tuple[CalendarWarning, ...]:
    """For those who can do something about it: they go away when the year is confirmed in support.toml."""
    return warnings(services.clock(), services.hours) if allow(me, "calendar.keep") else ()


def _outlook(services: ConsoleServices, number: str, text: str) -> str:
    """Looked at before it is sent: afterwards it counts itself."""
    with services.db.read() as session:
        return outlook(session, desk_tickets.get(session, number), services.channels, services.clock(), text)


def _ring(services: ConsoleServices, conversation_id: int | None) -> None:
    """After the commit: those who listen read from the database."""
    if conversation_id is not None:
        services.hub.notify(conversation_id)


def _back(number: str, done: str) -> Response:
    return go_to(f"/console/tickets/{number}", done=done)
