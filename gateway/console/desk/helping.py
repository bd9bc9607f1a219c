"""What helps while a reply is being written: entries that may answer, and ready replies by a slash."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desk import canned, contacts, tickets
from desk.agents import Agent
from desk.tickets import Ticket
from gateway.console.access import require
from gateway.console.desk import suggesting
from gateway.console.forms import read_form
from gateway.console.pages import page
from gateway.console.route import ConsoleRoute
from gateway.console.services import ConsoleServices
from gateway.console.session import Me, Parts
from gateway.errors import NoDirectAnswer

router = APIRouter(route_class=ConsoleRoute, prefix="/tickets/{number}")

Words = Annotated[str, Query(max_length=200)]
ASKED = 300  # characters of a question to the index


@router.get("/suggestions")
async def suggestions(request: Request, number: str, me: Me, services: Parts, q: Words = "") -> Response:
    """Entries for the customer's last question, or for the words that the agent has typed."""
    ticket, questions = await run_in_threadpool(_asked, services, me, number, q.strip())
    asked = questions[0]
    found: tuple[suggesting.Suggestion, ...] = ()
    answered = True
    try:
        asked, candidates = await suggesting.best(services, [text[:ASKED] for text in questions])
        found = await run_in_threadpool(_suggested, services, ticket, candidates)
    except NoDirectAnswer:
        answered = False
    return page(request, "suggestions.html", me, found=found, asked=asked, answered=answered)


@router.get("/canned")
def ready_replies(number: str, me: Me, services: Parts, q: Words = "") -> dict[str, Any]:
    """Ready replies that begin with what is typed after the slash, their places filled."""
    with services.db.read() as session:
        ticket = tickets.get(session, number)
        require(me, "ticket.read", ticket)
        found = canned.find(session, q, me.id)
        contact = contacts.get(session, ticket.contact_id)
    values = {
        "contact": contact.name or "",
        "number": ticket.number,
        "agent": me.name,
        "product": services.wording.text("product.name"),
    }
    return {
        "replies": [
            {
                "id": one.id,
                "shortcut": one.shortcut,
                "title": one.title,
                "text": filled.text,
                "unknown": list(filled.unknown),
            }
            for one in found
            for filled in (canned.fill(one.text, values),)
        ]
    }


@router.post("/canned")
async def used(request: Request, number: str, me: Me, services: Parts) -> dict[str, Any]:
    """One of them was put into a reply: those that are used often come first."""
    canned_id = (await read_form(request)).number("id")
    await run_in_threadpool(_count, services, me, number, canned_id)
    return {}


def _asked(services: ConsoleServices, me: Agent, number: str, words: str) -> tuple[Ticket, tuple[str, ...]]:
    with services.db.read() as session:
        ticket = tickets.get(session, number)
        require(me, "ticket.read", ticket)
        return ticket, (words,) if words else suggesting.questions(session, ticket)


def _suggested(
    services: ConsoleServices, ticket: Ticket, found: list[suggesting.Candidate]
) -> tuple[suggesting.Suggestion, ...]:
    with services.db.read() as session:
        return suggesting.suggestions(session, ticket, found)


def _count(services: ConsoleServices, me: Agent, number: str, canned_id: int) -> None:
    with services.db.write() as session:
        require(me, "ticket.read", tickets.get(session, number))
        if canned_id in {one.id for one in canned.listing(session, me.id)}:
            canned.used(session, canned_id)
