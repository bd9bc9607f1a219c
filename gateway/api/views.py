"""What the vendor's systems read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from desk.tickets import Ticket, TicketEvent
from gateway.masking import for_agents

EXAMPLE: dict[str, Any] = {
    "number": "GD-20261122-0042-7",
    "status": "in_progress",
    "priority": "P2",
    "category": "import_export",
    "tier": "L1",
    "skill": "造价",
    "reason": "api",
    "summary": "6.2 版导入报 ERR-1042，整个项目部都导不了",
    "slots": {"version": "6.2", "error_code": "ERR-1042"},
    "vip": False,
    "account_id": 12,
    "assignee_id": 3,
    "incident_id": None,
    "created_at": "2026-11-22T02:00:00Z",
    "updated_at": "2026-11-22T02:06:00Z",
    "first_response_at": "2026-11-22T02:06:00Z",
    "resolved_at": None,
    "closed_at": None,
    "next_contact_at": None,
}
EVENT: dict[str, Any] = {
    "id": 1042,
    "kind": "moved",
    "actor": "agent:3",
    "detail": {"from": "assigned", "to": "in_progress"},
    "created_at": "2026-11-22T02:06:00Z",
}


class TicketView(BaseModel):
    """A ticket as it stands; all times are UTC. Passwords and the like in the texts are replaced by labels."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    number: str
    status: str = Field(description="new, assigned, in_progress, waiting, on_site, resolved, closed")
    priority: str = Field(description="P1, P2, P3, P4")
    category: str
    tier: str = Field(description="L1, L2, L3")
    skill: str
    reason: str = Field(description="why it was opened")
    summary: str
    slots: dict[str, str]
    vip: bool
    account_id: int | None
    assignee_id: int | None
    incident_id: int | None
    created_at: datetime
    updated_at: datetime
    first_response_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    next_contact_at: datetime | None


class EventView(BaseModel):
    """One line of a ticket's history, oldest first; a vendor's system sees internal notes, too."""

    model_config = ConfigDict(json_schema_extra={"examples": [EVENT]})

    id: int
    kind: str
    actor: str = Field(description="bot, system, api, agent:<id>, contact:<id>")
    detail: dict[str, Any]
    created_at: datetime


class TicketWithEvents(TicketView):
    """A ticket, with its history where that was asked for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**EXAMPLE, "events": [EVENT]}]})

    events: list[EventView] | None = Field(default=None, description="only with ?events=true")


class TicketPage(BaseModel):
    """Some tickets, newest first; `next_cursor` brings those after them, and is null on the last page."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"tickets": [EXAMPLE], "next_cursor": None}]})

    tickets: list[TicketView]
    next_cursor: str | None


class Problem(BaseModel):
    """Why something was refused: a code for programs, a sentence for people."""

    code: str
    message: str


class ErrorView(BaseModel):
    """The body of every error."""

    error: Problem


def ticket_view(ticket: Ticket) -> TicketView:
    """The same for answers and for webhooks."""
    return TicketView(**_shown(ticket))


def with_events(ticket: Ticket, events: tuple[TicketEvent, ...] | None) -> TicketWithEvents:
    """With the history, or without."""
    lines = None if events is None else [_line(event) for event in events]
    return TicketWithEvents(**_shown(ticket), events=lines)


def _shown(ticket: Ticket) -> dict[str, Any]:
    values = {name: getattr(ticket, name) for name in TicketView.model_fields}
    return {**values, "summary": for_agents(ticket.summary), "slots": _masked(ticket.slots)}


def _line(event: TicketEvent) -> EventView:
    detail = _masked(event.detail)
    return EventView(id=event.id, kind=event.kind, actor=event.actor, detail=detail, created_at=event.created_at)


def _masked(value: Any) -> Any:
    """Every text in it; what events hold is two levels deep at most."""
    if isinstance(value, str):
        return for_agents(value)
    if isinstance(value, Mapping):
        return {name: _masked(one) for name, one in value.items()}
    return value
