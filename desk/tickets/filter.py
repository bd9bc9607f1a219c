"""Which tickets to find."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, false, or_
from sqlalchemy.orm import InstrumentedAttribute

from desk.tables import TicketRow
from desk.tickets.model import DONE, Priority, Status, Tier

Query = TypeVar("Query", bound=Select[Any])


@dataclass(frozen=True)
class Filter:
    """Which tickets to list; None is no condition, an empty tuple fits nothing."""

    open: bool | None = None
    status: Status | None = None
    statuses: tuple[Status, ...] | None = None
    priority: Priority | tuple[Priority, ...] | None = None
    category: str | None = None
    tier: Tier | None = None
    skill: str | None = None
    assignee_id: int | None = None
    unassigned: bool | None = None
    contact_id: int | None = None
    account_id: int | None = None
    conversation_id: int | None = None
    incident_id: int | None = None
    handoff: bool | None = None
    text: str | None = None  # in the summary or the number, whatever its case
    since: datetime | None = None  # created then or later
    until: datetime | None = None  # created earlier than that
    changed_since: datetime | None = None  # touched then or later


def narrowed(query: Query, where: Filter | None) -> Query:
    """A query over the rows of tickets, with every condition."""
    return query.where(*conditions(where))


def conditions(where: Filter | None) -> list[ColumnElement[bool]]:
    """What the rows of tickets have to fulfil."""
    where = where or Filter()
    found = [column == value for column, value in _equal(where) if value is not None]
    if where.open is not None:
        found.append(TicketRow.status.not_in(DONE) if where.open else TicketRow.status.in_(DONE))
    if where.statuses is not None:
        found.append(TicketRow.status.in_(where.statuses))
    if where.priority is not None:
        found.append(TicketRow.priority.in_((where.priority,) if isinstance(where.priority, str) else where.priority))
    if where.unassigned is not None:
        found.append(TicketRow.assignee_id.is_(None) if where.unassigned else TicketRow.assignee_id.is_not(None))
    if where.text is not None and where.text.strip():
        found.append(_mentions(where.text))
    if where.since is not None:
        found.append(TicketRow.created_at >= where.since)
    if where.until is not None:
        found.append(TicketRow.created_at < where.until)
    if where.changed_since is not None:
        found.append(TicketRow.updated_at >= where.changed_since)
    return found


def _equal(where: Filter) -> tuple[tuple[ColumnElement[Any], Any], ...]:
    columns: tuple[InstrumentedAttribute[Any], ...] = (
        TicketRow.status, TicketRow.category, TicketRow.tier, TicketRow.skill, TicketRow.assignee_id,
        TicketRow.contact_id, TicketRow.account_id, TicketRow.conversation_id, TicketRow.incident_id,
        TicketRow.handoff,
    )  # fmt: skip
    return tuple((column.expression, getattr(where, column.key)) for column in columns)


def _mentions(text: str) -> ColumnElement[bool]:
    """The words as they are typed; a number may be typed in full width, or be a part of it."""
    if "\0" in text:  # nothing that is stored has it, and PostgreSQL refuses to look for it
        return false()
    number = unicodedata.normalize("NFKC", text).strip().upper()
    return or_(
        TicketRow.summary.icontains(text.strip(), autoescape=True),
        TicketRow.number.contains(number, autoescape=True),
    )
