"""The entries of the knowledge base: the list, one entry with its life, and what can be done with it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from gateway.console.access import require
from gateway.console.errors import Invalid
from gateway.console.forms import read_form
from gateway.console.knowledge import acts
from gateway.console.knowledge.entry_page import USED_DAYS, entry_page
from gateway.console.knowledge.listing import ORIGINS, TABS, Tab, listing
from gateway.console.knowledge.listing import Query as Asked
from gateway.console.knowledge.nav import nav
from gateway.console.pages import go_to, page
from gateway.console.route import ConsoleRoute
from gateway.console.services import labels_of
from gateway.console.session import Me, Parts

router = APIRouter(route_class=ConsoleRoute, prefix="/entries")

Page = Annotated[int, Query(ge=1, le=100_000)]
Number = Annotated[int | None, Query(ge=1)]


@router.get("")
def entries_page(
    request: Request,
    me: Me,
    services: Parts,
    tab: Tab = "all",
    type: str = "",
    topic: str = "",
    origin: str = "",
    q: Annotated[str, Query(max_length=200)] = "",
    number: Annotated[Page, Query(alias="page")] = 1,
) -> Response:
    """The list."""
    require(me, "entries.read")
    query = Asked(tab, type, topic, origin, q, number)
    with services.db.read() as session:
        found = listing(session, query, services.clock())
        around = nav(session)
    return page(request, "entries.html", me, found=found, query=query, tabs=TABS, origins=ORIGINS, nav=around)


@router.post("/submit")
async def submit_many(request: Request, me: Me, services: Parts) -> Response:
    """Ask for the approval of every draft that was ticked."""
    require(me, "entries.submit")
    named = acts.named((await read_form(request)).every("entry"))
    done = await run_in_threadpool(acts.submit_many, services, me, named)
    said = "submitted_many" if done.left else "submitted_all"
    return go_to("/console/entries?tab=draft", done=said, n=done.done, m=done.left)


@router.get("/{entry_id}")
def one_entry_page(
    request: Request,
    entry_id: str,
    me: Me,
    services: Parts,
    version: Number = None,
    against: Number = None,
) -> Response:
    """One entry."""
    require(me, "entries.read")
    labels = labels_of(services)
    four_eyes = services.settings.four_eyes
    with services.db.read() as session:
        found = entry_page(session, entry_id, labels, number=version, against=against, four_eyes=four_eyes)
        around = nav(session)
    later = acts.review_day(services)
    return page(
        request, "entry.html", me, found=found, entry=found.record, later=later, used_days=USED_DAYS, nav=around
    )


@router.post("/{entry_id}/submit")
async def submit(request: Request, entry_id: str, me: Me, services: Parts) -> Response:
    """Ask for approval; what is still missing is shown in the form."""
    number = (await read_form(request)).number("number")
    complete = await run_in_threadpool(acts.submit, services, me, entry_id, number)
    return _back(entry_id, "entry_submitted") if complete else go_to(f"/console/entries/{entry_id}/edit?complete=true")


@router.post("/{entry_id}/retire")
async def retire(request: Request, entry_id: str, me: Me, services: Parts) -> Response:
    """Not in force any more, from the next publication on."""
    reason = (await read_form(request)).text("reason")
    await run_in_threadpool(acts.retire, services, me, entry_id, reason)
    return _back(entry_id, "entry_retired")


@router.post("/{entry_id}/restore")
async def restore(entry_id: str, me: Me, services: Parts) -> Response:
    """In force again."""
    await run_in_threadpool(acts.restore, services, me, entry_id)
    return _back(entry_id, "entry_restored")


@router.post("/{entry_id}/owner")
async def set_owner(request: Request, entry_id: str, me: Me, services: Parts) -> Response:
    """Who answers for it."""
    owner = (await read_form(request)).optional("owner")
    await run_in_threadpool(acts.set_owner, services, me, entry_id, owner)
    return _back(entry_id, "owner_set")


@router.post("/{entry_id}/review")
async def postpone_review(request: Request, entry_id: str, me: Me, services: Parts) -> Response:
    """Looked at and found right; the next look is later."""
    typed = (await read_form(request)).text("until")
    try:
        until = date.fromisoformat(typed)
    except ValueError as error:
        raise Invalid("not_a_date") from error
    await run_in_threadpool(acts.postpone_review, services, me, entry_id, until)
    return _back(entry_id, "review_postponed")


def _back(entry_id: str, done: str) -> Response:
    return go_to(f"/console/entries/{entry_id}", done=done)
