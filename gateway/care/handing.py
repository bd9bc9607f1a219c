"""Giving what a turn has opened to somebody, in the turn's transaction, so that the customer hears who and when."""

from __future__ import annotations

from desk import routing, tickets
from desk.routing import Candidate
from desk.session import Session
from desk.tickets import Opened, Ticket
from gateway.care import team
from gateway.care.dispatching import assign_now
from gateway.turns.plan import Plan, Situation

_COMPLAINT = "complaint"


def handed(session: Session, now: Situation, plan: Plan, opened: Opened | None) -> Opened | None:
    """The ticket with whoever has it now. A complaint goes to a lead who is there, before anybody else;
    one that is a P1 goes the way of every P1, and the leads are told besides."""
    if opened is None or not opened.ticket.open:
        return opened
    complained = plan.ticket is not None and plan.ticket.reason == _COMPLAINT
    if complained and opened.ticket.priority != "P1":
        _to_a_lead(session, now, opened.ticket)
    given = given_to(session, now, plan, opened.ticket)
    if complained:
        team.complained(session, now, given)
    return Opened(given, opened.fresh)


def given_to(session: Session, now: Situation, plan: Plan, ticket: Ticket) -> Ticket:
    """Dispatch and announce, once; whether somebody is woken goes into the plan."""
    routed = assign_now(session, ticket.number, rules=now.rules, hours=now.hours, wording=now.wording, now=now.now)
    plan.woken = routed.fresh and bool(routed.wake)
    return tickets.get(session, ticket.number)


def _to_a_lead(session: Session, now: Situation, ticket: Ticket) -> None:
    """The lead on duty with the fewest tickets; without one, the ordinary way."""
    people = routing.candidates(session, now.rules.routing, now.hours, now=now.now, lock=True)
    there = [one for one in people if _there(one, online=now.rules.routing.presence)]
    if not there or ticket.assignee_id in [one.agent.id for one in there]:
        return
    lead = min(there, key=lambda one: (one.load, one.agent.id))
    why = now.wording.text("turn.staff.to_lead")
    tickets.assign(session, ticket.number, lead.agent.id, by="system", reason=why, now=now.now)


def _there(one: Candidate, *, online: bool) -> bool:
    here = one.on_duty and not one.on_leave and not one.absent
    return one.agent.role == "lead" and one.eligible and here and (not online or one.presence == "online")
