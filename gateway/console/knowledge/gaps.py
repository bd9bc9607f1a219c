"""What people asked in vain, gathered; and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desk import entries, gaps
from desk.agents import Agent
from desk.entries import EntryRecord, Filter
from desk.session import Session
from gateway.console.access import require
from gateway.console.forms import read_form
from gateway.console.knowledge import begun
from gateway.console.knowledge.gap_page import TABS, GapPage, Tab, gap_list, gap_page, talk
from gateway.console.knowledge.jobs import ask_for
from gateway.console.knowledge.nav import Nav, nav
from gateway.console.pages import go_to, page
from gateway.console.route import ConsoleRoute
from gateway.console.services import ConsoleServices
from gateway.console.session import Me, Parts

router = APIRouter(route_class=ConsoleRoute, prefix="/gaps")

_FOUND = 8  # entries that a search or the live index brings


@router.get("")
def gaps_page(
    request: Request,
    me: Me,
    services: Parts,
    tab: Tab = "todo",
    number: Annotated[int, Query(ge=1, le=1000, alias="page")] = 1,
) -> Response:
    """What most people asked first."""
    require(me, "gaps.keep")
    with services.db.read() as session:
        found = gap_list(session, tab, number)
        around = nav(session)
    return page(request, "gaps.html", me, found=found, tabs=TABS, nav=around)


@router.post("/cluster")
def cluster(me: Me, services: Parts) -> Response:
    """Have the worker gather what is loose."""
    require(me, "gaps.keep")
    ask_for(services, me, "cluster", {})
    return go_to("/console/gaps", done="clustering")


@router.get("/{gap_id}")
async def one_gap_page(
    request: Request,
    gap_id: int,
    me: Me,
    services: Parts,
    find: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """One gap, with entries that come near."""
    require(me, "gaps.keep")
    found, searched, around = await run_in_threadpool(_looked_up, services, gap_id, find.strip())
    near = begun.best(await begun.near(services, [found.gap.title, *found.gap.samples]))[:_FOUND]
    return page(
        request, "gap.html", me, found=found, gap=found.gap, near=near, find=find, searched=searched, nav=around
    )  # fmt: skip


@router.get("/{gap_id}/talk/{question_id}")
def talk_page(request: Request, gap_id: int, question_id: int, me: Me, services: Parts) -> Response:
    """What was said around one question."""
    require(me, "gaps.keep")
    with services.db.read() as session:
        said = talk(session, gap_id, question_id)
        gap = gaps.get(session, gap_id)
        around = nav(session)
    return page(request, "gap_talk.html", me, gap=gap, bubbles=said, nav=around)


@router.post("/{gap_id}/rename")
async def rename(request: Request, gap_id: int, me: Me, services: Parts) -> Response:
    """A better question."""
    title = (await read_form(request)).text("title")
    await _do(services, me, lambda session, now: gaps.rename(session, gap_id, title, by=me.actor, now=now))
    return _back(gap_id, "gap_renamed")


@router.post("/{gap_id}/merge")
async def merge(request: Request, gap_id: int, me: Me, services: Parts) -> Response:
    """Its questions want the same answer as another gap's."""
    into = (await read_form(request)).number("into")
    await _do(services, me, lambda session, now: gaps.merge(session, gap_id, into, by=me.actor, now=now))
    return _back(into, "gap_merged")


@router.post("/{gap_id}/dismiss")
async def dismiss(request: Request, gap_id: int, me: Me, services: Parts) -> Response:
    """It needs no entry."""
    reason = (await read_form(request)).text("reason")
    await _do(services, me, lambda session, now: gaps.dismiss(session, gap_id, by=me.actor, reason=reason, now=now))
    return go_to("/console/gaps", done="gap_dismissed")


@router.post("/{gap_id}/reopen")
async def reopen(gap_id: int, me: Me, services: Parts) -> Response:
    """Something is to be done after all, or the entry was the wrong one."""
    await _do(services, me, lambda session, now: gaps.reopen(session, gap_id, by=me.actor, now=now))
    return _back(gap_id, "gap_reopened")


async def _do(services: ConsoleServices, me: Agent, act: Callable[..., object]) -> None:
    def work() -> None:
        with services.db.write() as session:
            require(me, "gaps.keep")
            act(session, services.clock())

    await run_in_threadpool(work)


def _looked_up(services: ConsoleServices, gap_id: int, find: str) -> tuple[GapPage, tuple[EntryRecord, ...], Nav]:
    with services.db.read() as session:
        return gap_page(session, gap_id), _search(session, find), nav(session)


def _search(session: Session, text: str) -> tuple[EntryRecord, ...]:
    return entries.listing(session, Filter(text=text), limit=_FOUND) if text else ()


def _back(gap_id: int, done: str) -> Response:
    return go_to(f"/console/gaps/{gap_id}", done=done)
