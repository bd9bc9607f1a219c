"""The addresses of what agents do for a ticket besides answering."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, get_args

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desk.tickets import Tier
from gateway.console.desk import care
from gateway.console.errors import Invalid
from gateway.console.forms import Form, read_form
from gateway.console.pages import go_to
from gateway.console.route import ConsoleRoute
from gateway.console.services import ConsoleServices
from gateway.console.session import Me, Parts

router = APIRouter(route_class=ConsoleRoute, prefix="/tickets/{number}")

HOURS = ("1", "2", "4", "8", "24")  # of consent to remote assistance
TIERS: tuple[Tier, ...] = get_args(Tier)


@router.post("/tier")
async def move_tier(request: Request, number: str, me: Me, services: Parts) -> Response:
    """One step up or down, with a reason."""
    form = await read_form(request)
    to, reason = form.option("tier", TIERS), form.text("reason")
    await _done(services, care.tier, me, number, to, reason=reason)
    return _back(number, "tier_moved")


@router.post("/schedule")
async def schedule(request: Request, number: str, me: Me, services: Parts) -> Response:
    """The next contact; an empty time clears it."""
    form = await read_form(request)
    at = _moment(form, "at", services) if form.optional("at") else None
    await _done(services, care.schedule, me, number, at, note=form.optional("reason"))
    return _back(number, "scheduled" if at else "unscheduled")


@router.post("/promises")
async def promise(request: Request, number: str, me: Me, services: Parts) -> Response:
    """A promise, and by when."""
    form = await read_form(request)
    text, due = form.text("promise"), _moment(form, "at", services)
    await _done(services, care.promise, me, number, text, due)
    return _back(number, "promised")


@router.post("/promises/{promise_id}")
async def decide(request: Request, number: str, promise_id: int, me: Me, services: Parts) -> Response:
    """Kept, or taken back."""
    verdict = (await read_form(request)).option("verdict", get_args(care.Verdict))
    await _done(services, care.decide, me, number, promise_id, verdict)
    return _back(number, "promise_kept" if verdict == "keep" else "promise_withdrawn")


@router.post("/consent")
async def consent(request: Request, number: str, me: Me, services: Parts) -> Response:
    """Remote assistance: agreed for some hours, or taken back."""
    hours = (await read_form(request)).option("hours", ("", *HOURS))
    await _done(services, care.consent, me, number, int(hours) if hours else None)
    return _back(number, "consented" if hours else "consent_ended")


@router.post("/links")
async def link(request: Request, number: str, me: Me, services: Parts) -> Response:
    """Tie it to another ticket."""
    form = await read_form(request)
    other, kind = form.text("other"), form.option("kind", get_args(care.Tie))
    await _done(services, care.link, me, number, other, kind)
    return _back(number, "linked")


@router.post("/unlink")
async def unlink(request: Request, number: str, me: Me, services: Parts) -> Response:
    """They have nothing to do with each other."""
    other = (await read_form(request)).text("other")
    await _done(services, care.unlink, me, number, other)
    return _back(number, "unlinked")


@router.post("/plan")
async def plan(request: Request, number: str, me: Me, services: Parts) -> Response:
    """How it will be solved."""
    text = (await read_form(request)).text("plan")
    await _done(services, care.plan, me, number, text)
    return _back(number, "planned")


@router.post("/incident")
async def incident(request: Request, number: str, me: Me, services: Parts) -> Response:
    """Part of an incident; an empty field: of none."""
    form = await read_form(request)
    incident_id = form.number("incident") if form.optional("incident") else None
    await _done(services, care.incident, me, number, incident_id)
    return _back(number, "incident_set" if incident_id else "incident_unset")


async def _done(services: ConsoleServices, act: Callable[..., int | None], *arguments: Any, **named: Any) -> None:
    """In a thread; after the commit those who watch are rung."""
    conversation_id = await run_in_threadpool(act, services, *arguments, **named)
    if conversation_id is not None:
        services.hub.notify(conversation_id)


def _moment(form: Form, field: str, services: ConsoleServices) -> datetime:
    """What the browser's own field for a time sends: 2026-11-24T10:00, in the team's time zone. Raises Invalid."""
    try:
        local = datetime.fromisoformat(form.text(field))
    except ValueError as error:
        raise Invalid("not_a_time") from error
    if local.tzinfo is not None:
        raise Invalid("not_a_time")
    return local.replace(tzinfo=services.hours.tz)


def _back(number: str, done: str) -> Response:
    return go_to(f"/console/tickets/{number}", done=done)
