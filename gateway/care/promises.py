"""Who answers when: the sentences that promise a time, from the working hours and the targets."""

from __future__ import annotations

from datetime import datetime, timedelta

from desk.calendar import WorkingHours
from desk.errors import NoWorkingTime
from desk.sla.rules import SlaRules
from desk.tickets import Ticket
from gateway.wording import Wording

_MINUTE, _HOUR = 60, 3600


def first_response(priority: str, hours: WorkingHours, rules: SlaRules, at: datetime) -> datetime | None:
    """When a ticket of this moment is answered at the latest; None when nobody works within a year."""
    seconds = rules.first_response[priority]
    if priority in rules.around_the_clock:
        return at + timedelta(seconds=seconds)
    try:
        return hours.after(at, seconds)
    except NoWorkingTime:
        return None


def when(wording: Wording, hours: WorkingHours, rules: SlaRules, priority: str, now: datetime) -> str:
    """The promised first response of a ticket opened now, with what time of which day it is."""
    due, target = first_response(priority, hours, rules, now), duration(wording, rules.first_response[priority])
    if priority in rules.around_the_clock and due is not None:
        key = "turn.ticket.when_p1" if priority == "P1" else "turn.ticket.when_always"
        return wording.text(key, target=target, due=moment(wording, due, hours))
    period, opening = hours.period(now), hours.next_opening(now)
    if due is None or (period.kind != "working" and opening is None):
        return wording.text("turn.ticket.when_unknown")
    if period.kind == "working":
        key = "turn.ticket.when_makeup" if period.makeup else "turn.ticket.when_working"
        return wording.text(key, target=target, due=moment(wording, due, hours))
    if opening is None:
        return wording.text("turn.ticket.when_unknown")
    return wording.text(
        "turn.ticket.when_closed",
        now=_off(wording, hours, now),
        opening=moment(wording, opening, hours),
        due=clock_time(due, hours) if _day(due, hours) == _day(opening, hours) else moment(wording, due, hours),
    )


def _off(wording: Wording, hours: WorkingHours, now: datetime) -> str:
    """Why nobody is there: 现在是午休时间, 现在是春节假期."""
    period = hours.period(now)
    if period.kind == "holiday" and period.name:
        return wording.text("turn.off.holiday_named", name=period.name)
    return wording.text(f"turn.off.{period.kind}")


def duration(wording: Wording, seconds: int) -> str:
    """15 分钟, 1 小时, 1 小时 30 分钟."""
    hours, minutes = seconds // _HOUR, seconds % _HOUR // _MINUTE
    parts = [
        *([wording.text("turn.duration.hours", count=hours)] if hours else []),
        *([wording.text("turn.duration.minutes", count=minutes)] if minutes or not hours else []),
    ]
    return " ".join(parts)


def moment(wording: Wording, at: datetime, hours: WorkingHours) -> str:
    """Date, weekday and time on the clock of the support team; a weekend that is worked says so."""
    local = at.astimezone(hours.tz)
    weekday = wording.text("turn.weekdays")[local.weekday()]
    made_up = wording.text("turn.makeup") if hours.period(at).makeup else ""
    return wording.text(
        "turn.moment", month=local.month, day=local.day, weekday=weekday, makeup=made_up, time=f"{local:%H:%M}"
    )


def clock_time(at: datetime, hours: WorkingHours) -> str:
    """The time alone, on the clock of the support team."""
    return f"{at.astimezone(hours.tz):%H:%M}"


def status(wording: Wording, ticket: Ticket, hours: WorkingHours, *, who: str = "", after: str = "") -> str:
    """One ticket, as its owner may know it."""
    return wording.text(
        "turn.status.one",
        number=ticket.number,
        summary=ticket.summary,
        status=wording.text(f"turn.states.{ticket.status}"),
        who=who,
        created=moment(wording, ticket.created_at, hours),
        updated=moment(wording, ticket.updated_at, hours),
        after=after,
    )


def _day(at: datetime, hours: WorkingHours) -> object:
    return at.astimezone(hours.tz).date()
