"""Writing entries: the form, its preview, and saving without losing what was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from desk import entries, gaps
from desk.agents import Agent
from desk.entries import EntryRecord
from desk.gaps import Gap
from gateway.console.access import require
from gateway.console.forms import Form, read_form
from gateway.console.knowledge import begun, written
from gateway.console.knowledge.begun import Near
from gateway.console.knowledge.checking import incomplete
from gateway.console.knowledge.gap_page import masked
from gateway.console.knowledge.nav import nav
from gateway.console.knowledge.preview import of_written
from gateway.console.knowledge.saving import Order, Saved, save
from gateway.console.knowledge.written import Written, of_form
from gateway.console.pages import fragment, go_to, page
from gateway.console.route import ConsoleRoute
from gateway.console.services import ConsoleServices, labels_of
from gateway.console.session import Me, Parts
from zhtext import tables

router = APIRouter(route_class=ConsoleRoute)

GapId = Annotated[int | None, Query(ge=1, alias="gap")]


@dataclass(frozen=True)
class Sheet:
    """The form as it is shown."""

    entry_id: str
    written: Written
    base: str = ""
    record: EntryRecord | None = None  # None: a new entry
    gap: Gap | None = None
    saved: Saved = field(default_factory=Saved)
    added: int = 0  # similar questions that a gap has brought

    @property
    def mistakes(self) -> Mapping[str, str]:
        return self.saved.mistakes


@router.get("/new-entry")
async def new_entry_page(request: Request, me: Me, services: Parts, gap_id: GapId = None) -> Response:
    """The form of a new entry, begun from a gap or empty."""
    require(me, "entries.draft")
    if gap_id is None:
        fresh = Sheet(f"entry-{token_hex(5)}", written.blank(owner=me.name))
        return await run_in_threadpool(_form, request, me, services, fresh)
    require(me, "gaps.keep")
    gap = await run_in_threadpool(_gap, services, gap_id)
    if gap.entry_id is not None:
        return go_to(f"/console/entries/{gap.entry_id}/edit?gap={gap.id}")
    found = await begun.near(services, [gap.title, *gap.samples])
    sheet = await run_in_threadpool(_begun, services, me, gap, found)
    return await run_in_threadpool(_form, request, me, services, sheet)


@router.post("/new-entry")
async def create(request: Request, me: Me, services: Parts) -> Response:
    """Save a new entry."""
    require(me, "entries.draft")
    form = await read_form(request)
    return await run_in_threadpool(_save, request, me, services, form.optional("entry_id"), form)


@router.get("/entries/{entry_id}/edit")
def edit_page(
    request: Request,
    entry_id: str,
    me: Me,
    services: Parts,
    gap_id: GapId = None,
    version: Annotated[int | None, Query(ge=1)] = None,
    complete: bool = False,
) -> Response:
    """The form of an entry, with its newest content or that of an older version."""
    require(me, "entries.draft")
    with services.db.read() as session:
        record = entries.get(session, entry_id)
        newest = entries.version(session, entry_id, record.newest)
        chosen = entries.version(session, entry_id, version) if version else newest
        gap = masked(gaps.get(session, gap_id)) if gap_id else None
        texts = [one.question for one in gaps.members(session, gap_id)] if gap_id else []
    require(me, "gaps.keep" if gap else "entries.draft")
    content = {"id": entry_id, **chosen.content}
    sheet = written.of_content(content)
    known = sheet.fields["similar"].split("\n")
    more = begun.wordings(sheet.fields["question"], known, [gap.title, *texts]) if gap else ()
    fuller = sheet.adding(more)
    mistakes = incomplete(content, fuller, labels_of(services), services.contacts) if complete else {}
    shown = Sheet(entry_id, fuller, newest.fingerprint, record, gap, Saved(mistakes=mistakes), len(more))
    return _form(request, me, services, shown)


@router.post("/entries/{entry_id}/draft")
async def save_draft(request: Request, entry_id: str, me: Me, services: Parts) -> Response:
    """Save a version of an entry."""
    require(me, "entries.draft")
    form = await read_form(request)
    return await run_in_threadpool(_save, request, me, services, entry_id, form)


@router.post("/preview")
async def preview(request: Request, me: Me) -> Response:
    """The cards that customers would see, while somebody is typing."""
    require(me, "entries.draft")
    form = await read_form(request)
    return HTMLResponse(fragment(request, "preview.html", me, shown=of_written(of_form(form))))


def _gap(services: ConsoleServices, gap_id: int) -> Gap:
    with services.db.read() as session:
        return masked(gaps.get(session, gap_id))


def _begun(services: ConsoleServices, me: Agent, gap: Gap, found: Sequence[Near]) -> Sheet:
    with services.db.read() as session:
        texts = [one.question for one in gaps.members(session, gap.id)]
        entry = begun.of_gap(session, gap, texts, found, me, services.clock())
    return Sheet(entry.id, written.of_entry(entry), gap=gap)


def _save(request: Request, me: Agent, services: ConsoleServices, entry_id: str, form: Form) -> Response:
    action: Literal["save", "submit"] = form.option("action", ("save", "submit"))
    gap_id = form.number("gap") if form.optional("gap") else None
    order = Order(entry_id, of_form(form), form.optional("base"), gap_id, submit=action == "submit")
    saved = save(services, me, order)
    if saved.version is not None:
        done = {"submitted": "entry_submitted", "draft": "entry_saved"}.get(saved.version.state, "entry_unchanged")
        return go_to(f"/console/entries/{entry_id}", done=done)
    with services.db.read() as session:
        record = entries.get(session, entry_id) if order.base or saved.theirs else None
        gap = masked(gaps.get(session, gap_id)) if gap_id else None
    base = saved.theirs.fingerprint if saved.theirs else order.base
    sheet = Sheet(entry_id, order.written, base, record, gap, saved)
    return _form(request, me, services, sheet, status=saved.status)


def _form(request: Request, me: Agent, services: ConsoleServices, sheet: Sheet, status: int = 200) -> Response:
    with services.db.read() as session:
        around = nav(session)
    modules = dict.fromkeys(name.strip("~!") for name, _ in tables.rows("modules.tsv") if name != tables.NONE)
    return page(
        request, "entry_form.html", me, status=status, sheet=sheet, written=sheet.written,
        shown=of_written(sheet.written), modules=tuple(modules), nav=around,
    )  # fmt: skip
