"""The calendar: which days are worked, and the operator's own decisions about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desk import agents, sla
from desk.agents import Agent
from desk.calendar import DayKind, SpecialDay, own, read_hours, statutory_years, warnings, year_warning
from desk.session import Session
from gateway.console.access import require
from gateway.console.errors import Invalid, problem
from gateway.console.forms import read_form
from gateway.console.pages import go_to, page
from gateway.console.route import ConsoleRoute
from gateway.console.service.months import Month, months
from gateway.console.services import ConsoleServices
from gateway.console.session import Me, Parts

router = APIRouter(route_class=ConsoleRoute, prefix="/calendar")

LONGEST_SPAN = 31  # days changed at once
FIRST_YEAR, LAST_YEAR = 2020, 2099
_KINDS: tuple[DayKind, ...] = ("holiday", "workday", "ordinary")


@dataclass(frozen=True)
class Typed:
    """The form as it was typed, or as it is offered."""

    day: str
    until: str = ""
    kind: str = ""
    name: str = ""
    weekday: str = ""


@dataclass(frozen=True)
class Shown:
    """A year as the page shows it."""

    year: int
    months: tuple[Month, ...]
    own: tuple[own.OwnDay, ...]
    names: Mapping[int, str]  # of agents
    status: str
    source: str
    warnings: tuple[tuple[str, int], ...]


@router.get("")
def calendar_page(request: Request, me: Me, services: Parts, year: int = 0, day: str = "") -> Response:
    """Twelve months, and the form for the day that was chosen."""
    require(me, "calendar.read")
    return _page(request, me, services, year, Typed(day) if _date(day) else None)


@router.post("")
async def change(request: Request, me: Me, services: Parts) -> Response:
    """One day, or several in a row: decided, or put back to the official arrangement."""
    require(me, "calendar.keep")
    form = await read_form(request)
    typed = Typed(*(form.raw(name).strip() for name in ("day", "until", "kind", "name", "weekday")))
    try:
        done, count, year = await run_in_threadpool(_change, services, me, typed)
    except Invalid as refused:
        return await run_in_threadpool(
            _page, request, me, services, 0, typed, problem(refused, services.wording).sentence
        )
    return go_to(f"/console/calendar?year={year}", done=done, n=count)


def _page(
    request: Request, me: Agent, services: ConsoleServices, year: int, typed: Typed | None, error: str = ""
) -> Response:
    now = services.clock()
    today = now.astimezone(services.hours.tz).date()
    chosen = _date(typed.day) if typed else None
    year = chosen.year if chosen else year if FIRST_YEAR <= year <= LAST_YEAR else today.year
    with services.db.read() as session:
        shown = _shown(session, services, year)
    return page(
        request,
        "calendar.html",
        me,
        status=422 if error else 200,
        shown=shown,
        today=today,
        chosen=chosen,
        typed=typed,
        error=error,
        decided=next((one for one in shown.own if one.day == chosen), None),
        kinds=_KINDS,
        longest=own.LONGEST_NAME,
        first_year=FIRST_YEAR,
        last_year=LAST_YEAR,
    )


def _shown(session: Session, services: ConsoleServices, year: int) -> Shown:
    hours = read_hours(session, services.hours)
    known = statutory_years().get(year)
    loud = {(one.code, one.year) for one in warnings(services.clock(), hours)}
    doubted = year_warning(year)
    if doubted is not None and year not in hours.confirmed:
        loud.add((doubted.code, doubted.year))
    return Shown(
        year=year,
        months=months(year, hours),
        own=own.listing(session, year=year),
        names={agent.id: agent.name for agent in agents.listing(session, active=None)},
        status=known.status if known else "missing",
        source=known.source if known else "",
        warnings=tuple(sorted(loud, key=lambda one: one[1])),
    )


def _change(services: ConsoleServices, me: Agent, typed: Typed) -> tuple[str, int, int]:
    """What was done, to how many days, of which year."""
    days = _days(typed)
    special = None if typed.kind == "withdraw" else _special(typed)
    now = services.clock()
    with services.db.write() as session:
        if special is None:
            changed = sum(own.withdraw(session, day, by=me.actor, now=now) for day in days)
        else:
            changed = sum(own.decide(session, day, special, by=me.actor, now=now) for day in days)
        if changed:
            hours = read_hours(session, services.hours)
            sla.reproject_open(session, services.rules.sla, hours, now=now)
    if not changed:
        return "calendar_same", 0, days[0].year
    return ("calendar_withdrawn" if special is None else "calendar_kept"), changed, days[0].year


def _days(typed: Typed) -> tuple[date, ...]:
    first, last = _date(typed.day), _date(typed.until or typed.day)
    if first is None or last is None:
        raise Invalid("calendar_day", value=(typed.day if first is None else typed.until)[:20])
    if last < first:
        raise Invalid("calendar_order")
    count = (last - first).days + 1
    if count > LONGEST_SPAN:
        raise Invalid("calendar_long", limit=LONGEST_SPAN, n=count)
    return tuple(first + timedelta(days=offset) for offset in range(count))


def _special(typed: Typed) -> SpecialDay:
    kind = next((one for one in _KINDS if one == typed.kind), None)
    if kind is None:
        raise Invalid("calendar_kind")
    if len(typed.name) > own.LONGEST_NAME:
        raise Invalid("calendar_name", limit=own.LONGEST_NAME, n=len(typed.name))
    weekday = int(typed.weekday) if kind == "workday" and typed.weekday in tuple("0123456") else None
    return SpecialDay(kind, typed.name, weekday)


def _date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None
