"""The team at one moment, as routing sees it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk import agents, duty
from desk.agents import Agent
from desk.agents.model import agent
from desk.calendar import WorkingHours
from desk.duty import Roster
from desk.routing.model import Candidate
from desk.routing.rules import RoutingRules
from desk.tables import AgentRow, TicketRow
from desk.tickets.model import DONE


def candidates(
    session: Session, rules: RoutingRules, hours: WorkingHours, *, now: datetime, lock: bool = False
) -> tuple[Candidate, ...]:
    """Everybody, eligible or not. Locked, two who choose at once see each other's choice in the loads."""
    query = select(AgentRow).order_by(AgentRow.id)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    everybody = [agent(row) for row in session.scalars(query)]
    skills, loads = agents.skills(session), _loads(session)
    roster = duty.roster(session, hours, now, back=rules.absent_after)
    return tuple(
        Candidate(
            one,
            presence=agents.presence_at(one, now),
            skills=frozenset(skills.get(one.id, ())),
            on_duty=roster.on_duty(one.id, now),
            on_call=roster.on_call(one.id, now),
            on_leave=roster.on_leave(one.id, now),
            load=loads.get(one.id, 0),
            absent=_absent(one, roster, rules, now),
        )
        for one in everybody
    )


def _loads(session: Session) -> dict[int, int]:
    """Open tickets of each agent; those that wait for the customer are no work at the moment."""
    mine = TicketRow.assignee_id.is_not(None), TicketRow.status.not_in((*DONE, "waiting"))
    query = select(TicketRow.assignee_id, func.count()).where(*mine).group_by(TicketRow.assignee_id)
    return {agent_id: number for agent_id, number in session.execute(query) if agent_id is not None}


def _absent(one: Agent, roster: Roster, rules: RoutingRules, now: datetime) -> bool:
    """Whether others take over what they have not begun.

    At the beginning of work everybody has as long to sign in as `absent_after` says; who is on call may sleep.
    """
    if not one.active or roster.on_leave(one.id, now):
        return True
    if not rules.presence or roster.on_call(one.id, now):
        return False
    before = now - rules.absent_after
    unseen = one.seen_at is None or one.seen_at <= before
    gone = one.presence == "offline" and unseen
    silent = agents.presence_at(one, now) == "offline" and unseen
    just_begun = roster.on_duty(one.id, now) and not roster.on_duty(one.id, before)
    return (gone or silent) and not just_begun
