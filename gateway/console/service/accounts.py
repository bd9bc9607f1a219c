"""Customer companies: the list, one company, and its form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desk import accounts, contacts
from desk.accounts import Account, AccountDraft, Filter, Maintenance
from desk.errors import AlreadyExists
from gateway.console.access import require
from gateway.console.forms import read_form
from gateway.console.pages import go_to, page
from gateway.console.route import ConsoleRoute
from gateway.console.service.account_form import AccountForm
from gateway.console.services import labels_of
from gateway.console.session import Me, Parts

router = APIRouter(route_class=ConsoleRoute)

PAGE = 50
_TABS = ("all", "vip", "ending", "expired")
_MAINTENANCE: Mapping[str, Maintenance] = {"ending": "ending", "expired": "expired"}
_PEOPLE, _TICKETS = 200, 20
_SIMILAR = 4  # characters of the name that likely doubles share


@dataclass(frozen=True)
class Asked:
    """What the list was asked for; pages count from 1."""

    text: str = ""
    tab: str = "all"
    page: int = 1
    into: int | None = None  # choose a company to merge with this one

    def address(self, number: int) -> str:
        """Another page of the same list."""
        tab = self.tab if self.tab != "all" else ""
        values = {"q": self.text, "tab": tab, "into": self.into, "page": number}
        return "/console/accounts?" + urlencode({name: value for name, value in values.items() if value})


@router.get("/accounts")
def accounts_page(
    request: Request,
    me: Me,
    services: Parts,
    q: str = "",
    tab: str = "all",
    into: int | None = Query(None, ge=1, le=10**18),
    number: int = Query(1, alias="page", ge=1, le=10**6),
) -> Response:
    """The list, by name."""
    require(me, "accounts.read")
    asked = Asked(q.strip()[:100], tab if tab in _TABS else "all", number, into)
    today = labels_of(services).today
    where = Filter(asked.text, True if asked.tab == "vip" else None, _MAINTENANCE.get(asked.tab), today)
    with services.db.read() as session:
        found = accounts.listing(session, where, limit=PAGE, offset=(number - 1) * PAGE)
        total = accounts.count(session, where)
        waiting = accounts.open_tickets(session, [one.id for one in found])
        one = accounts.get(session, into) if into is not None else None
    return page(
        request, "accounts.html", me, asked=asked, found=found, total=total, pages=max(1, -(-total // PAGE)),
        waiting=waiting, tabs=_TABS, today=today, one=one,
    )  # fmt: skip


@router.get("/accounts/{account_id}")
def account_page(request: Request, account_id: int, me: Me, services: Parts) -> Response:
    """One company with all that belongs to it."""
    require(me, "accounts.read")
    with services.db.read() as session:
        account = accounts.get(session, account_id)
        values: dict[str, Any] = {
            "sites": accounts.sites_of(session, account_id),
            "licences": accounts.licences_of(session, account_id),
            "people": contacts.listing(session, account_id=account_id, limit=_PEOPLE),
            "tickets": accounts.tickets_of(session, account_id, limit=_TICKETS),
            "others": [
                one
                for one in accounts.listing(session, Filter(account.name[:_SIMILAR]), limit=20)
                if one.id != account_id and one.name.startswith(account.name[:_SIMILAR])
            ],
        }
    return page(request, "account.html", me, account=account, today=labels_of(services).today, **values)


@router.get("/new-account")
def new_account_page(request: Request, me: Me) -> Response:
    """An empty form."""
    require(me, "accounts.keep")
    return _form(request, me, AccountForm(), None)


@router.get("/accounts/{account_id}/edit")
def edit_page(request: Request, account_id: int, me: Me, services: Parts) -> Response:
    """The form with what is known."""
    require(me, "accounts.keep")
    with services.db.read() as session:
        account = accounts.get(session, account_id)
    return _form(request, me, AccountForm.of(account), account)


@router.post("/new-account")
async def make(request: Request, me: Me, services: Parts) -> Response:
    """A new company."""
    return await _keep(request, me, services, None)


@router.post("/accounts/{account_id}")
async def change(request: Request, account_id: int, me: Me, services: Parts) -> Response:
    """Other values of one."""
    return await _keep(request, me, services, account_id)


async def _keep(request: Request, me: Me, services: Parts, account_id: int | None) -> Response:
    """What cannot be kept comes back with everything that was typed."""
    require(me, "accounts.keep")
    form = AccountForm.read(await read_form(request))
    draft = form.draft()
    if draft is not None:
        try:
            saved = await run_in_threadpool(_save, services, me, draft, account_id)
        except AlreadyExists:
            form.wrong["name"] = labels_of(services).name("error", "account_taken")
        else:
            return go_to(
                f"/console/accounts/{saved.id}", done="account_made" if account_id is None else "account_saved"
            )
    account = await run_in_threadpool(_account, services, account_id) if account_id is not None else None
    return _form(request, me, form, account, status=422)


def _save(services: Parts, me: Me, draft: AccountDraft, account_id: int | None) -> Account:
    with services.db.write() as session:
        return accounts.save(session, draft, account_id=account_id, by=me.actor, now=services.clock())


def _account(services: Parts, account_id: int) -> Account:
    with services.db.read() as session:
        return accounts.get(session, account_id)


def _form(request: Request, me: Me, form: AccountForm, account: Account | None, *, status: int = 200) -> Response:
    return page(request, "account_form.html", me, form=form, account=account, status=status)
