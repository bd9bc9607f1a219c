"""What waits for a reviewer, oldest first, beside what is live; and what is due to be looked at again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desk import entries
from desk.agents import Agent
from desk.entries import EntryRecord, EntryVersion, Filter
from desk.numbers import day_of
from desk.session import Session
from gateway.console.access import Verdict, allow, require
from gateway.console.desk.queue import names_of_agents
from gateway.console.forms import read_form
from gateway.console.knowledge import acts
from gateway.console.knowledge.difference import Change, changes
from gateway.console.knowledge.nav import nav
from gateway.console.labels import Labels
from gateway.console.pages import go_to, page
from gateway.console.route import ConsoleRoute
from gateway.console.services import ConsoleServices, labels_of
from gateway.console.session import Me, Parts

router = APIRouter(route_class=ConsoleRoute)

PAGE = 100
_OVERDUE = 20


@dataclass(frozen=True)
class Waiting:
    """One submitted version."""

    version: EntryVersion
    fresh: bool  # nothing of this entry is live yet
    changes: tuple[Change, ...]
    mine: bool  # and so not mine to approve


@dataclass(frozen=True)
class Review:
    """One page of it."""

    rows: tuple[Waiting, ...]
    total: int
    overdue: tuple[EntryRecord, ...]
    overdue_total: int
    names: Mapping[int, str]


@router.get("/review")
def review_page(
    request: Request,
    me: Me,
    services: Parts,
    number: Annotated[int, Query(ge=1, le=1000, alias="page")] = 1,
) -> Response:
    """Everything that waits, and what is overdue."""
    require(me, "entries.review")
    with services.db.read() as session:
        found = _review(session, services, me, number)
        around = nav(session)
    return page(request, "review.html", me, found=found, number=number, pages=-(-found.total // PAGE), nav=around)


@router.post("/review")
async def approve_many(request: Request, me: Me, services: Parts) -> Response:
    """Approve everything that was ticked."""
    require(me, "entries.review")
    named = acts.named((await read_form(request)).every("entry"))
    done = await run_in_threadpool(acts.approve_many, services, me, named)
    said = "approved_many" if done.left else "approved_all"
    return go_to("/console/review", done=said, n=done.done, m=done.left)


@router.post("/entries/{entry_id}/approve")
async def approve(request: Request, entry_id: str, me: Me, services: Parts) -> Response:
    """Put a version in force."""
    number = (await read_form(request)).number("number")
    await run_in_threadpool(acts.approve, services, me, entry_id, number)
    return go_to(f"/console/entries/{entry_id}", done="entry_approved")


@router.post("/entries/{entry_id}/reject")
async def reject(request: Request, entry_id: str, me: Me, services: Parts) -> Response:
    """Send a version back."""
    form = await read_form(request)
    number, comment = form.number("number"), form.text("comment")
    await run_in_threadpool(acts.reject, services, me, entry_id, number, comment)
    return go_to("/console/review", done="entry_rejected")


def _review(session: Session, services: ConsoleServices, me: Agent, number: int) -> Review:
    labels, four_eyes = labels_of(services), services.settings.four_eyes
    shown = entries.waiting(session, limit=number * PAGE)[(number - 1) * PAGE :]
    today = day_of(services.clock())
    late = Filter(overdue_on=today)
    return Review(
        rows=tuple(_waiting(session, one, me, labels, four_eyes=four_eyes) for one in shown),
        total=entries.count(session, Filter(state="submitted")),
        overdue=entries.listing(session, late, limit=_OVERDUE),
        overdue_total=entries.count(session, late),
        names=names_of_agents(session),
    )


def _waiting(session: Session, version: EntryVersion, me: Agent, labels: Labels, *, four_eyes: bool) -> Waiting:
    live = entries.live_version(session, version.entry_id)
    return Waiting(
        version=version,
        fresh=live is None,
        changes=changes(live.content if live else None, version.content, labels),
        mine=not allow(me, "entry.approve", Verdict(version.author, four_eyes)),
    )
