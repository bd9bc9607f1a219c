"""What agents do for a ticket besides answering: tiers, appointments, promises, consent, links, plans, incidents.

Each function is one transaction, authorised inside it. All raise Forbidden, NotFound, MalformedNumber, IllegalMove,
Invalid and StoreError; they return the id of the conversation whose watchers have news, if any.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from desk import conversations, incidents, promises, tickets
from desk.agents import Agent
from desk.errors import NotFound
from desk.tickets import Filter, Tier
from gateway.console.access import require
from gateway.console.desk.step import Step
from gateway.console.errors import Invalid
from gateway.console.services import ConsoleServices

LONGEST_AHEAD = timedelta(days=366)  # of an appointment or a promise
Tie = Literal["duplicate", "related"]
Verdict = Literal["keep", "withdraw"]


def tier(services: ConsoleServices, agent: Agent, number: str, to: Tier, *, reason: str) -> int | None:
    """One step up or down."""
    with services.db.write() as session:
        step = Step.begin(session, services, agent, number, "ticket.tier")
        tickets.move_tier(session, number, to, reason=reason, by=agent.actor, now=step.now)
        return step.rings


def schedule(services: ConsoleServices, agent: Agent, number: str, at: datetime | None, *, note: str) -> int | None:
    """When to write to the customer next; None: no more."""
    with services.db.write() as session:
        step = Step.begin(session, services, agent, number, "ticket.schedule")
        if at is not None:
            _ahead(at, step.now)
        tickets.schedule(session, number, at, note, by=agent.actor, now=step.now)
        return step.rings


def promise(services: ConsoleServices, agent: Agent, number: str, text: str, due_at: datetime) -> int | None:
    """Something the customer has been promised, and by when."""
    with services.db.write() as session:
        step = Step.begin(session, services, agent, number, "ticket.promise")
        _ahead(due_at, step.now)
        promises.make(session, number, text, due_at, by=agent.actor, now=step.now)
        return step.rings


def decide(services: ConsoleServices, agent: Agent, number: str, promise_id: int, verdict: Verdict) -> int | None:
    """The promise was kept, or is taken back."""
    with services.db.write() as session:
        step = Step.begin(session, services, agent, number, "ticket.promise")
        if promise_id not in {one.id for one in promises.listing(session, number=number)}:
            raise NotFound(f"ticket {step.ticket.number} has no promise {promise_id}")
        (promises.keep if verdict == "keep" else promises.withdraw)(session, promise_id, by=agent.actor, now=step.now)
        return step.rings


def consent(services: ConsoleServices, agent: Agent, number: str, hours: int | None) -> int | None:
    """The customer has agreed to remote assistance for so many hours from now; None: taken back."""
    with services.db.write() as session:
        step = Step.begin(session, services, agent, number, "ticket.consent")
        until = None if hours is None else step.now + timedelta(hours=hours)
        tickets.consent(session, number, until, by=agent.actor, now=step.now)
        return step.rings


def link(services: ConsoleServices, agent: Agent, number: str, other: str, kind: Tie) -> int | None:
    """Tie it to another ticket; a duplicate is closed, and the bot answers its customer again."""
    with services.db.write() as session:
        found = tickets.get(session, number)
        require(agent, "ticket.link", found)
        require(agent, "ticket.read", tickets.get(session, other))
        tickets.link(session, number, other, kind, by=agent.actor, now=services.clock())  # locks both, in order
        if kind == "duplicate" and found.conversation_id is not None:
            _let_go(Step.begin(session, services, agent, number, "ticket.link"))
        return found.conversation_id


def unlink(services: ConsoleServices, agent: Agent, number: str, other: str) -> int | None:
    """They have nothing to do with each other."""
    with services.db.write() as session:
        found = tickets.get(session, number)
        require(agent, "ticket.link", found)
        tickets.unlink(session, number, other, by=agent.actor, now=services.clock())
        return found.conversation_id


def plan(services: ConsoleServices, agent: Agent, number: str, text: str) -> int | None:
    """How it will be solved; ends the clock of an L3 ticket's plan."""
    with services.db.write() as session:
        step = Step.begin(session, services, agent, number, "ticket.plan")
        tickets.plan(session, number, text, by=agent.actor, now=step.now)
        return step.rings


def incident(services: ConsoleServices, agent: Agent, number: str, incident_id: int | None) -> int | None:
    """It is part of an incident, or not."""
    with services.db.write() as session:
        step = Step.begin(session, services, agent, number, "ticket.incident")
        if incident_id is not None:
            incidents.link_ticket(session, incident_id, number, by=agent.actor, now=step.now)
        elif step.ticket.incident_id is not None:
            incidents.unlink(session, step.ticket.incident_id, number, by=agent.actor, now=step.now)
        return step.rings


def _ahead(at: datetime, now: datetime) -> None:
    if at <= now:
        raise Invalid("not_ahead")
    if at > now + LONGEST_AHEAD:
        raise Invalid("too_far_ahead")


def _let_go(step: Step) -> None:
    """Nobody needs the conversation of a duplicate any more, unless another hand-off in it is open."""
    talk = step.conversation
    if talk is None or talk.state not in ("waiting", "human") or talk.owner_id not in (None, step.ticket.assignee_id):
        return
    if not tickets.listing(step.session, Filter(conversation_id=talk.id, handoff=True, open=True), limit=1):
        conversations.release(step.session, talk.id, now=step.now)
