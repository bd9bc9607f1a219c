"""Reading clocks, for pages and reports: nothing is written, and nothing waits for the timer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk.calendar import WorkingHours
from desk.sla.fold import fold, whole
from desk.sla.model import Clock, MarkName, State, passed
from desk.sla.rules import KINDS, Kind, SlaRules
from desk.sla.storing import Marked, events_of, marks_of, rules_of
from desk.tables import SlaClockRow, SlaRow, TicketEventRow


def clocks(
    session: Session, ticket_ids: Collection[int], rules: SlaRules, hours: WorkingHours, now: datetime
) -> Mapping[int, tuple[Clock, ...]]:
    """The clocks of some tickets as they stand at `now`, in the order first response, resolution, plan.

    Events that the timer has not counted yet count here; a ticket nobody knows is left out.
    """
    if not ticket_ids:
        return {}
    marks = marks_of(session, ticket_ids)
    stored = _stored(session, ticket_ids, hours)
    news = tuple(one for one in ticket_ids if one not in stored)
    found: dict[int, tuple[Clock, ...]] = {}
    terms = rules_of(session, news, rules) if news else {}
    for one, events in (events_of(session, news) if news else {}).items():
        hands = fold(events, terms[one], hours).hands
        marked = marks.get(one, {})
        found[one] = tuple(hand.clock(now, hours, marked.get(kind, frozenset())) for kind, hand in hands.items())
    for one, rows in stored.items():
        found[one] = tuple(_clock(row, marks.get(one, {}), hours, now) for row in rows)
    return {one: found[one] for one in ticket_ids if one in found}


def _stored(
    session: Session, ticket_ids: Collection[int], hours: WorkingHours
) -> Mapping[int, tuple[SlaClockRow, ...]]:
    """The rows of tickets that have no news."""
    newest = (
        select(TicketEventRow.ticket_id, func.max(TicketEventRow.id).label("id"))
        .where(TicketEventRow.ticket_id.in_(ticket_ids))
        .group_by(TicketEventRow.ticket_id)
        .subquery()
    )
    query = (
        select(SlaClockRow)
        .join(SlaRow, SlaRow.ticket_id == SlaClockRow.ticket_id)
        .join(newest, newest.c.ticket_id == SlaRow.ticket_id)
        .where(SlaRow.last_event_id == newest.c.id, SlaRow.calendar == hours.version)
    )
    found: dict[int, list[SlaClockRow]] = defaultdict(list)
    for row in session.scalars(query):
        found[row.ticket_id].append(row)
    return {one: tuple(sorted(rows, key=lambda row: KINDS.index(cast(Kind, row.kind)))) for one, rows in found.items()}


def _clock(row: SlaClockRow, marked: Marked, hours: WorkingHours, now: datetime) -> Clock:
    kind = cast(Kind, row.kind)
    marks: frozenset[MarkName] = marked.get(kind, frozenset())
    running = 0 if row.since is None else passed(hours, row.wall, row.since, whole(now))
    return Clock(
        kind=kind,
        state=cast(State, row.state),
        priority=row.priority,
        target=row.target,
        breach=row.breach,
        wall=row.wall,
        used=row.used + running,
        due_at=row.due_at,
        breach_at=row.breach_at,
        stopped_at=row.stopped_at,
        warned="warned" in marks,
        escalated="escalated" in marks,
        breached="breached" in marks,
    )
