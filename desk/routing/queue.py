"""The queue: tickets that nobody has, and those that somebody else should have."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from desk.calendar import WorkingHours
from desk.routing.candidates import candidates
from desk.routing.choose import decide
from desk.routing.model import Candidate, Choice, Need, Standing
from desk.routing.rules import RoutingRules
from desk.routing.skill import skill_of
from desk.tables import AgentRow, ConversationRow, TicketEventRow, TicketRow
from desk.tickets.model import DONE, Ticket, ticket

_OPEN = TicketRow.status.not_in(DONE)
_LOOKED_AT = 1_000  # tickets at one look; the rest when some of these have gone


def waiting(session: Session, *, limit: int = 200) -> tuple[Ticket, ...]:
    """Open tickets that nobody has: P1 before P2 and so on, VIPs first among equals, then the oldest."""
    return tuple(ticket(row) for row in session.scalars(_waiting().limit(limit)))


def due(
    session: Session, rules: RoutingRules, hours: WorkingHours, *, now: datetime, limit: int = 200
) -> tuple[str, ...]:
    """Numbers of the tickets that `dispatch` would do something about now, in the order in which it should.

    Reads only: a long queue at night costs one look and no writing.
    """
    people = candidates(session, rules, hours, now=now)
    rows = [*session.scalars(_waiting().limit(_LOOKED_AT)), *session.scalars(_misplaced(people).limit(_LOOKED_AT))]
    last = _last_queued(session, [row.id for row in rows])
    found: list[str] = []
    for row in rows:
        choice = decide(standing(session, row, rules), people, rules, now=now)
        if choice is not None and (choice.agent is not None or choice.reason.code != last.get(row.id)):
            found.append(row.number)
    return tuple(found[:limit])


def standing(session: Session, row: TicketRow, rules: RoutingRules) -> Standing:
    """What there is to know about a ticket."""
    present = ticket(row)
    skill = row.skill or skill_of(row.category, row.summary, row.slots, rules)
    owner_id = None
    if row.assignee_id is not None and row.conversation_id is not None:
        owner_id = session.scalar(
            select(ConversationRow.owner_id).where(
                ConversationRow.id == row.conversation_id, ConversationRow.state == "human"
            )
        )
    return Standing(Need(present.priority, present.tier, skill), present.status, row.assignee_id, owner_id)


def repeats(session: Session, row: TicketRow, choice: Choice) -> bool:
    """Whether the last thing that routing has said about the ticket is just this."""
    return choice.agent is None and _last_queued(session, [row.id]).get(row.id) == choice.reason.code


def _waiting() -> Select[TicketRow]:
    order = TicketRow.priority, TicketRow.vip.desc(), TicketRow.created_at, TicketRow.id
    return select(TicketRow).where(_OPEN, TicketRow.assignee_id.is_(None)).order_by(*order)


def _misplaced(people: tuple[Candidate, ...]) -> Select[TicketRow]:
    """Above the tier of who has it, or not begun by somebody who is away."""
    absent = [one.agent.id for one in people if one.absent]
    risen = TicketRow.tier > AgentRow.tier  # L1 < L2 < L3
    lying = and_(TicketRow.status == "assigned", TicketRow.assignee_id.in_(absent))
    query = select(TicketRow).join(AgentRow, AgentRow.id == TicketRow.assignee_id).where(_OPEN, or_(risen, lying))
    return query.order_by(TicketRow.priority, TicketRow.vip.desc(), TicketRow.created_at, TicketRow.id)


def _last_queued(session: Session, ids: list[int]) -> dict[int, str]:
    """The code with which each ticket was queued, where nothing of the kind has happened since."""
    kinds = TicketEventRow.kind.in_(("queued", "assigned", "reopened"))
    newest = select(func.max(TicketEventRow.id)).where(TicketEventRow.ticket_id.in_(ids), kinds)
    events = session.scalars(
        select(TicketEventRow).where(TicketEventRow.id.in_(newest.group_by(TicketEventRow.ticket_id)))
    )
    return {line.ticket_id: str(line.detail["reason"]["code"]) for line in events if line.kind == "queued"}
