"""What the ticket page shows: everything the human needs, so that nothing has to be asked again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from desk import accounts, attachments, contacts, conversations, inbox, incidents, messages, promises, tickets
from desk.accounts import Account, Licence, Maintenance, Site, Touch
from desk.agents import Agent
from desk.attachments import Attachment
from desk.contacts import Contact
from desk.conversations import Conversation
from desk.incidents import Incident
from desk.promises import Promise
from desk.session import Session
from desk.tickets import Link, Ticket
from gateway.console.access import allow
from gateway.console.desk.attaching import Sends, sends
from gateway.console.desk.clocks import Dial, dials
from gateway.console.desk.colleagues import Colleague, colleagues
from gateway.console.desk.evidence import Evidence, evidence
from gateway.console.desk.history import Line, history, notes, plan_of, routed
from gateway.console.desk.queue import names_of_agents
from gateway.console.desk.transcript import Bubble, bubbles
from gateway.console.desk.window import Window, moved, window
from gateway.console.labels import Labels
from gateway.console.services import ConsoleServices

TRANSCRIPT = 200  # messages shown at first
EARLIER = 1_000  # and at most, on request
CONTACTS = 10  # earlier ones of the same person
INCIDENTS = 50  # that a ticket can be said to belong to


@dataclass(frozen=True)
class Live:
    """What changes while the agent is looking."""

    ticket: Ticket
    conversation: Conversation | None
    bubbles: tuple[Bubble, ...]
    version: str  # another one: the page around the transcript is out of date
    speaks: bool  # this agent answers the customer


@dataclass(frozen=True)
class Customer:
    """Who asks, and for which company."""

    contact: Contact
    account: Account | None
    suggested: Account | None  # whose licence number they have written; of a person without a company
    maintenance: Maintenance
    licences: tuple[Licence, ...]
    sites: tuple[Site, ...]
    touches: tuple[Touch, ...]

    @property
    def vip(self) -> bool:
        return self.contact.vip or (self.account is not None and self.account.vip)


@dataclass(frozen=True)
class TicketPage:
    """Everything on the page."""

    live: Live
    customer: Customer
    assignee: str
    owner: str  # of the conversation
    dials: tuple[Dial, ...]
    evidence: Evidence
    promises: tuple[Promise, ...]
    links: tuple[Link, ...]
    incident: Incident | None
    incidents: tuple[Incident, ...]  # that go on now
    plan: str  # the last one
    routed: str  # why it is with this agent, or waits
    urged: int  # how often the customer has asked to hurry
    history: tuple[Line, ...]
    notes: tuple[Line, ...]
    colleagues: tuple[Colleague, ...]  # whom it can be given to
    window: Window | None  # of WeChat
    files: tuple[Attachment, ...]  # of the ticket itself: of the form, of the vendor's system, of colleagues
    sends: Sends  # what can be sent to the customer besides words

    @property
    def ticket(self) -> Ticket:
        return self.live.ticket

    @property
    def contact(self) -> Contact:
        return self.customer.contact


def live(session: Session, ticket: Ticket, me: Agent, *, after: int | None = None) -> Live:
    """The ticket, its conversation and the messages after a seq; by default the last ones."""
    last_event = inbox.last_event(session, ticket.id)
    if ticket.conversation_id is None:
        return Live(ticket, None, (), _version(last_event, None), speaks=False)
    conversation = conversations.get(session, ticket.conversation_id)
    if after is None:
        said = messages.latest(session, conversation.id, limit=TRANSCRIPT)
    else:
        said = messages.after(session, conversation.id, after, limit=EARLIER)
    ids = [one.id for one in said]
    return Live(
        ticket=ticket,
        conversation=conversation,
        bubbles=bubbles(said, names_of_agents(session), attachments.of_messages(session, ids)) if said else (),
        version=_version(last_event, conversation, moved(session, conversation)),
        speaks=speaks(ticket, conversation, me),
    )


def ticket_page(
    session: Session, services: ConsoleServices, ticket: Ticket, me: Agent, labels: Labels, *, everything: bool
) -> TicketPage:
    """The whole page; `everything` shows the transcript from its first message."""
    names, events = names_of_agents(session), tickets.events(session, ticket.number)
    shown = live(session, ticket, me, after=0 if everything else None)
    talk = shown.conversation
    return TicketPage(
        live=shown,
        customer=customer(session, ticket, labels.today),
        assignee=names.get(ticket.assignee_id or 0, ""),
        owner=names.get(talk.owner_id or 0, "") if talk else "",
        dials=dials(session, services, [ticket.id], labels.now).get(ticket.id, ()),
        evidence=evidence(session, ticket),
        promises=promises.listing(session, number=ticket.number),
        links=tickets.links(session, ticket.number),
        incident=incidents.get(session, ticket.incident_id) if ticket.incident_id is not None else None,
        incidents=incidents.listing(session, incidents.GOING_ON, limit=INCIDENTS),
        plan=plan_of(events),
        routed=routed(events, labels),
        urged=sum(event.kind == "urged" for event in events),
        history=history(events, names, labels),
        notes=notes(events, names, labels),
        colleagues=colleagues(session, labels.now),
        window=window(session, talk, services.channels, labels.now) if talk else None,
        files=attachments.of_ticket(session, ticket.id),
        sends=sends(services, talk),
    )


def customer(session: Session, ticket: Ticket, today: date) -> Customer:
    """The person and the company."""
    account = accounts.of_ticket(session, ticket)
    return Customer(
        contact=contacts.get(session, ticket.contact_id),
        account=account,
        suggested=accounts.suggested(session, ticket),
        maintenance=account.maintenance(today) if account else "unknown",
        licences=accounts.licences_of(session, account.id) if account else (),
        sites=accounts.sites_of(session, account.id) if account else (),
        touches=_others(accounts.last_contacts(session, ticket.contact_id, CONTACTS + 1), ticket),
    )


def speaks(ticket: Ticket, conversation: Conversation, agent: Agent) -> bool:
    """Whether a reply of this agent may go out now: the conversation is in their hands and the ticket theirs."""
    held = conversation.state == "human" and conversation.owner_id == agent.id
    return held and ticket.open and allow(agent, "ticket.reply", ticket)


def _others(touches: tuple[Touch, ...], ticket: Ticket) -> tuple[Touch, ...]:
    """Without the visit that led to this ticket: it is on the page already."""
    return tuple(one for one in touches if one.number != ticket.number)[:CONTACTS]


def _version(last_event: int, conversation: Conversation | None, reach: tuple[object, ...] = ()) -> str:
    """Every change of a ticket is an event; conversations change without, and so does what can be sent to them."""
    state = (conversation.state, conversation.owner_id) if conversation else ()
    return hashlib.sha256(repr((last_event, state, reach)).encode()).hexdigest()[:16]
