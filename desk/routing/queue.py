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

_CALLS = ("changed", "assigned", "queued")
_WAKING = ("fast_response", "on_call", "p1_anybody", "p1_nobody", "p1_raised")  # reasons with which people are woken
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
        if choice is not None and (choice.agent is not None or _is_news(choice, last.get(row.id))):
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
    need = Need(present.priority, present.tier, skill)
    return Standing(need, present.status, row.assignee_id, owner_id, paged=_paged(session, row))


def repeats(session: Session, row: TicketRow, choice: Choice) -> bool:
    """Whether the last thing that routing has said about the ticket is just this."""
    return choice.agent is None and not _is_news(choice, _last_queued(session, [row.id]).get(row.id))


def _is_news(choice: Choice, last: str | None) -> bool:
    """That others are woken is recorded each time the ticket becomes a P1; see `_paged`."""
    return choice.reason.code == "p1_raised" or choice.reason.code != last


def _paged(session: Session, row: TicketRow) -> bool:
    """Whether routing has called somebody for this P1 since it is one. Of what is no P1 nobody asks."""
    if row.priority != "P1" or row.assignee_id is None:
        return True
    query = select(TicketEventRow).where(TicketEventRow.ticket_id == row.id, TicketEventRow.kind.in_(_CALLS))
    paged = False
    for line in session.scalars(query.order_by(TicketEventRow.id)):
        if line.kind == "changed" and "priority" in line.detail["new"]:
            paged = False
        elif line.kind != "changed" and isinstance(line.detail.get("reason"), dict):
            paged = paged or line.detail["reason"]["code"] in _WAKING
    return paged


def _waiting() -> Select[TicketRow]:
    order = TicketRow.priority, TicketRow.vip.desc(), TicketRow.created_at, TicketRow.id
    return select(TicketRow).where(_OPEN, TicketRow.assignee_id.is_(None)).order_by(*order)


def _misplaced(people: tuple[Candidate, ...]) -> Select[TicketRow]:
    """Above the tier of who has it, not begun by somebody who is away, with somebody who works here no more, or a P1
    (of which there are few)."""
    absent = [one.agent.id for one in people if one.absent]
    left = [one.agent.id for one in people if not one.eligible]
    risen = TicketRow.tier > AgentRow.tier  # L1 < L2 < L3
    lying = and_(TicketRow.status == "assigned", TicketRow.assignee_id.in_(absent))
    query = (
        select(TicketRow)
        .join(AgentRow, AgentRow.id == TicketRow.assignee_id)
        .where(_OPEN, or_(risen, lying, TicketRow.assignee_id.in_(left), TicketRow.priority == "P1"))
    )
    return query.order_by(TicketRow.priority, TicketRow.vip.desc(), TicketRow.created_at, TicketRow.id)


def _last_queued(session: Session, ids: list[int]) -> dict[int, str]:
    """The code with which each ticket was queued, where nothing of the kind has happened since."""
    kinds = TicketEventRow.kind.in_(("queued", "assigned", "reopened"))
    newest = select(func.max(TicketEventRow.id)).where(TicketEventRow.ticket_id.in_(ids), kinds)
    events = session.scalars(
        select(TicketEventRow).where(TicketEventRow.id.in_(newest.group_by(TicketEventRow.ticket_id)))
    )
    return {line.ticket_id: str(line.detail["reason"]["code"]) for line in events if line.kind == "queued"}
