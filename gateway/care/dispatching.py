"""Giving a ticket to somebody and telling the team, in one transaction.

routed = assign_now(session, number, rules=services.rules, hours=services.hours, wording=services.wording, now=now)
"""

from __future__ import annotations

from datetime import datetime

from desk import agents, routing, tickets
from desk.agents import Agent
from desk.calendar import WorkingHours
from desk.routing import Routed
from desk.session import Session
from desk.tickets import Ticket
from gateway.care.reasons import sentence
from gateway.notifications.routes import Event
from gateway.notifications.staff import StaffNotice, tell
from gateway.rules import ServiceRules
from gateway.wording import Wording

_RISEN = ("tier_talking", "tier_nobody")


def assign_now(
    session: Session, number: str, *, rules: ServiceRules, hours: WorkingHours, wording: Wording, now: datetime
) -> Routed:
    """Dispatch and announce; a repeat writes and tells nothing. Raises NotFound, MalformedNumber."""
    routed = routing.dispatch(session, number, rules.routing, hours, now=now)
    if routed.fresh:
        announce(session, tickets.get(session, number), routed, rules=rules, wording=wording, now=now)
    return routed


def announce(
    session: Session, ticket: Ticket, routed: Routed, *, rules: ServiceRules, wording: Wording, now: datetime
) -> int:
    """Tell the one who got it, those who are woken for a P1, or the team that it waits; how many deliveries are new."""
    notice = _notice(session, ticket, routed, wording, now)
    return tell(session, notice, rules.routes, now=now)


def _notice(session: Session, ticket: Ticket, routed: Routed, wording: Wording, now: datetime) -> StaffNotice:
    event, title, called = _what(session, ticket, routed)
    given = routed.agent is not None and routed.reason.code not in _RISEN
    # A new owner is news each time; that it waits for the same reason as before is none on the same day.
    which = str(routed.event_id) if given or routed.reason.code == "p1_raised" else f"{routed.reason.code}:{now:%Y%m%d}"
    named = {"number": ticket.number, "priority": ticket.priority, "tier": ticket.tier}
    lines = [wording.text("routing.notice.summary", summary=ticket.summary)]
    if ticket.vip:
        lines.append(wording.text("routing.notice.vip"))
    if routed.agent is not None:
        lines.append(wording.text("routing.notice.who", name=routed.agent.name))
    lines.append(wording.text("routing.notice.reason", reason=sentence(routed.reason, wording)))
    return StaffNotice(
        event=event,
        key=f"routing:{ticket.number}:{ticket.tier}:{which}",
        title=wording.text(f"routing.notice.{title}", **named, name=routed.agent.name if routed.agent else ""),
        lines=tuple(lines),
        number=ticket.number,
        agents=tuple(one.id for one in called),
        urgent=event == "p1_opened",
    )


def _what(session: Session, ticket: Ticket, routed: Routed) -> tuple[Event, str, tuple[Agent, ...]]:
    """The event, the title, and who is called by name."""
    if routed.reason.code in _RISEN:
        return "sla_escalated", "risen", agents.leads(session)
    if routed.reason.code == "p1_raised":
        return "p1_opened", "p1_raised", routed.wake
    if ticket.priority == "P1":
        return "p1_opened", "p1" if routed.agent is not None else "p1_nobody", routed.wake
    if routed.agent is not None:
        return "assigned", "assigned", (routed.agent,)
    # At night nobody is called by name for what is no P1: the morning report has it.
    return "queued", "queued", () if routed.reason.code == "off_duty" else agents.leads(session)
