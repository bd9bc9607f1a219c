"""The roster: who works when, who may be woken, who is away; read by the team, kept by its leads."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from typing import get_args

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desk import agents, duty
from desk.agents import TEAM, Agent
from desk.duty import Kind, Line, Overlapping
from desk.errors import BadValue
from gateway.console.access import require
from gateway.console.errors import Invalid, problem
from gateway.console.forms import Form, read_form
from gateway.console.labels import Labels, console_text
from gateway.console.pages import go_to, page
from gateway.console.route import ConsoleRoute
from gateway.console.service.duty_week import NIGHT, Row, called_tonight, parts
from gateway.console.service.profiles import for_people
from gateway.console.services import ConsoleServices, labels_of
from gateway.console.session import Me, Parts

router = APIRouter(route_class=ConsoleRoute, prefix="/duty")

MOST_DAYS = 31  # on which one submission repeats a line

_FIELDS = ("agent", "kind", "starts", "ends", "days", "note")

_FURTHEST = timedelta(days=366 * 2)  # from today, in the past as in the future


@router.get("")
def duty_page(request: Request, me: Me, services: Parts, week: str = "") -> Response:
    """One week, this one unless another is named by any of its days."""
    require(me, "duty.read")
    return _page(request, me, services, _day(week, services), {})


@router.post("")
async def add(request: Request, me: Me, services: Parts) -> Response:
    """A line, on one day or on several in a row; all or nothing."""
    require(me, "duty.keep")
    form = await read_form(request)
    day = _day(form.raw("week"), services)
    try:
        first = await run_in_threadpool(_add, services, form, me)
    except (BadValue, Invalid) as error:
        message = for_people(request, error, _refusal(error, services))
        typed = {name: form.raw(name) for name in _FIELDS} | {"message": message}
        return await run_in_threadpool(_page, request, me, services, day, typed)
    return go_to(f"/console/duty?week={first}", done="duty_added")


@router.post("/copy")
async def copy(request: Request, me: Me, services: Parts) -> Response:
    """What was done the week before, once more in the week that is shown."""
    require(me, "duty.keep")
    day = _day((await read_form(request)).raw("week"), services)

    def work() -> duty.Copied:
        now = services.clock()
        with services.db.write() as session:
            return duty.copy_week(session, day - timedelta(days=7), services.hours.tz, by=me.actor, now=now)

    copied = await run_in_threadpool(work)
    done = "duty_copied_some" if copied.skipped else "duty_copied" if copied.new else "duty_nothing"
    return go_to(f"/console/duty?week={day}", done=done, n=copied.new, m=copied.skipped)


@router.post("/{line_id}/remove")
async def remove(request: Request, line_id: int, me: Me, services: Parts) -> Response:
    """Take a line away."""
    require(me, "duty.keep")
    day = _day((await read_form(request)).raw("week"), services)

    def work() -> None:
        with services.db.write() as session:
            duty.remove(session, line_id, by=me.actor, now=services.clock())

    await run_in_threadpool(work)
    return go_to(f"/console/duty?week={day}", done="duty_removed")


def _page(request: Request, me: Agent, services: ConsoleServices, day: date, typed: dict[str, str]) -> Response:
    now, tz = services.clock(), services.hours.tz
    since, until = duty.week_of(day, tz)
    with services.db.read() as session:
        team = [one for one in agents.listing(session) if one.role in TEAM]
        lines = duty.listing(session, since, until)
        on_duty = duty.on_duty(session, services.hours, now)
        tonight = called_tonight(session, team, now, tz)
    days = [since.date() + timedelta(days=number) for number in range(7)]
    return page(
        request,
        "duty.html",
        me,
        status=422 if typed else 200,
        days=days,
        rows=[Row(one, tuple(parts(one, on, lines, tz) for on in days)) for one in team],
        today=now.astimezone(tz).date(),
        on_duty=[(one, agents.presence_at(one, now)) for one in on_duty],
        tonight=tonight,
        typed={**_blank(now, tz, me), **typed},
        kinds=get_args(Kind),
        most_days=MOST_DAYS,
        before=days[0] - timedelta(days=7),
        after=days[0] + timedelta(days=7),
    )


def _add(services: ConsoleServices, form: Form, me: Agent) -> date:
    """The day on which the first line begins."""
    tz, now = services.hours.tz, services.clock()
    agent_id, kind, note = form.number("agent"), form.option("kind", get_args(Kind)), form.raw("note").strip()
    starts, ends = _moment(form, "starts", now, tz), _moment(form, "ends", now, tz)
    days = form.number("days") if form.raw("days").strip() else 1
    if not 1 <= days <= MOST_DAYS:
        raise BadValue(f"a line is repeated on 1 to {MOST_DAYS} days, not {days}", "days", limit=MOST_DAYS)
    with services.db.write() as session:
        for number in range(days):
            later = timedelta(days=number)  # at the same clock time
            duty.add(session, agent_id, kind, starts + later, ends + later, note=note, by=me.actor, now=now)
    return starts.date()


def _moment(form: Form, field: str, now: datetime, tz: tzinfo) -> datetime:
    """What a field for date and time holds, in the team's zone. Raises BadValue."""
    try:
        moment = datetime.fromisoformat(form.text(field)).replace(tzinfo=tz)
    except ValueError as error:
        if isinstance(error, BadValue):
            raise
        raise BadValue(f"{form.raw(field)[:40]!r} is no date and time", "moment") from error
    if abs(moment - now) > _FURTHEST:
        raise BadValue(f"{moment:%Y-%m-%d} is more than two years away", "far")
    return moment


def _day(text: str, services: ConsoleServices) -> date:
    """The day that was asked for, or today when that is none, or none near."""
    today = services.clock().astimezone(services.hours.tz).date()
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return today
    return day if abs(day - today) <= _FURTHEST else today


def _blank(now: datetime, tz: tzinfo, me: Agent) -> dict[str, str]:
    """What the form suggests: me, on call tonight."""
    today = now.astimezone(tz).date()
    tomorrow = today + timedelta(days=1)
    return {
        "agent": str(me.id),
        "kind": "on_call",
        "starts": f"{today}T{NIGHT[0]:%H:%M}",
        "ends": f"{tomorrow}T{NIGHT[1]:%H:%M}",
        "days": "1",
        "note": "",
        "message": "",
    }


def _refusal(error: BadValue | Invalid, services: ConsoleServices) -> str:
    if isinstance(error, Invalid):
        return problem(error, services.wording).sentence
    labels = labels_of(services)
    values = dict(error.values)
    if isinstance(error, Overlapping):
        values = _overlap(error.other, labels)
    elif "kind" in values:
        values["kind"] = labels.name("duty", str(values["kind"]))
    return console_text(services.wording, f"duty_refused.{error.field}", **values)


def _overlap(line: Line, labels: Labels) -> dict[str, object]:
    start, end = line.starts_at.astimezone(labels.tz), line.ends_at.astimezone(labels.tz)
    return {"kind": labels.name("duty", line.kind), "starts": f"{start:%m-%d %H:%M}", "ends": f"{end:%m-%d %H:%M}"}
