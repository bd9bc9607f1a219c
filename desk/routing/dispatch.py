"""Giving a ticket to somebody, once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk import agents, conversations, tickets
from desk.audit import SYSTEM
from desk.calendar import WorkingHours
from desk.routing.candidates import candidates
from desk.routing.choose import decide
from desk.routing.model import Choice, Reason, Routed
from desk.routing.queue import repeats, standing
from desk.routing.rules import RoutingRules
from desk.tables import AgentRow, TicketEventRow, TicketRow
from desk.tickets.model import DONE
from desk.tickets.opening import append
from desk.tickets.reading import row_of


def dispatch(session: Session, number: str, rules: RoutingRules, hours: WorkingHours, *, now: datetime) -> Routed:
    """Give a ticket to the right agent, or leave it in the queue; the reason goes into its history.

    A ticket that has its agent keeps them, and nothing is written, unless it has risen over their tier or they are
    absent and have not begun. One that stays in the queue gets an event only when the reason is another than before.
    Locks the conversation, the ticket and the team, in this order. Raises NotFound, MalformedNumber.
    """
    row = _locked(session, number)
    if row.status in DONE:
        return Routed(_holder(session, row), Reason("done"))
    people = candidates(session, rules, hours, now=now, lock=True)
    known = standing(session, row, rules)
    if known.need.skill != row.skill:
        tickets.change(session, number, skill=known.need.skill, by=SYSTEM, now=now)
    choice = decide(known, people, rules, now=now)
    if choice is None:
        return Routed(_holder(session, row), Reason("kept"))
    if choice.agent is not None:
        return _given(session, row, choice.agent.id, choice, now)
    return _kept_waiting(session, row, choice, now)


def _locked(session: Session, number: str) -> TicketRow:
    conversation_id = row_of(session, number).conversation_id
    if conversation_id is not None:
        conversations.row_of(session, conversation_id, lock=True)
    return row_of(session, number, lock=True)


def _given(session: Session, row: TicketRow, agent_id: int, choice: Choice, now: datetime) -> Routed:
    _hand_over(session, row, agent_id, now)
    tickets.assign(session, row.number, agent_id, by=SYSTEM, reason=choice.reason.stored(), now=now)
    session.get_one(AgentRow, agent_id).last_assigned_at = now
    session.flush()
    agent = agents.get(session, agent_id)
    return Routed(agent, choice.reason, wake=choice.wake, event_id=_last_event(session, row))


def _hand_over(session: Session, row: TicketRow, agent_id: int, now: datetime) -> None:
    """The talk goes with the ticket: its former agent's is nobody else's to take."""
    if row.conversation_id is None or row.assignee_id is None:
        return
    talk = conversations.get(session, row.conversation_id)
    if talk.state == "human" and talk.owner_id == row.assignee_id:
        conversations.transfer(session, talk.id, agent_id, now=now)


def _kept_waiting(session: Session, row: TicketRow, choice: Choice, now: datetime) -> Routed:
    event_id = None
    if not repeats(session, row, choice):
        append(session, row, "queued", SYSTEM, {"reason": choice.reason.stored()}, now)
        event_id = _last_event(session, row)
    holder = _holder(session, row)
    return Routed(holder, choice.reason, queued=holder is None, wake=choice.wake, event_id=event_id)


def _holder(session: Session, row: TicketRow) -> agents.Agent | None:
    return None if row.assignee_id is None else agents.get(session, row.assignee_id)


def _last_event(session: Session, row: TicketRow) -> int | None:
    return session.scalar(select(func.max(TicketEventRow.id)).where(TicketEventRow.ticket_id == row.id))
