"""Promised times: counts what has happened, records what is due, and tells the team in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from desk import agents
from desk.agents import Agent
from desk.session import Session
from desk.sla import Mark, due_tickets, has_news, mark_due, project
from gateway.care.promises import moment
from gateway.notifications.routes import Event
from gateway.notifications.staff import StaffNotice, tell
from gateway.timers.one_by_one import one_by_one
from gateway.timers.timed_desk import TimedDesk
from gateway.wording import Wording

_AT_ONCE = 200  # tickets of one transaction, and of one tick
_EVENTS: dict[str, Event] = {"warned": "sla_warned", "escalated": "sla_escalated", "breached": "sla_breached"}
_LATE = timedelta(minutes=2)  # later than this, the notice says when it should have come


def sla(desk: TimedDesk) -> int:
    """Count, mark and tell; how many marks were recorded, those of each ticket in a transaction of their own.

    Raises StoreError.
    """
    _count(desk)
    with desk.db.read() as session:
        waiting = due_tickets(session, now=desk.clock(), limit=_AT_ONCE)
    return one_by_one(desk.db, waiting, lambda session, one: _marked(session, desk, one), "clocks not marked")


def _count(desk: TimedDesk) -> None:
    """Looks before it writes: most of the time there is no news, and one writer at a time is all that SQLite has."""
    with desk.db.read() as session:
        counted = _AT_ONCE if has_news(session, desk.hours) else 0
    while counted == _AT_ONCE:
        with desk.db.write() as session:
            counted = project(session, desk.rules.sla, desk.hours, now=desk.clock(), limit=_AT_ONCE)


def _marked(session: Session, desk: TimedDesk, ticket_id: int) -> int:
    now = desk.clock()
    marks = mark_due(session, desk.rules.sla, desk.hours, now=now, ticket_ids=(ticket_id,))
    team = agents.listing(session) if marks else ()
    leads = tuple(one.id for one in agents.leads(session)) if marks else ()
    for mark in marks:
        tell(session, _notice(desk, mark, team, leads), desk.rules.routes, now=now)
    return len(marks)


def _notice(desk: TimedDesk, mark: Mark, team: Sequence[Agent], leads: tuple[int, ...]) -> StaffNotice:
    ticket, wording = mark.ticket, desk.wording
    title = "escalated_top" if mark.name == "escalated" and mark.tier == ticket.tier else mark.name
    names = {"number": ticket.number, "clock": wording.text(f"sla.clock.{mark.kind}"), "tier": ticket.tier}
    return StaffNotice(
        event=_EVENTS[mark.name],
        key=f"sla:{ticket.id}:{mark.kind}:{mark.name}",
        title=wording.text(f"sla.{title}", **names),
        lines=_lines(desk, mark, team),
        number=ticket.number,
        agents=_whom(mark, team, leads),
        urgent=ticket.priority == "P1",
    )


def _lines(desk: TimedDesk, mark: Mark, team: Sequence[Agent]) -> tuple[str, ...]:
    ticket, wording = mark.ticket, desk.wording
    what = {"priority": ticket.priority, "tier": ticket.tier, "summary": ticket.summary}
    lines = [wording.text("sla.line.what", **what)]
    due = mark.limit_at if mark.name == "breached" else mark.target_at
    if due is not None:
        line, seconds = ("limit", mark.breach) if mark.name == "breached" else ("due", mark.target)
        lines.append(
            wording.text(f"sla.line.{line}", due=moment(wording, due, desk.hours), target=_span(wording, seconds))
        )
    if desk.clock() - mark.due_at > _LATE:
        lines.append(wording.text("sla.line.since", at=moment(wording, mark.due_at, desk.hours)))
    assignee = next((one for one in team if one.id == ticket.assignee_id), None)
    lines.append(wording.text("sla.line.assignee", name=assignee.name) if assignee else wording.text("sla.line.nobody"))
    return tuple(lines)


def _whom(mark: Mark, team: Sequence[Agent], leads: tuple[int, ...]) -> tuple[int, ...]:
    """Warned: who has the ticket, or else those who lead. Escalated: those of the new tier and those who lead.
    Broken: those who lead."""
    if mark.name == "warned":
        return (mark.ticket.assignee_id,) if mark.ticket.assignee_id is not None else leads
    if mark.name == "escalated":
        tier = (one.id for one in team if one.tier == mark.ticket.tier and one.role in ("agent", "lead"))
        return tuple(dict.fromkeys((*tier, *leads)))
    return leads


def _span(wording: Wording, seconds: int) -> str:
    hours, minutes = divmod(seconds // 60, 60)
    if hours and minutes:
        return wording.text("sla.span.hours_minutes", h=hours, m=minutes)
    return wording.text("sla.span.hours", n=hours) if hours else wording.text("sla.span.minutes", n=minutes)
