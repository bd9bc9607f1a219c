"""Tickets over HTTP: open one, look at one, list them. OpenAPI at /api/openapi.json."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from desk import contacts, tickets
from desk.tickets import Filter, Ticket, TicketDraft
from gateway.errors import NotSignedIn
from gateway.requests import RequestBody
from gateway.services import Services
from zhtext.severity import assess

CHANNEL = "api"


class Reporter(RequestBody):
    """Who reports: `id` is the vendor's own id of the person."""

    id: str = Field(min_length=1, max_length=100)
    name: str | None = Field(default=None, max_length=100)
    phone: str | None = Field(default=None, max_length=30)


class NewTicket(RequestBody):
    """Priority and category are judged from the summary when left out."""

    contact: Reporter
    summary: str = Field(min_length=1, max_length=2_000)
    category: str | None = Field(default=None, max_length=40)
    priority: Literal["P1", "P2", "P3", "P4"] | None = None
    slots: dict[str, str] = Field(default_factory=dict)


class TicketView(BaseModel):
    """A ticket as the outside may see it."""

    number: str
    status: str
    priority: str
    category: str
    tier: str
    summary: str
    created_at: datetime
    updated_at: datetime
    resolved_at: datetime | None


def tickets_router(services: Services, key: str) -> APIRouter:
    """Bearer token for every call; `Idempotency-Key` makes opening repeatable."""

    def authorised(authorization: Annotated[str, Header()] = "") -> None:
        given = authorization.removeprefix("Bearer ").strip()
        if not hmac.compare_digest(given.encode(), key.encode()):
            raise NotSignedIn("api_key")

    router = APIRouter(prefix="/api/tickets", tags=["tickets"], dependencies=[Depends(authorised)])

    @router.post("", status_code=201)
    async def open_ticket(
        body: NewTicket,
        response: Response,
        idempotency_key: Annotated[str, Header(min_length=8, max_length=100)],
    ) -> TicketView:
        """201 for a new ticket, 200 for a repeat, 409 when the key was used for another one."""
        view, fresh = await run_in_threadpool(_open, services, body, idempotency_key)
        response.status_code = 201 if fresh else 200
        return view

    @router.get("/{number}")
    async def ticket(number: str) -> TicketView:
        """One ticket by its number."""
        return await run_in_threadpool(_get, services, number)

    @router.get("")
    async def listing(
        open: bool | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        offset: Annotated[int, Query(ge=0)] = 0,
    ) -> list[TicketView]:
        """Tickets by priority, then oldest first."""
        return await run_in_threadpool(_list, services, open, limit, offset)

    return router


def _open(services: Services, body: NewTicket, key: str) -> tuple[TicketView, bool]:
    now = services.clock()
    judged = assess(body.summary)
    draft = TicketDraft(
        category=body.category or judged.category,
        priority=body.priority or judged.priority,
        summary=body.summary,
        slots=body.slots,
        reason="api",
        handoff=False,
    )
    with services.db.write() as session:
        contact = contacts.for_identity(session, CHANNEL, body.contact.id, now=now)
        contacts.describe(session, contact.id, name=body.contact.name, phone=body.contact.phone)
        opened = tickets.open_ticket(session, draft, key=f"api:{key}", contact_id=contact.id, by="api", now=now)
    return _view(opened.ticket), opened.fresh


def _get(services: Services, number: str) -> TicketView:
    with services.db.read() as session:
        return _view(tickets.get(session, number))


def _list(services: Services, open: bool | None, limit: int, offset: int) -> list[TicketView]:
    with services.db.read() as session:
        found = tickets.listing(session, Filter(open=open), limit=limit, offset=offset)
    return [_view(ticket) for ticket in found]


def _view(ticket: Ticket) -> TicketView:
    return TicketView(**{name: getattr(ticket, name) for name in TicketView.model_fields})
