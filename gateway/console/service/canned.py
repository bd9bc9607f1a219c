"""Ready replies: everybody's, and one's own; written here, sent from a ticket by a slash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desk import canned
from desk.agents import Agent
from desk.canned import LONGEST_TEXT, LONGEST_TITLE, PLACEHOLDERS, SHORTCUT, Canned, Filled
from desk.errors import AlreadyExists
from gateway.console.access import allow, require
from gateway.console.forms import Form, read_form
from gateway.console.labels import console_text
from gateway.console.pages import go_to, page
from gateway.console.route import ConsoleRoute
from gateway.console.services import ConsoleServices
from gateway.console.session import Me, Parts
from gateway.wording import Wording

router = APIRouter(route_class=ConsoleRoute, prefix="/canned")

LIMITS = {"shortcut": 20, "title": LONGEST_TITLE, "text": LONGEST_TEXT}


@dataclass(frozen=True)
class Typed:
    """What stands in the form, usable or not."""

    shortcut: str = ""
    title: str = ""
    text: str = ""
    shared: bool = False

    @classmethod
    def of_form(cls, form: Form) -> Typed:
        """As it was typed."""
        shortcut, title, text = (form.raw(name).strip() for name in ("shortcut", "title", "text"))
        return cls(shortcut.removeprefix("/").lower(), title, text, form.raw("shared") == "yes")

    @classmethod
    def of_reply(cls, one: Canned) -> Typed:
        """To be changed."""
        return cls(one.shortcut, one.title, one.text, one.owner_id is None)

    def mistake(self, wording: Wording) -> str:
        """Why it cannot be kept; empty when it can."""
        for field, limit in LIMITS.items():
            label, length = console_text(wording, f"canned_field.{field}"), len(getattr(self, field))
            if not length:
                return console_text(wording, "canned_error.empty", field=label)
            if length > limit:
                return console_text(wording, "canned_error.too_long", field=label, limit=limit, length=length)
        if not SHORTCUT.fullmatch(self.shortcut):
            return console_text(wording, "canned_error.shortcut")
        return ""


@router.get("")
def replies(request: Request, me: Me, services: Parts) -> Response:
    """Everybody's and one's own, and a form for another one."""
    require(me, "canned.list")
    return _page(request, services, me, Typed())


@router.post("")
async def add(request: Request, me: Me, services: Parts) -> Response:
    """Another one, or a look at what it would say."""
    return await _submitted(request, me, services, None)


@router.get("/{canned_id}")
def reply(request: Request, canned_id: int, me: Me, services: Parts) -> Response:
    """One of them, to be changed."""
    with services.db.read() as session:
        one = canned.get(session, canned_id)
    require(me, "canned.keep", one)
    return _page(request, services, me, Typed.of_reply(one), one=one)


@router.post("/{canned_id}")
async def change(request: Request, canned_id: int, me: Me, services: Parts) -> Response:
    """Other words, or a look at what they would say."""
    return await _submitted(request, me, services, canned_id)


@router.post("/{canned_id}/remove")
async def remove(canned_id: int, me: Me, services: Parts) -> Response:
    """Gone for everybody who had it."""

    def work() -> None:
        with services.db.write() as session:
            require(me, "canned.keep", canned.get(session, canned_id))
            canned.remove(session, canned_id)

    await run_in_threadpool(work)
    return go_to("/console/canned", done="canned_removed")


async def _submitted(request: Request, me: Agent, services: ConsoleServices, canned_id: int | None) -> Response:
    form = await read_form(request)
    typed, looks = Typed.of_form(form), form.raw("action") == "preview"

    def work() -> Response:
        one = _kept(services, me, typed, canned_id)
        mistake = typed.mistake(services.wording)
        if mistake or looks:
            return _page(request, services, me, typed, one=one, mistake=mistake, looks=looks)
        try:
            _save(services, me, typed, one)
        except AlreadyExists:
            taken = console_text(services.wording, "canned_error.taken", shortcut=typed.shortcut)
            return _page(request, services, me, typed, one=one, mistake=taken)
        return go_to("/console/canned", done="canned_saved")

    return await run_in_threadpool(work)


def _kept(services: ConsoleServices, me: Agent, typed: Typed, canned_id: int | None) -> Canned | None:
    """The one that is changed. Raises Forbidden, also for making it everybody's without being allowed to."""
    one = None
    if canned_id is None:
        require(me, "canned.add")
    else:
        with services.db.read() as session:
            one = canned.get(session, canned_id)
        require(me, "canned.keep", one)
    if typed.shared:
        require(me, "canned.share")
    return one


def _save(services: ConsoleServices, me: Agent, typed: Typed, one: Canned | None) -> None:
    with services.db.write() as session:
        if one is not None:
            require(me, "canned.keep", canned.get(session, one.id))
        canned.save(
            session,
            canned_id=one.id if one else None,
            shortcut=typed.shortcut,
            title=typed.title,
            text=typed.text,
            owner_id=None if typed.shared else me.id,
            by=me.actor,
            now=services.clock(),
        )


def _page(
    request: Request,
    services: ConsoleServices,
    me: Agent,
    typed: Typed,
    *,
    one: Canned | None = None,
    mistake: str = "",
    looks: bool = False,
) -> Response:
    with services.db.read() as session:
        found = canned.listing(session, me.id)
    preview: Filled | None = canned.fill(typed.text, _sample(services, me)) if looks or one is not None else None
    values: Mapping[str, Any] = {
        "shared": tuple(each for each in found if each.owner_id is None),
        "own": tuple(each for each in found if each.owner_id is not None),
        "placeholders": PLACEHOLDERS,
        "limits": LIMITS,
        "may_share": allow(me, "canned.share"),
    }
    shown = {"typed": typed, "one": one, "mistake": mistake, "preview": preview}
    return page(request, "canned.html", me, status=422 if mistake else 200, **values, **shown)


def _sample(services: ConsoleServices, me: Agent) -> Mapping[str, str]:
    """What the places would be filled with on a ticket."""
    sample = {name: console_text(services.wording, f"canned_sample.{name}") for name in ("contact", "number")}
    return {**sample, "agent": me.name, "product": services.wording.text("product.name")}
