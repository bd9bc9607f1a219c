"""The addresses of the streams, and of the same news for browsers that cannot keep a connection open."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Header, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desk import tickets, viewers
from desk.agents import Agent
from desk.viewers import Mode
from gateway.console.access import require
from gateway.console.desk import card
from gateway.console.forms import read_form
from gateway.console.live.desk import DeskWatch, standing
from gateway.console.live.ticket import TicketWatch, others, said, state
from gateway.console.live.watching import streamed, watch
from gateway.console.route import ConsoleRoute
from gateway.console.services import ConsoleServices, labels_of
from gateway.console.session import COOKIE, Me, Parts

router = APIRouter(route_class=ConsoleRoute)

Seq = Annotated[int, Query(ge=0)]
LastEventId = Annotated[str, Header(max_length=20)]


@router.get("/events")
async def desk_stream(request: Request, me: Me, services: Parts) -> Response:
    """The badge, what is worth a sound, and that lists are old."""
    require(me, "tickets.list")
    watched = DeskWatch(services, request.cookies.get(COOKIE, ""))
    return streamed(watch(services, None, watched.look, watched.beat))


@router.get("/news")
def desk_news(me: Me, services: Parts) -> dict[str, Any]:
    """The same, once."""
    require(me, "tickets.list")
    with services.db.read() as session:
        return standing(session, me).as_json()


@router.get("/tickets/{number}/events")
async def ticket_stream(
    request: Request, number: str, me: Me, services: Parts, after: Seq = 0, last_event_id: LastEventId = ""
) -> Response:
    """Messages after a seq, or after the last one that this browser got; and all that /events says."""
    conversation_id = await run_in_threadpool(_readable, services, me, number)
    known = int(last_event_id) if last_event_id.isascii() and last_event_id.isdigit() else 0
    watched = TicketWatch(request, services, request.cookies.get(COOKIE, ""), number, max(after, known))
    return streamed(watch(services, conversation_id, watched.look, watched.beat))


@router.get("/tickets/{number}/messages")
def ticket_news(request: Request, number: str, me: Me, services: Parts, after: Seq = 0) -> dict[str, Any]:
    """What was said after a seq, who else looks, and whether the rest of the page is out of date."""
    labels = labels_of(services)
    with services.db.read() as session:
        ticket = tickets.get(session, number)
        require(me, "ticket.read", ticket)
        live = card.live(session, ticket, me, after=after)
        now = state(session, live, me, labels)
    return {**now, "messages": [said(request, me, bubble) for bubble in live.bubbles]}


@router.post("/tickets/{number}/look")
async def look(request: Request, number: str, me: Me, services: Parts) -> dict[str, Any]:
    """I have this ticket open, may be writing, or have closed it; who else has it open."""
    mode: Mode | Literal["gone"] = (await read_form(request)).option("mode", (*get_args(Mode), "gone"))
    return await run_in_threadpool(_look, services, me, number, mode)


def _look(services: ConsoleServices, me: Agent, number: str, mode: Mode | Literal["gone"]) -> dict[str, Any]:
    labels = labels_of(services)
    with services.db.write() as session:
        ticket = tickets.get(session, number)
        require(me, "ticket.read", ticket)
        before = {one.agent_id: one.mode for one in viewers.others(session, ticket.id, 0, now=labels.now)}.get(me.id)
        if mode == "gone":
            viewers.leave(session, ticket.id, me.id)
        else:
            viewers.look(session, ticket.id, me.id, mode, now=labels.now)
        found = others(session, ticket, me, labels)
    if ticket.conversation_id is not None and before != mode:  # that somebody is still there is no news
        services.hub.notify(ticket.conversation_id)
    return {"viewers": found}


def _readable(services: ConsoleServices, me: Agent, number: str) -> int | None:
    """The conversation to listen to. Raises Forbidden, NotFound."""
    with services.db.read() as session:
        ticket = tickets.get(session, number)
        require(me, "ticket.read", ticket)
        return ticket.conversation_id
