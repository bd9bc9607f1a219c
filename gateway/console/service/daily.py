"""The reports of the nights, as pages to read and to print."""

from __future__ import annotations

from datetime import date, datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from desk import reports
from gateway.console.access import require
from gateway.console.pages import page
from gateway.console.route import ConsoleRoute
from gateway.console.session import Me, Parts
from gateway.timers.morning import KIND

router = APIRouter(route_class=ConsoleRoute, prefix="/daily")


@router.get("")
def days_page(request: Request, me: Me, services: Parts) -> Response:
    """The last two months, newest first."""
    require(me, "reports.daily")
    with services.db.read() as session:
        found = reports.days(session, KIND)
    return page(request, "days.html", me, found=found)


@router.get("/{day}")
def day_page(request: Request, day: date, me: Me, services: Parts) -> Response:
    """One night."""
    require(me, "reports.daily")
    with services.db.read() as session:
        found = reports.get(session, KIND, day)
    return page(request, "day.html", me, found=found, report=found.content, moment=datetime.fromisoformat)
