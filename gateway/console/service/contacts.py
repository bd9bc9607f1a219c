"""People who write to us: the list, one person, and two who are one."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desk import accounts, contacts, tickets
from desk.accounts import Account, Site
from desk.contacts import Contact, ContactDraft
from desk.numbers import TicketNumber
from desk.session import Session
from gateway.console.access import require
from gateway.console.errors import Invalid
from gateway.console.forms import read_form
from gateway.console.pages import go_to, page
from gateway.console.route import ConsoleRoute
from gateway.console.service.account_form import ContactForm
from gateway.console.services import ConsoleServices, labels_of
from gateway.console.session import Me, Parts

router = APIRouter(route_class=ConsoleRoute, prefix="/contacts")

PAGE = 50
_COMPANIES = 1_000  # offered in the form
_NOTE = 2_000  # characters


@router.get("")
def contacts_page(
    request: Request,
    me: Me,
    services: Parts,
    q: str = "",
    into: int | None = Query(None, ge=1, le=10**18),
    number: int = Query(1, alias="page", ge=1, le=10**6),
) -> Response:
    """The list, newest first; with `into` to choose whom to merge with that person."""
    require(me, "accounts.read")
    text = q.strip()[:100]
    with services.db.read() as session:
        one = contacts.get(session, into) if into is not None else None
        found = contacts.listing(session, text=text, limit=PAGE, offset=(number - 1) * PAGE)
        total = contacts.count(session, text=text)
        names = _companies(session, found)

    def address(other: int) -> str:
        values = {"q": text, "into": into, "page": other}
        return "/console/contacts?" + urlencode({name: value for name, value in values.items() if value})

    return page(
        request, "contacts.html", me, found=found, names=names, text=text, total=total, one=one, number=number,
        pages=max(1, -(-total // PAGE)), address=address,
    )  # fmt: skip


@router.get("/{contact_id}")
def contact_page(request: Request, contact_id: int, me: Me, services: Parts) -> Response:
    """One person: the form, the channels, what was before."""
    require(me, "accounts.read")
    with services.db.read() as session:
        contact = contacts.get(session, contact_id)
        account = accounts.of_contact(session, contact_id)
    return _page(request, me, services, contact, ContactForm.of(contact, account.name if account else ""))


@router.post("/{contact_id}")
async def change(request: Request, contact_id: int, me: Me, services: Parts) -> Response:
    """Other values; what cannot be kept comes back with everything that was typed."""
    require(me, "contacts.keep")
    form = ContactForm.read(await read_form(request))
    if await run_in_threadpool(_save, services, me, contact_id, form):
        return go_to(f"/console/contacts/{contact_id}", done="contact_saved")
    return await run_in_threadpool(_again, request, me, services, contact_id, form)


@router.post("/{contact_id}/attach")
async def attach(request: Request, contact_id: int, me: Me, services: Parts) -> Response:
    """To a company that was suggested beside a ticket; back to the ticket."""
    require(me, "contacts.keep")
    form = await read_form(request)
    account_id, ticket = form.number("account"), form.optional("ticket")
    back = f"/console/tickets/{TicketNumber.parse(ticket)}" if ticket else f"/console/contacts/{contact_id}"

    def work() -> None:
        with services.db.write() as session:
            accounts.attach_contact(session, contact_id, account_id, by=me.actor, now=services.clock())

    await run_in_threadpool(work)
    return go_to(back, done="contact_saved")


@router.get("/{contact_id}/merge")
def merge_page(
    request: Request, contact_id: int, me: Me, services: Parts, other: int = Query(ge=1, le=10**18)
) -> Response:
    """Both, to compare before."""
    require(me, "contacts.keep")
    if other == contact_id:
        raise Invalid("not_two")
    with services.db.read() as session:
        both = contacts.get(session, contact_id), contacts.get(session, other)
        channels = {one.id: contacts.identities(session, one.id) for one in both}
        count = {one.id: len(tickets.listing(session, tickets.Filter(contact_id=one.id))) for one in both}
        names = _companies(session, both)
    return page(request, "contact_merge.html", me, both=both, channels=channels, count=count, names=names)


@router.post("/{contact_id}/merge")
async def merge(request: Request, contact_id: int, me: Me, services: Parts) -> Response:
    """`keep` stays, the other one of the two goes."""
    require(me, "contacts.keep")
    form = await read_form(request)
    other, keep = form.number("other"), form.number("keep")
    if other == contact_id or keep not in (contact_id, other):
        raise Invalid("not_two")
    await run_in_threadpool(_merge, services, me, keep, other if keep == contact_id else contact_id)
    return go_to(f"/console/contacts/{keep}", done="contacts_merged")


def _save(services: ConsoleServices, me: Me, contact_id: int, form: ContactForm) -> bool:
    """False when something is wrong; the form says what then."""
    now = services.clock()
    draft, company = form.draft(), form.text("company").strip()
    with services.db.write() as session:
        account = accounts.find(session, company) if company else None
        if company and account is None:
            form.wrong["company"] = labels_of(services).name("error", "unknown_company", name=company[:60])
        if draft is None or form.wrong:
            return False
        if account is None:
            accounts.detach_contact(session, contact_id, by=me.actor, now=now)
        else:
            own = {site.id for site in accounts.sites_of(session, account.id)}
            site_id = form.site if form.site in own else None  # one of another company: chosen before it was changed
            accounts.attach_contact(session, contact_id, account.id, site_id=site_id, by=me.actor, now=now)
        contacts.edit(session, contact_id, draft, by=me.actor, now=now)
    return True


def _merge(services: ConsoleServices, me: Me, keep: int, gone: int) -> None:
    """What both knew, and differently, goes into the note."""
    now = services.clock()
    with services.db.write() as session:
        mine, theirs = contacts.get(session, keep), contacts.get(session, gone)
        merged = accounts.merge_contacts(session, keep, gone, by=me.actor, now=now)
        pairs = ((mine.name, theirs.name), (mine.phone, theirs.phone), (mine.email, theirs.email))
        told = "，".join(other for own, other in pairs if own and other and own != other)
        if told:
            line = labels_of(services).name("account_note", "merged", told=told)
            note = f"{merged.note}\n{line}".strip()[:_NOTE]
            draft = ContactDraft(merged.name, merged.phone, merged.email, note, merged.vip)
            contacts.edit(session, keep, draft, by=me.actor, now=now)


def _again(request: Request, me: Me, services: ConsoleServices, contact_id: int, form: ContactForm) -> Response:
    with services.db.read() as session:
        contact = contacts.get(session, contact_id)
    return _page(request, me, services, contact, form, status=422)


def _page(
    request: Request, me: Me, services: ConsoleServices, contact: Contact, form: ContactForm, *, status: int = 200
) -> Response:
    with services.db.read() as session:
        account = accounts.of_contact(session, contact.id)
        sites: tuple[Site, ...] = accounts.sites_of(session, account.id) if account else ()
        companies: tuple[Account, ...] = accounts.listing(session, limit=_COMPANIES)
        channels = contacts.identities(session, contact.id)
        touches = accounts.last_contacts(session, contact.id)
        alike = [one for one in contacts.by_phone(session, contact.phone or "") if one.id != contact.id]
    return page(
        request, "contact.html", me, contact=contact, form=form, account=account, sites=sites, companies=companies,
        channels=channels, touches=touches, alike=alike, status=status,
    )  # fmt: skip


def _companies(session: Session, found: tuple[Contact, ...]) -> dict[int, str]:
    """Names of the companies these people belong to."""
    ids = {one.account_id for one in found if one.account_id is not None}
    return {account_id: accounts.get(session, account_id).name for account_id in ids}
