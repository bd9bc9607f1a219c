"""Rows of the projection."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.calendar import WorkingHours
from desk.sla.fold import Counted, Hand
from desk.sla.model import MARKS, MarkName
from desk.sla.rules import Kind, SlaRules
from desk.tables import SlaClockRow, SlaMarkRow, SlaRow, TicketEventRow
from desk.tickets.model import TicketEvent, event

Marked = Mapping[Kind, frozenset[MarkName]]


def events_of(session: Session, ticket_ids: Collection[int]) -> Mapping[int, tuple[TicketEvent, ...]]:
    """The histories of some tickets, oldest first."""
    query = select(TicketEventRow).where(TicketEventRow.ticket_id.in_(ticket_ids)).order_by(TicketEventRow.id)
    found: dict[int, list[TicketEvent]] = defaultdict(list)
    for row in session.scalars(query):
        found[row.ticket_id].append(event(row))
    return {ticket_id: tuple(lines) for ticket_id, lines in found.items()}


def marks_of(session: Session, ticket_ids: Collection[int]) -> Mapping[int, Marked]:
    """What is on record for some tickets."""
    query = select(SlaMarkRow).where(SlaMarkRow.ticket_id.in_(ticket_ids))
    found: dict[int, dict[Kind, frozenset[MarkName]]] = defaultdict(dict)
    for row in session.scalars(query):
        kind, mark = cast(Kind, row.kind), cast(MarkName, row.mark)
        found[row.ticket_id][kind] = found[row.ticket_id].get(kind, frozenset()) | {mark}
    return found


def rules_of(session: Session, ticket_ids: Collection[int], rules: SlaRules) -> Mapping[int, SlaRules]:
    """The terms each ticket was first counted under; `rules` for those that are new."""
    rows = {row.ticket_id: row for row in session.scalars(select(SlaRow).where(SlaRow.ticket_id.in_(ticket_ids)))}
    return {one: SlaRules.of_terms(rows[one].terms) if one in rows else rules for one in ticket_ids}


def store(
    session: Session,
    ticket_id: int,
    counted: Counted,
    rules: SlaRules,
    hours: WorkingHours,
    marked: Marked,
    *,
    seen_at: datetime | None,
) -> None:
    """Write a ticket's projection; its terms only the first time. The ticket is locked by the caller."""
    row = session.get(SlaRow, ticket_id)
    if row is None:
        row = SlaRow(ticket_id=ticket_id, terms=rules.terms())
        session.add(row)
    row.last_event_id, row.calendar, row.seen_at = counted.last_event_id, hours.version, seen_at
    for kind, hand in counted.hands.items():
        clock = session.get(SlaClockRow, (ticket_id, kind))
        if clock is None:
            clock = SlaClockRow(ticket_id=ticket_id, kind=kind)
            session.add(clock)
        for name, value in columns(hand, hours, marked.get(kind, frozenset())).items():
            setattr(clock, name, value)


def columns(hand: Hand, hours: WorkingHours, marks: frozenset[MarkName]) -> Mapping[str, object]:
    """What a row of `sla_clocks` says about a clock."""
    return {
        "state": hand.state,
        "priority": hand.priority,
        "target": hand.target.seconds,
        "breach": hand.target.breach,
        "wall": hand.target.wall,
        "used": hand.used,
        "since": hand.since if hand.state == "running" else None,
        "due_at": hand.reaches("escalated", hours),
        "breach_at": hand.reaches("breached", hours),
        "next_at": min((at for at in unmarked(hand, hours, marks).values()), default=None),
        "stopped_at": hand.since if hand.state == "stopped" else None,
    }


def unmarked(hand: Hand, hours: WorkingHours, marks: frozenset[MarkName]) -> Mapping[MarkName, datetime]:
    """What is to be recorded and when it is, or was, due. Nobody is warned about a clock that has stopped; that its
    promise was broken before is recorded all the same."""
    names = [mark for mark in MARKS if mark not in marks and (hand.state != "stopped" or mark == "breached")]
    due = {mark: hand.crossed.get(mark) or hand.reaches(mark, hours) for mark in names}
    return {mark: at for mark, at in due.items() if at is not None}
