"""Sites and licences of a company, and two companies that are one."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desk import accounts
from desk.accounts import Account, AccountDraft
from desk.errors import AlreadyExists
from gateway.accounts.errors import WrongCell
from gateway.console.access import require
from gateway.console.errors import Invalid
from gateway.console.forms import Form, read_form
from gateway.console.pages import go_to, page
from gateway.console.route import ConsoleRoute
from gateway.console.service.account_form import cell
from gateway.console.services import ConsoleServices, labels_of
from gateway.console.session import Me, Parts

router = APIRouter(route_class=ConsoleRoute, prefix="/accounts/{account_id}")

_DIFFERING = ("product", "version", "maintained_until")


@router.post("/sites")
async def add_site(request: Request, account_id: int, me: Me, services: Parts) -> Response:
    """A site, or another address of one."""
    require(me, "accounts.keep")
    form = await read_form(request)
    name, address = _read(form, "site"), _read(form, "address")
    if not name:
        raise Invalid("empty", field=labels_of(services).name("field", "site"))

    def work() -> None:
        with services.db.write() as session:
            accounts.add_site(session, account_id, name, address or None, by=me.actor, now=services.clock())

    await run_in_threadpool(work)
    return go_to(f"/console/accounts/{account_id}", done="site_added")


@router.post("/sites/{site_id}/remove")
async def remove_site(account_id: int, site_id: int, me: Me, services: Parts) -> Response:
    """Its people and licences stay with the company."""
    require(me, "accounts.keep")

    def work() -> None:
        with services.db.write() as session:
            accounts.remove_site(session, account_id, site_id, by=me.actor, now=services.clock())

    await run_in_threadpool(work)
    return go_to(f"/console/accounts/{account_id}", done="site_removed")


@router.post("/licences")
async def add_licences(request: Request, account_id: int, me: Me, services: Parts) -> Response:
    """One number or several."""
    require(me, "accounts.keep")
    form = await read_form(request)
    numbers: tuple[str, ...] = _read(form, "licences")
    site_id = form.number("site") if form.optional("site") else None
    if not numbers:
        raise Invalid("empty", field=labels_of(services).name("field", "licences"))
    await run_in_threadpool(_give, services, me, account_id, numbers, site_id)
    return go_to(f"/console/accounts/{account_id}", done="licence_added")


@router.post("/licences/{licence_id}/remove")
async def remove_licence(account_id: int, licence_id: int, me: Me, services: Parts) -> Response:
    """The number is nobody's."""
    require(me, "accounts.keep")

    def work() -> None:
        with services.db.write() as session:
            accounts.remove_licence(session, account_id, licence_id, by=me.actor, now=services.clock())

    await run_in_threadpool(work)
    return go_to(f"/console/accounts/{account_id}", done="licence_removed")


@router.get("/merge")
def merge_page(
    request: Request, account_id: int, me: Me, services: Parts, other: int = Query(ge=1, le=10**18)
) -> Response:
    """Both, to compare before."""
    require(me, "accounts.keep")
    if other == account_id:
        raise Invalid("not_two")
    with services.db.read() as session:
        both = accounts.get(session, account_id), accounts.get(session, other)
    return page(request, "account_merge.html", me, both=both)


@router.post("/merge")
async def merge(request: Request, account_id: int, me: Me, services: Parts) -> Response:
    """`keep` stays, the other one of the two goes."""
    require(me, "accounts.keep")
    form = await read_form(request)
    other, keep = form.number("other"), form.number("keep")
    if other == account_id or keep not in (account_id, other):
        raise Invalid("not_two")
    gone = other if keep == account_id else account_id
    await run_in_threadpool(_merge, services, me, keep, gone)
    return go_to(f"/console/accounts/{keep}", done="accounts_merged")


def _merge(services: ConsoleServices, me: Me, keep: int, gone: int) -> None:
    """What both knew, and differently, goes into the note."""
    now = services.clock()
    with services.db.write() as session:
        before = accounts.get(session, keep), accounts.get(session, gone)
        merged = accounts.merge(session, keep, gone, by=me.actor, now=now)
        told = _lost(*before)
        if told:
            line = labels_of(services).name("account_note", "merged", told=told)
            note = f"{merged.note}\n{line}".strip()[:2_000]
            draft = AccountDraft(merged.name, merged.product, merged.version, merged.maintained_until, merged.vip, note)
            accounts.save(session, draft, account_id=keep, by=me.actor, now=now)


def _lost(keep: Account, gone: Account) -> str:
    values = [
        str(getattr(gone, field))
        for field in _DIFFERING
        if getattr(gone, field) and getattr(keep, field) and getattr(gone, field) != getattr(keep, field)
    ]
    return "，".join([gone.name, *values])


def _give(services: ConsoleServices, me: Me, account_id: int, numbers: tuple[str, ...], site_id: int | None) -> None:
    with services.db.write() as session:
        for number in numbers:
            held = accounts.licence(session, number)
            if held is not None and held.account_id != account_id:
                raise Invalid("licence_taken", owner=accounts.get(session, held.account_id).name)
            try:
                accounts.add_licence(session, account_id, number, site_id=site_id, by=me.actor, now=services.clock())
            except AlreadyExists as error:
                raise Invalid("stale") from error


def _read(form: Form, name: str) -> Any:
    try:
        return cell(name, form.raw(name))
    except WrongCell as error:
        raise Invalid("cell", told=str(error)) from error
