"""The queue: which tickets there are, and what a row of the list says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from desk import accounts, agents, contacts, conversations, finding, inbox, tickets
from desk.accounts import Account
from desk.agents import Agent
from desk.contacts import Contact
from desk.session import Session
from desk.tickets import Filter, Ticket
from gateway.console.desk.clocks import Dial, dials, urgent
from gateway.console.desk.wanted import Tab, Wanted
from gateway.console.services import ConsoleServices

SHOWN = 50  # rows of one page
SORTED = 2_000  # open tickets that are put in order by their clocks; who has more of them has another problem
_PAGE = 500


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    ticket: Ticket
    contact: Contact
    company: Account | None
    channel: str
    assignee: str
    unread: int  # messages of the customer since our last word; of tickets that somebody has
    dial: Dial | None  # the clock that runs out first
    contact_due: bool  # the promised next contact is now or late


@dataclass(frozen=True)
class Queue:
    """One page of one tab as it stands."""

    wanted: Wanted
    rows: tuple[Row, ...]
    counts: Mapping[str, int]  # open tickets by tab, whatever else is asked for
    found: int  # tickets on all pages

    @property
    def tab(self) -> Tab:
        return self.wanted.tab

    @property
    def pages(self) -> int:
        return max(1, -(-self.found // SHOWN))


def queue(session: Session, services: ConsoleServices, wanted: Wanted, me: Agent, now: datetime) -> Queue:
    """The clock that runs out first comes first; what is done, by when it was done."""
    where, start = wanted.filter(me.id), (wanted.page - 1) * SHOWN
    shown: Sequence[Ticket]
    if wanted.tab == "done":
        total = finding.count(session, where, wanted.search)
        shown = finding.found(session, where, wanted.search, done_last_first=True, limit=SHOWN, offset=start)
        clocks = dials(session, services, [one.id for one in shown], now)
    else:
        listed = finding.found(session, where, wanted.search, limit=SORTED)
        clocks = dials(session, services, [one.id for one in listed], now)
        total, shown = len(listed), sorted(listed, key=lambda one: _order(one, clocks))[start : start + SHOWN]
    return Queue(wanted, _rows(session, shown, clocks, now), _counts(session, me), total)


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


def _order(ticket: Ticket, clocks: Mapping[int, tuple[Dial, ...]]) -> tuple[object, ...]:
    """Running clocks by the moment they run out, then paused ones, then tickets without any."""
    dial = urgent(clocks.get(ticket.id, ()))
    if dial is None:
        return (2, ticket.priority, ticket.created_at, ticket.id)
    if dial.due_at is None:
        return (1, ticket.priority, ticket.created_at, ticket.id)
    return (0, dial.due_at, ticket.priority, ticket.created_at, ticket.id)


def _counts(session: Session, me: Agent) -> Mapping[str, int]:
    todo = tickets.count(session, Filter(statuses=("new", "assigned")))
    return {"todo": todo, "mine": tickets.count(session, Filter(open=True, assignee_id=me.id))}


def _rows(
    session: Session, shown: Sequence[Ticket], clocks: Mapping[int, tuple[Dial, ...]], now: datetime
) -> tuple[Row, ...]:
    names = names_of_agents(session)
    talks = [one.conversation_id for one in shown if one.conversation_id and one.assignee_id and one.open]
    unread = inbox.unread(session, talks)
    people = contacts.by_ids(session, (one.contact_id for one in shown))
    companies = accounts.by_ids(session, (one.account_id for one in shown if one.account_id))
    channels = conversations.channels(session, (one.conversation_id for one in shown if one.conversation_id))
    return tuple(
        Row(
            ticket=one,
            contact=people[one.contact_id],
            company=companies.get(one.account_id or 0),
            channel=channels.get(one.conversation_id or 0, finding.NO_CHANNEL),
            assignee=names.get(one.assignee_id or 0, ""),
            unread=unread.get(one.conversation_id or 0, 0) if one.assignee_id and one.open else 0,
            dial=urgent(clocks.get(one.id, ())) if one.open else None,
            contact_due=one.open and one.next_contact_at is not None and one.next_contact_at <= now,
        )
        for one in shown
    )
