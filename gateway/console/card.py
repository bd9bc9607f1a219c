"""What the ticket page shows: everything the human needs, so that nothing has to be asked again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from desk import agents, contacts, conversations, messages, tickets
from desk.agents import Agent
from desk.contacts import Contact
from desk.conversations import Conversation
from desk.session import Session
from desk.tickets import Filter, Ticket
from gateway.console.access import allow
from gateway.console.history import Line, history, notes
from gateway.console.labels import Labels
from gateway.console.queue import every, names_of_agents
from gateway.console.transcript import Bubble, bubbles

TRANSCRIPT = 200  # messages shown at first
EARLIER = 1_000  # and at most, on request
OTHERS = 10  # earlier tickets of the same person


@dataclass(frozen=True)
class Live:
    """What changes while the agent is looking."""

    ticket: Ticket
    conversation: Conversation | None
    bubbles: tuple[Bubble, ...]
    version: str  # another one: the page around the transcript is out of date
    speaks: bool  # this agent answers the customer


@dataclass(frozen=True)
class TicketPage:
    """Everything on the page."""

    live: Live
    contact: Contact
    assignee: str
    owner: str  # of the conversation
    history: tuple[Line, ...]
    notes: tuple[Line, ...]
    others: tuple[Ticket, ...]
    colleagues: tuple[Agent, ...]  # whom it can be given to

    @property
    def ticket(self) -> Ticket:
        return self.live.ticket


def live(session: Session, ticket: Ticket, me: Agent, *, after: int | None = None) -> Live:
    """The ticket, its conversation and the messages after a seq; by default the last ones."""
    if ticket.conversation_id is None:
        return Live(ticket, None, (), _version(ticket, None), speaks=False)
    conversation = conversations.get(session, ticket.conversation_id)
    if after is None:
        said = messages.latest(session, conversation.id, limit=TRANSCRIPT)
    else:
        said = messages.after(session, conversation.id, after, limit=EARLIER)
    return Live(
        ticket=ticket,
        conversation=conversation,
        bubbles=bubbles(said, names_of_agents(session)),
        version=_version(ticket, conversation),
        speaks=speaks(ticket, conversation, me),
    )


def ticket_page(session: Session, ticket: Ticket, me: Agent, labels: Labels, *, everything: bool) -> TicketPage:
    """The whole page; `everything` shows the transcript from its first message."""
    names, events = names_of_agents(session), tickets.events(session, ticket.number)
    theirs = sorted(every(session, Filter(contact_id=ticket.contact_id)), key=lambda one: one.created_at, reverse=True)
    shown = live(session, ticket, me, after=0 if everything else None)
    return TicketPage(
        live=shown,
        contact=contacts.get(session, ticket.contact_id),
        assignee=names.get(ticket.assignee_id or 0, ""),
        owner=names.get(shown.conversation.owner_id or 0, "") if shown.conversation else "",
        history=history(events, names, labels),
        notes=notes(events, names, labels),
        others=tuple(one for one in theirs if one.id != ticket.id)[:OTHERS],
        colleagues=tuple(agent for agent in agents.listing(session) if allow(agent, "tickets.hold")),
    )


def speaks(ticket: Ticket, conversation: Conversation, agent: Agent) -> bool:
    """Whether a reply of this agent may go out now: the conversation is in their hands and the ticket theirs."""
    held = conversation.state == "human" and conversation.owner_id == agent.id
    return held and ticket.open and allow(agent, "ticket.reply", ticket)


def _version(ticket: Ticket, conversation: Conversation | None) -> str:
    state = (conversation.state, conversation.owner_id) if conversation else ()
    return hashlib.sha256(repr((ticket, state)).encode()).hexdigest()[:16]
