"""Warnings, escalations and breaches: recorded once for each clock, whoever looks how often and how late.

The key of `sla_marks` decides: who inserts the row writes the event and moves the ticket, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.orm import Session

from desk.calendar import WorkingHours
from desk.sla.fold import Hand, whole
from desk.sla.model import MARKS, MarkName
from desk.sla.projecting import count, recompute
from desk.sla.rules import Kind, SlaRules
from desk.sla.storing import marks_of, unmarked
from desk.tables import SlaClockRow, TicketRow
from desk.tables.base import UtcDateTime
from desk.tickets.model import Ticket, ticket
from desk.tickets.opening import append

# What was due longer ago, as on the day of an upgrade, is kept as a mark alone: no event, no step up, nobody is told.
NEWS_FOR = timedelta(days=7)
NEXT_TIER = {"L1": "L2", "L2": "L3", "L3": "L3"}

_RECORD = text(
    "INSERT INTO sla_marks (ticket_id, kind, mark, due_at, created_at) "
    "VALUES (:ticket_id, :kind, :mark, :due_at, :now) ON CONFLICT DO NOTHING RETURNING ticket_id"
).bindparams(bindparam("due_at", type_=UtcDateTime()), bindparam("now", type_=UtcDateTime()))


@dataclass(frozen=True)
class Mark:
    """Something that has just been recorded; `ticket` as it stands after it. `due_at` is when it should have been,
    `target_at` and `limit_at` when target and limit are or were reached; None for a paused or stopped clock.

    `tier` is the one before: an escalation moves the ticket up from it, L3 stays.
    """

    ticket: Ticket
    kind: Kind
    name: MarkName
    due_at: datetime
    target_at: datetime | None
    limit_at: datetime | None
    target: int  # seconds
    breach: int  # seconds
    tier: str


def due_tickets(session: Session, *, now: datetime, limit: int = 200) -> tuple[int, ...]:
    """Ids of tickets on which something is to be recorded, the longest due first; as of the last `project`."""
    first = func.min(SlaClockRow.next_at)
    query = select(SlaClockRow.ticket_id).where(SlaClockRow.next_at <= now).group_by(SlaClockRow.ticket_id)
    return tuple(session.scalars(query.order_by(first, SlaClockRow.ticket_id).limit(limit)))


def mark_due(
    session: Session,
    rules: SlaRules,
    hours: WorkingHours,
    *,
    now: datetime,
    ticket_ids: Collection[int] | None = None,
    limit: int = 50,
) -> tuple[Mark, ...]:
    """Record what is due on these tickets, or on the first `limit`, in the order in which it was due on each.

    Tickets that somebody else is marking or working on at this moment are theirs, or wait for the next time.
    An escalated ticket keeps its assignee; whoever dispatches finds their tier too low.
    """
    if ticket_ids is None:
        ticket_ids = due_tickets(session, now=now, limit=limit)
    query = (
        select(TicketRow)
        .where(TicketRow.id.in_(ticket_ids))
        .order_by(TicketRow.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    rows = session.scalars(query).all()
    marks = tuple(mark for row in rows for mark in _marked(session, row, rules, hours, now))
    count(session, [row.id for row in rows], rules, hours, now=now)
    return marks


def _marked(session: Session, row: TicketRow, rules: SlaRules, hours: WorkingHours, now: datetime) -> Iterator[Mark]:
    known = marks_of(session, (row.id,)).get(row.id, {})
    hands = recompute(session, row.id, rules, hours).hands
    due = [
        (at, MARKS.index(mark), hand)
        for kind, hand in hands.items()
        for mark, at in unmarked(hand.at(whole(now), hours), hours, known.get(kind, frozenset())).items()
        if at <= now
    ]
    for at, number, hand in sorted(due, key=lambda one: one[:2]):
        if _is_first(session, row.id, hand.kind, MARKS[number], at, now) and now - at <= NEWS_FOR:
            yield _recorded(session, row, hand, MARKS[number], at, hours, now)


def _is_first(session: Session, ticket_id: int, kind: Kind, mark: MarkName, due_at: datetime, now: datetime) -> bool:
    values = {"ticket_id": ticket_id, "kind": kind, "mark": mark, "due_at": due_at, "now": now}
    return session.execute(_RECORD, values).first() is not None


def _recorded(
    session: Session, row: TicketRow, hand: Hand, name: MarkName, due_at: datetime, hours: WorkingHours, now: datetime
) -> Mark:
    tier = row.tier
    detail: dict[str, Any] = {"clock": hand.kind, "due_at": due_at.isoformat(), "priority": hand.priority}
    if name == "escalated":
        row.tier = NEXT_TIER[tier]
        detail |= {"old": {"tier": tier}, "new": {"tier": row.tier}}
    append(session, row, f"sla_{name}", "system", detail, now)
    return Mark(
        ticket=ticket(row),
        kind=hand.kind,
        name=name,
        due_at=due_at,
        target_at=hand.reaches("escalated", hours),
        limit_at=hand.reaches("breached", hours),
        target=hand.target.seconds,
        breach=hand.target.breach,
        tier=tier,
    )
