"""Tickets over HTTP: open, look at, list, annotate, change. OpenAPI at /api/openapi.json."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import AwareDatetime
from starlette.concurrency import run_in_threadpool

from desk.tickets import Filter, Status, Tier
from gateway.api import acts
from gateway.api.bodies import Change, NewTicket, Note, Priority
from gateway.api.route import PER_MINUTE, ApiRoute, gate
from gateway.api.views import ErrorView, TicketPage, TicketView, TicketWithEvents, ticket_view, with_events
from gateway.services import Services
from gateway.wording import Wording

Key = Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=100, examples=["crm-20261122-0001"])]
Number = Annotated[str, Path(max_length=60, examples=["GD-20261122-0042-7"])]
Moment = Annotated[
    AwareDatetime | None,
    Query(ge=datetime(2000, 1, 1, tzinfo=timezone.utc), le=datetime(2999, 1, 1, tzinfo=timezone.utc)),
]
_TOLD = {401: "api_key", 404: "no_ticket", 409: "illegal_move", 422: "invalid_fields", 429: "api_limit", 503: "busy"}


def tickets_router(services: Services, key: str, per_minute: int = PER_MINUTE) -> APIRouter:
    """Bearer token for every call; `Idempotency-Key` makes whatever writes repeatable."""
    errors = partial(described, services.wording, per_minute)
    router = APIRouter(
        prefix="/api/tickets",
        tags=["tickets"],
        route_class=ApiRoute,
        dependencies=[gate(key, per_minute)],
        responses=errors(401, 422, 429, 503),
    )

    @router.post("", status_code=201, responses=errors(409))
    async def open_ticket(body: NewTicket, response: Response, idempotency_key: Key) -> TicketView:
        """201 for a new ticket, 200 for a repeat, 409 when the key was used for another one."""
        ticket, fresh = await run_in_threadpool(acts.open_ticket, services, body, idempotency_key)
        response.status_code = 201 if fresh else 200
        return ticket_view(ticket)

    @router.get("", responses=errors(404))
    async def list_tickets(
        open: bool | None = None,
        status: Annotated[list[Status] | None, Query()] = None,
        priority: Annotated[list[Priority] | None, Query()] = None,
        category: Annotated[str | None, Query(max_length=40)] = None,
        tier: Tier | None = None,
        account_id: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
        incident_id: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
        text: Annotated[str | None, Query(max_length=100)] = None,
        since: Moment = None,
        until: Moment = None,
        updated_since: Moment = None,
        cursor: Annotated[str | None, Query(max_length=60)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> TicketPage:
        """Newest first; what is opened or changed meanwhile moves nothing from one page to another.

        `status` and `priority` may be repeated. `since` and `until` are about the opening, `updated_since` about any
        change; times need an offset. `text` is looked for in summary and number; `cursor` is the `next_cursor` of the
        page before.
        """
        where = Filter(
            open=open,
            statuses=_several(status),
            priority=_several(priority),
            category=category,
            tier=tier,
            account_id=account_id,
            incident_id=incident_id,
            text=text,
            since=since,
            until=until,
            changed_since=updated_since,
        )
        found, following = await run_in_threadpool(acts.page, services, where, cursor, limit)
        return TicketPage(tickets=[ticket_view(one) for one in found], next_cursor=following)

    @router.get("/{number}", responses=errors(404))
    async def get_ticket(number: Number, events: bool = False) -> TicketWithEvents:
        """One ticket by its number, in any way of writing it; with `events=true` also its history."""
        return with_events(*await run_in_threadpool(acts.one, services, number, events=events))

    @router.post("/{number}/notes", status_code=201, responses=errors(404, 409))
    async def add_note(number: Number, body: Note, idempotency_key: Key) -> TicketView:
        """An internal note, once for each key."""
        return ticket_view(await run_in_threadpool(acts.note, services, number, body, idempotency_key))

    @router.patch("/{number}", responses=errors(404, 409))
    async def change_ticket(number: Number, body: Change, idempotency_key: Key) -> TicketView:
        """Priority, category and status, all or nothing, once for each key; 409 for a step that is not possible."""
        return ticket_view(await run_in_threadpool(acts.change, services, number, body, idempotency_key))

    return router


def _several(values: list[Any] | None) -> tuple[Any, ...] | None:
    return tuple(values) if values else None


def described(wording: Wording, per_minute: int, *statuses: int) -> dict[int | str, dict[str, Any]]:
    """How they are described, with an example of each."""
    values = {"fields": "summary", "limit": per_minute}
    examples = {
        status: {"error": {"code": _TOLD[status], "message": wording.text(f"errors.{_TOLD[status]}", **values)}}
        for status in statuses
    }
    return {
        status: {"model": ErrorView, "content": {"application/json": {"example": example}}}
        for status, example in examples.items()
    }
