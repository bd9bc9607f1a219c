"""A case for the knowledge base from a ticket that is solved, in one click."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from desk import entries, tickets
from desk.agents import Agent
from desk.errors import EditConflict, IllegalMove
from desk.tickets import Ticket
from gateway.console.access import require
from gateway.console.knowledge import begun
from gateway.console.knowledge.begun import Near
from gateway.console.pages import go_to
from gateway.console.route import ConsoleRoute
from gateway.console.services import ConsoleServices
from gateway.console.session import Me, Parts

router = APIRouter(route_class=ConsoleRoute)


@router.post("/tickets/{number}/case")
async def draft_case(number: str, me: Me, services: Parts) -> Response:
    """A draft with secrets masked; the one there is, when somebody has begun it before."""
    ticket, asked = await run_in_threadpool(_solved, services, me, number)
    found = await begun.near(services, asked)
    entry_id, fresh = await run_in_threadpool(_draft, services, me, ticket, found)
    if not fresh:
        return go_to(f"/console/entries/{entry_id}", done="case_there")
    return go_to(f"/console/entries/{entry_id}/edit", done="case_drafted")


def _solved(services: ConsoleServices, me: Agent, number: str) -> tuple[Ticket, tuple[str, ...]]:
    """The ticket, and what it was about. Raises IllegalMove for one that is still open."""
    with services.db.read() as session:
        ticket = tickets.get(session, number)
        require(me, "ticket.case", ticket)
        if ticket.open:
            raise IllegalMove(f"ticket {ticket.number} is {ticket.status}; a case is told when it is solved")
        return ticket, (ticket.summary, *begun.transcript(session, ticket)[-3:])


def _draft(services: ConsoleServices, me: Agent, ticket: Ticket, found: Sequence[Near]) -> tuple[str, bool]:
    now = services.clock()
    with services.db.write() as session:
        entry = begun.of_ticket(session, ticket, found, me, now)
        try:
            entries.save_draft(
                session, entry.id, entry.content, entry.version, author=me.actor, origin="ticket", base="", now=now
            )
        except EditConflict:
            return entry.id, False
    return entry.id, True
