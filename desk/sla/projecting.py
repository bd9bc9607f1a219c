"""Keeping the clocks' rows up to date with the events.

A ticket's events are few and its calendar may have been edited, so one with news is folded from its first event:
what is stored is what a recomputation gives.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from desk.calendar import WorkingHours
from desk.errors import NotFound
from desk.sla.fold import Counted, fold
from desk.sla.rules import SlaRules
from desk.sla.storing import events_of, marks_of, rules_of, store
from desk.tables import SlaRow, TicketEventRow, TicketRow
from desk.tickets.model import DONE

_NEWEST = (
    select(func.max(TicketEventRow.id)).where(TicketEventRow.ticket_id == TicketRow.id).correlate(TicketRow)
).scalar_subquery()


def project(session: Session, rules: SlaRules, hours: WorkingHours, *, now: datetime, limit: int = 200) -> int:
    """Count the news of at most `limit` tickets; how many there were. Tickets somebody is working on this very
    moment are left for the next time. New tickets are frozen to `rules`; open ones follow the calendar."""
    query = _uncounted(hours).order_by(TicketRow.updated_at, TicketRow.id).limit(limit)
    ticket_ids = tuple(session.scalars(query.with_for_update(of=TicketRow, skip_locked=True)))
    count(session, ticket_ids, rules, hours, now=now)
    return len(ticket_ids)


def has_news(session: Session, hours: WorkingHours) -> bool:
    """Whether `project` would find anything; only reads."""
    return session.scalar(_uncounted(hours).limit(1)) is not None


def reproject_open(session: Session, rules: SlaRules, hours: WorkingHours, *, now: datetime) -> int:
    """After the calendar was edited: open tickets anew, how many there were. Those locked at this moment follow with
    the next `project`."""
    total = 0
    while done := project(session, rules, hours, now=now, limit=200):
        total += done
    return total


def recompute(session: Session, ticket_id: int, rules: SlaRules, hours: WorkingHours) -> Counted:
    """One ticket from its first event, under the terms it has, or `rules` when it was never counted; nothing is
    written. Raises NotFound."""
    events = events_of(session, (ticket_id,)).get(ticket_id)
    if not events:
        raise NotFound(f"there is no ticket with id {ticket_id}")
    return fold(events, rules_of(session, (ticket_id,), rules)[ticket_id], hours)


def _uncounted(hours: WorkingHours) -> Select[int]:
    """Ids of the tickets with events, or a calendar, that are not counted yet."""
    is_open = TicketRow.status.not_in(DONE)
    return (
        select(TicketRow.id)
        .outerjoin(SlaRow, SlaRow.ticket_id == TicketRow.id)
        .where(
            _NEWEST.is_not(None),
            # What is done and untouched since it was counted needs no look at its events.
            or_(is_open, SlaRow.seen_at.is_(None), SlaRow.seen_at != TicketRow.updated_at),
            or_(
                SlaRow.ticket_id.is_(None),
                SlaRow.last_event_id < _NEWEST,
                is_open & (SlaRow.calendar != hours.version),
            ),
        )
    )


def count(
    session: Session, ticket_ids: Collection[int], rules: SlaRules, hours: WorkingHours, *, now: datetime
) -> None:
    """Fold and store some tickets that the caller has locked."""
    if not ticket_ids:
        return
    session.flush()
    query = select(TicketRow.id, TicketRow.updated_at).where(TicketRow.id.in_(ticket_ids))
    touched = {row.id: row.updated_at for row in session.execute(query)}
    marks, terms = marks_of(session, ticket_ids), rules_of(session, ticket_ids, rules)
    for ticket_id, events in events_of(session, ticket_ids).items():
        counted = fold(events, terms[ticket_id], hours)
        seen_at = touched[ticket_id] if touched[ticket_id] < now else None
        store(session, ticket_id, counted, terms[ticket_id], hours, marks.get(ticket_id, {}), seen_at=seen_at)
    session.flush()
