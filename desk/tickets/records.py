"""Tickets with the names around them, many at a time: for exports and reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.tables import AccountRow, AgentRow, ContactRow, ConversationRow, TicketRow
from desk.tickets.filter import Filter, conditions
from desk.tickets.model import Ticket, ticket


@dataclass(frozen=True)
class Record:
    """A ticket and who has to do with it; an empty text where there is nobody."""

    ticket: Ticket
    contact: str
    company: str
    channel: str
    assignee: str


def records(session: Session, where: Filter | None = None, *, batch: int = 500) -> Iterator[tuple[Record, ...]]:
    """Every ticket that fits, oldest first, in batches."""
    query = (
        select(TicketRow, ContactRow.name, AccountRow.name, ConversationRow.channel, AgentRow.name)
        .join(ContactRow, ContactRow.id == TicketRow.contact_id)
        .outerjoin(AccountRow, AccountRow.id == TicketRow.account_id)
        .outerjoin(ConversationRow, ConversationRow.id == TicketRow.conversation_id)
        .outerjoin(AgentRow, AgentRow.id == TicketRow.assignee_id)
        .where(*conditions(where))
        .order_by(TicketRow.id)
        .limit(batch)
    )
    last = 0
    while True:
        found = tuple(
            Record(ticket(row), *(name or "" for name in names))
            for row, *names in session.execute(query.where(TicketRow.id > last))
        )
        if found:
            yield found
            last = found[-1].ticket.id
        if len(found) < batch:
            return
