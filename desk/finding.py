"""Tickets as a list shows them: by what is typed into one box, by channel, and what was done last first."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import Session

from desk.tables import ContactRow, ConversationRow, TicketRow
from desk.tickets.filter import Filter, narrowed
from desk.tickets.model import Ticket, ticket

NO_CHANNEL = "none"  # of a ticket without a conversation
Query = TypeVar("Query", bound=Select[Any])


@dataclass(frozen=True)
class Search:
    """What a list is asked for besides the conditions of a Filter; empty is no condition."""

    text: str = ""  # in number, summary, or the name or phone of the person
    channel: str = ""


def found(
    session: Session, where: Filter, search: Search, *, done_last_first: bool = False, limit: int, offset: int = 0
) -> tuple[Ticket, ...]:
    """By priority, then oldest first; or by when they were done, the last one first."""
    query = _searched(narrowed(select(TicketRow), where), search)
    if done_last_first:
        query = query.order_by(func.coalesce(TicketRow.resolved_at, TicketRow.updated_at).desc(), TicketRow.id.desc())
    else:
        query = query.order_by(TicketRow.priority, TicketRow.created_at, TicketRow.id)
    return tuple(ticket(row) for row in session.scalars(query.limit(limit).offset(offset)))


def count(session: Session, where: Filter, search: Search) -> int:
    """How many there are."""
    return session.scalar(_searched(narrowed(select(func.count(TicketRow.id)), where), search)) or 0


def _searched(query: Query, search: Search) -> Query:
    if search.channel == NO_CHANNEL:
        query = query.where(TicketRow.conversation_id.is_(None))
    elif search.channel:
        talks = select(ConversationRow.id).where(ConversationRow.channel == search.channel)
        query = query.where(TicketRow.conversation_id.in_(talks))
    return query.where(_mentions(search.text)) if search.text.strip() else query


def _mentions(text: str) -> ColumnElement[bool]:
    if "\0" in text:  # nothing that is stored has it, and PostgreSQL refuses to look for it
        return false()
    plain = unicodedata.normalize("NFKC", text).strip()
    typed = text.strip()
    digits = "".join(char for char in plain if char.isdigit())
    people = [ContactRow.name.icontains(typed, autoescape=True)]
    if len(digits) >= 4 and digits == plain.replace(" ", "").replace("-", "").lstrip("+"):
        people.append(ContactRow.phone.contains(digits))
    return or_(
        TicketRow.summary.icontains(typed, autoescape=True),
        TicketRow.number.contains(plain.upper(), autoescape=True),
        TicketRow.contact_id.in_(select(ContactRow.id).where(or_(*people))),
    )
