"""The queue, one ticket, and what can be done with it."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desk import tickets as desk_tickets
from desk.tickets import Priority
from gateway.console import card, work
from gateway.console.access import require
from gateway.console.forms import read_form
from gateway.console.labels import Labels
from gateway.console.pages import fragment, go_to, page
from gateway.console.queue import Tab, queue
from gateway.console.route import ConsoleRoute
from gateway.console.services import ConsoleServices
from gateway.console.session import Me, Parts

router = APIRouter(route_class=ConsoleRoute)


@router.get("")
def queue_page(request: Request, me: Me, services: Parts, tab: Tab = "todo") -> Response:
    """The list of tickets."""
    require(me, "tickets.list")
    with services.db.read() as session:
        found = queue(session, tab, me)
    return page(request, "queue.html", me, queue=found)


@router.get("/tickets/{number}")
def ticket_page(
    request: Request, number: str, me: Me, services: Parts, everything: Annotated[bool, Query(alias="all")] = False
) -> Response:
    """One ticket with its conversation."""
    labels = Labels(services.wording, services.hours.tz, services.clock())
    with services.db.read() as session:
        ticket = desk_tickets.get(session, number)
        require(me, "ticket.read", ticket)
        found = card.ticket_page(session, ticket, me, labels, everything=everything)
    return page(request, "ticket.html", me, found=found, live=found.live, ticket=ticket, key=token_urlsafe(16))


@router.get("/tickets/{number}/messages")
def messages(
    request: Request, number: str, me: Me, services: Parts, after: Annotated[int, Query(ge=0)] = 0
) -> dict[str, Any]:
    """What was said after a seq, and whether the rest of the page is out of date."""
    with services.db.read() as session:
        ticket = desk_tickets.get(session, number)
        require(me, "ticket.read", ticket)
        live = card.live(session, ticket, me, after=after)
    return {
        "version": live.version,
        "speaks": live.speaks,
        "messages": [
            {
                "seq": bubble.seq,
                "author": bubble.author,
                "text": "".join(span.text for span in bubble.spans),
                "html": fragment(request, "bubble.html", me, bubble=bubble),
            }
            for bubble in live.bubbles
        ],
    }


@router.post("/tickets/{number}/take")
async def take(number: str, me: Me, services: Parts) -> Response:
    """接手."""
    _ring(services, await run_in_threadpool(work.take, services, me, number))
    return _back(number, "taken")


@router.post("/tickets/{number}/reply")
async def reply(request: Request, number: str, me: Me, services: Parts) -> Response:
    """Answer the customer."""
    form = await read_form(request)
    text, key = form.text("text"), form.text("key")
    _ring(services, await run_in_threadpool(work.reply, services, me, number, text, key=key))
    return _back(number, "replied")


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
    status = form.option("status", get_args(work.Station))
    await run_in_threadpool(work.move, services, me, number, status)
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


def _ring(services: ConsoleServices, conversation_id: int | None) -> None:
    """After the commit: those who listen read from the database."""
    if conversation_id is not None:
        services.hub.notify(conversation_id)


def _back(number: str, done: str) -> Response:
    return go_to(f"/console/tickets/{number}", done=done)
