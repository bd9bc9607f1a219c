"""What a night has brought, as plain data: numbers, and the rows behind them.

Definitions. opened: tickets with `created_at` in [since, until). p1: those of them that are or were P1, and older ones
that became P1 in the night, with what was done. waiting: conversations that wait for a human now. marks: warnings,
escalations and breaches recorded in [since, until). due: open promises and next contacts until the end of the day,
overdue ones included. incidents: proposed or confirmed now. unanswered: questions kept for the editors in
[since, until). duty: who has a shift or is on call some time on the day, without those on leave all day.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk import incidents
from desk.reports import opened as tickets
from desk.reports import pending
from desk.reports.hours import Night
from desk.reports.people import duty
from desk.tables import UnansweredRow


def collect(session: Session, night: Night, *, now: datetime) -> dict[str, Any]:
    """The report. Only reads; times are ISO 8601 with offset, secrets in summaries are masked."""
    opened = tickets.opened(session, night)
    ends = datetime.combine(night.day, time(0), night.until.tzinfo) + timedelta(days=1)
    return {
        "since": night.since.isoformat(),
        "until": night.until.isoformat(),
        "opened": opened,
        "priorities": dict(sorted(Counter(one["priority"] for one in opened).items())),
        "p1": tickets.urgent(session, night),
        "waiting": pending.waiting(session, now),
        "marks": pending.marks(session, night),
        "promises": pending.promises(session, ends, now),
        "contacts": pending.next_contacts(session, ends, now),
        "incidents": _incidents(session),
        "unanswered": _unanswered(session, night),
        "duty": duty(session, datetime.combine(night.day, time(0), night.until.tzinfo), ends),
    }


def _incidents(session: Session) -> list[dict[str, Any]]:
    return [
        {"id": one.id, "title": one.title, "state": one.state, "tickets": one.tickets, "contacts": one.contacts}
        for one in incidents.listing(session, incidents.GOING_ON)
    ]


def _unanswered(session: Session, night: Night) -> int:
    query = select(func.count()).where(UnansweredRow.created_at >= night.since, UnansweredRow.created_at < night.until)
    return session.scalar(query) or 0
