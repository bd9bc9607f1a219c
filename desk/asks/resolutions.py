"""解决了吗: one ask for each resolution of a ticket, planned, offered and at last over."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from desk.asks.keeping import request
from desk.asks.model import Ask, AskRules
from desk.tables import AskRow, TicketRow
from desk.tickets.model import DONE, Ticket, ticket

_WISHES = "suggestion"  # category of what was never a trouble
_LOOKED_BACK = timedelta(days=3)  # how late a worker that was down may still ask


def plan(session: Session, rules: AskRules, *, now: datetime, limit: int = 100) -> int:
    """Request what resolved tickets have to be asked by now, once for each resolution; how many are new."""
    found = session.scalars(_unplanned(rules, now).order_by(TicketRow.resolved_at).limit(limit)).all()
    # By conversation: an ask shares the lock of its conversation, and whoever locks several does it in this order.
    for row in sorted(found, key=lambda one: one.conversation_id or 0):
        _planned(session, ticket(row), rules, now)
    return len(found)


def offer(session: Session, about: Ticket, rules: AskRules, *, now: datetime) -> Ask | None:
    """What the customer of a ticket that has just been resolved can answer at once, and is asked later if they do not.

    None for what is never asked about.
    """
    if about.category == _WISHES or about.status not in DONE:
        return None
    made = _planned(session, about, rules, now)
    if made is not None:  # of an earlier resolution nobody is asked any more
        earlier = update(AskRow).where(
            AskRow.ticket_id == about.id,
            AskRow.kind == "solved",
            AskRow.state.in_(("due", "asked")),
            AskRow.id < made.id,
        )
        session.execute(earlier.values(state="expired").execution_options(synchronize_session="fetch"))
    return made


def _planned(session: Session, about: Ticket, rules: AskRules, now: datetime) -> Ask | None:
    """The ask of this resolution, once."""
    if about.conversation_id is None or about.resolved_at is None:
        return None
    due_at, key = about.resolved_at + rules.solved_after, f"solved:{about.id}:{about.resolved_at.isoformat()}"
    return request(session, "solved", about.conversation_id, ticket_id=about.id, due_at=due_at, key=key, now=now)


def expire(session: Session, rules: AskRules, *, now: datetime) -> int:
    """Nobody answered, nobody could be asked, or the ticket is worked on again; how many."""
    over = update(AskRow).where(_outdated(rules, now)).values(state="expired").returning(AskRow.id)
    return len(session.scalars(over.execution_options(synchronize_session="fetch")).all())


def to_expire(session: Session, rules: AskRules, *, now: datetime) -> bool:
    """Whether `expire` would find anything; only reads."""
    return session.scalar(select(AskRow.id).where(_outdated(rules, now)).limit(1)) is not None


def to_plan(session: Session, rules: AskRules, *, now: datetime) -> bool:
    """Whether `plan` would find anything; only reads."""
    return session.scalar(_unplanned(rules, now).limit(1)) is not None


def _unplanned(rules: AskRules, now: datetime) -> Select[TicketRow]:
    at = TicketRow.resolved_at
    offered = and_(AskRow.created_at == at, AskRow.due_at > at)  # with the message that tells the solution
    since = or_(AskRow.created_at > at, offered)
    return (
        select(TicketRow)
        .where(TicketRow.status.in_(DONE), TicketRow.conversation_id.is_not(None), TicketRow.category != _WISHES)
        .where(at <= now - rules.solved_after, at > now - rules.solved_after - _LOOKED_BACK)
        .where(~exists().where(AskRow.ticket_id == TicketRow.id, AskRow.kind == "solved", since))
    )


def _outdated(rules: AskRules, now: datetime) -> ColumnElement[bool]:
    before = now - rules.expires_after
    old = or_(
        and_(AskRow.state == "due", AskRow.due_at <= before), and_(AskRow.state == "asked", AskRow.asked_at <= before)
    )
    reopened = and_(
        AskRow.kind == "solved",
        AskRow.state.in_(("due", "asked")),
        AskRow.ticket_id.in_(select(TicketRow.id).where(TicketRow.status.not_in(DONE))),
    )
    return or_(old, reopened)
