"""Who answers when: the sentences that promise a time, from the working hours."""

from __future__ import annotations

from datetime import datetime

from desk.calendar import WorkingHours
from desk.tickets import Ticket
from gateway.wording import Wording


def when(wording: Wording, hours: WorkingHours, priority: str, now: datetime) -> str:
    """The promised first response of a ticket opened now."""
    minutes = wording.text(f"turn.minutes.{priority}")
    if priority == "P1":
        return wording.text("turn.ticket.when_p1", minutes=minutes)
    if hours.is_working(now):
        return wording.text("turn.ticket.when_working", minutes=minutes)
    opening = hours.next_opening(now)
    return wording.text("turn.ticket.when_closed", opening=moment(wording, opening, hours)) if opening else ""


def moment(wording: Wording, at: datetime, hours: WorkingHours) -> str:
    """Date, weekday and time on the clock of the support team."""
    local = at.astimezone(hours.tz)
    weekday = wording.text("turn.weekdays")[local.weekday()]
    return wording.text("turn.moment", month=local.month, day=local.day, weekday=weekday, time=f"{local:%H:%M}")


def status(wording: Wording, ticket: Ticket, hours: WorkingHours) -> str:
    """One ticket, as its owner may know it."""
    return wording.text(
        "turn.status.one",
        number=ticket.number,
        summary=ticket.summary,
        status=wording.text(f"turn.states.{ticket.status}"),
        created=moment(wording, ticket.created_at, hours),
        updated=moment(wording, ticket.updated_at, hours),
    )
