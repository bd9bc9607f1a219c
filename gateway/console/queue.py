"""The queue: which tickets there are, and what a row of the list says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from desk import agents, contacts, conversations, messages, tickets
from desk.agents import Agent
from desk.contacts import Contact
from desk.session import Session
from desk.tickets import Filter, Ticket

Tab = Literal["todo", "mine", "all", "done"]
TABS: tuple[Tab, ...] = get_args(Tab)
SHOWN = 100  # rows of one tab
_PAGE = 500


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    ticket: Ticket
    contact: Contact
    channel: str
    assignee: str
    customer_waits: bool  # the last word in a conversation of mine is the customer's


@dataclass(frozen=True)
class Queue:
    """One tab as it stands."""

    tab: Tab
    rows: tuple[Row, ...]
    counts: Mapping[str, int]  # open tickets by tab; SHOWN stands for "that many or more"
    fresh: int  # tickets that nobody has yet


def queue(session: Session, tab: Tab, me: Agent) -> Queue:
    """P1 first, then the longest waiting; what is done, by when it was done."""
    todo, mine = _todo(session), tickets.listing(session, Filter(open=True, assignee_id=me.id), limit=SHOWN)
    listed: Sequence[Ticket]
    match tab:
        case "todo":
            listed = todo
        case "mine":
            listed = mine
        case "all":
            listed = tickets.listing(session, Filter(open=True), limit=SHOWN)
        case "done":
            done = sorted(every(session, Filter(open=False)), key=_done_at, reverse=True)
            listed = done[:SHOWN]
    names = names_of_agents(session)
    rows = tuple(_row(session, ticket, names, me) for ticket in listed)
    fresh = sum(ticket.status == "new" for ticket in todo)
    return Queue(tab, rows, {"todo": len(todo), "mine": len(mine)}, fresh)


def every(session: Session, where: Filter) -> tuple[Ticket, ...]:
    """All tickets that fit, however many."""
    found: list[Ticket] = []
    while len(found) % _PAGE == 0:
        page = tickets.listing(session, where, limit=_PAGE, offset=len(found))
        found.extend(page)
        if not page:
            break
    return tuple(found)


def names_of_agents(session: Session) -> dict[int, str]:
    """Of everybody who works or has worked here."""
    return {agent.id: agent.name for agent in agents.listing(session, active=None)}


def channel_of(session: Session, ticket: Ticket) -> str:
    """Where the customer is; `none` for a ticket without a conversation."""
    if ticket.conversation_id is None:
        return "none"
    return conversations.get(session, ticket.conversation_id).channel


def _done_at(ticket: Ticket) -> datetime:
    return ticket.resolved_at or ticket.updated_at  # closed without a solution


def _todo(session: Session) -> tuple[Ticket, ...]:
    """Nobody has begun with these."""
    waiting = [
        *tickets.listing(session, Filter(status="new"), limit=SHOWN),
        *tickets.listing(session, Filter(status="assigned"), limit=SHOWN),
    ]
    return tuple(sorted(waiting, key=lambda ticket: (ticket.priority, ticket.created_at, ticket.id))[:SHOWN])


def _row(session: Session, ticket: Ticket, names: Mapping[int, str], me: Agent) -> Row:
    return Row(
        ticket=ticket,
        contact=contacts.get(session, ticket.contact_id),
        channel=channel_of(session, ticket),
        assignee=names.get(ticket.assignee_id or 0, ""),
        customer_waits=ticket.open and ticket.assignee_id == me.id and _customer_spoke_last(session, ticket),
    )


def _customer_spoke_last(session: Session, ticket: Ticket) -> bool:
    if ticket.conversation_id is None:
        return False
    last = messages.latest(session, ticket.conversation_id, limit=1)
    return bool(last) and last[-1].author == "user"
