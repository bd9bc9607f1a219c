"""Files to take away: the problem log as CSV and the tickets as a workbook, for a period, perhaps of one company."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal, get_args

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from desk import accounts, audit, tickets
from desk.agents import Agent
from desk.tickets import Filter, Priority
from gateway.console.access import require
from gateway.console.errors import Invalid
from gateway.console.pages import page
from gateway.console.route import ConsoleRoute
from gateway.console.services import ConsoleServices, labels_of
from gateway.console.session import Me, Parts
from gateway.exports import problem_log, ticket_sheet

router = APIRouter(route_class=ConsoleRoute, prefix="/exports")

LONGEST = 366  # days
MOST = 50_000  # tickets
DAYS = 30  # shown at first
_ACCOUNTS = 1_000  # companies to choose from

What = Literal["problem-log", "tickets"]
State = Literal["", "open", "done"]
_TYPES = {
    "problem-log": ("csv", "text/csv; charset=utf-8"),
    "tickets": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
Text = Annotated[str, Query(max_length=40)]


@dataclass(frozen=True)
class Chosen:
    """What the form says; days are the team's, both included."""

    since: date
    until: date
    account_id: int | None = None
    category: str = ""
    priority: Priority | None = None
    state: State = ""

    def where(self, services: ConsoleServices) -> Filter:
        """As the desk understands it."""
        tz = services.hours.tz
        return Filter(
            since=datetime.combine(self.since, time(), tz),
            until=datetime.combine(self.until + timedelta(days=1), time(), tz),
            account_id=self.account_id,
            category=self.category or None,
            priority=self.priority,
            open={"open": True, "done": False}.get(self.state),
        )


@router.get("")
def exports_page(request: Request, me: Me, services: Parts) -> Response:
    """The form."""
    require(me, "reports.export")
    today = labels_of(services).today
    with services.db.read() as session:
        companies = accounts.listing(session, limit=_ACCOUNTS)
    since = today - timedelta(days=DAYS - 1)
    return page(request, "exports.html", me, companies=companies, chosen=Chosen(since, today), longest=LONGEST)


def _asked(
    services: Parts,
    since: Text = "",
    until: Text = "",
    account: Text = "",
    category: Text = "",
    priority: Text = "",
    state: Text = "",
) -> Chosen:
    """What the form says; the last thirty days where it says nothing. Raises Invalid for a period that is none."""
    try:
        last = date.fromisoformat(until) if until else labels_of(services).today
        first = date.fromisoformat(since) if since else last - timedelta(days=DAYS - 1)
    except (ValueError, OverflowError):
        raise Invalid("period", days=LONGEST) from None
    if not (0 <= (last - first).days < LONGEST and first.year >= 2000 and last.year < 9000):
        raise Invalid("period", days=LONGEST)
    return Chosen(
        since=first,
        until=last,
        account_id=int(account) if account.isascii() and account.isdigit() and len(account) <= 18 else None,
        category=category,
        priority=next((one for one in get_args(Priority) if one == priority), None),
        state=next((one for one in get_args(State) if one == state), ""),
    )


@router.get("/problem-log")
def log(me: Me, services: Parts, chosen: Annotated[Chosen, Depends(_asked)]) -> Response:
    """The problem log."""
    return _export("problem-log", me, services, chosen)


@router.get("/tickets")
def sheet(me: Me, services: Parts, chosen: Annotated[Chosen, Depends(_asked)]) -> Response:
    """The workbook."""
    return _export("tickets", me, services, chosen)


def _export(what: What, me: Agent, services: ConsoleServices, chosen: Chosen) -> Response:
    """The file. Raises Invalid for too many tickets."""
    require(me, "reports.export")
    where, labels, now = chosen.where(services), labels_of(services), services.clock()
    with services.db.read() as session:
        n = tickets.count(session, where)
        if n > MOST:
            raise Invalid("too_many_tickets", n=n, limit=MOST)
        if what == "problem-log":
            content = problem_log(session, where, labels)
        else:
            content = ticket_sheet(session, where, labels, services.rules.sla, services.hours, now=now)
    _record(services, me, what, chosen, n)
    return _file(what, chosen, content)


def _record(services: ConsoleServices, me: Agent, what: What, chosen: Chosen, n: int) -> None:
    """Who took what away."""
    detail = {"since": str(chosen.since), "until": str(chosen.until), "account_id": chosen.account_id, "tickets": n}
    with services.db.write() as session:
        audit.record(session, me.actor, "reports.exported", f"export:{what}", detail, now=services.clock())


def _file(what: What, chosen: Chosen, content: bytes) -> Response:
    ending, kind = _TYPES[what]
    name = f"{what}-{chosen.since:%Y%m%d}-{chosen.until:%Y%m%d}.{ending}"
    return Response(content, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})
