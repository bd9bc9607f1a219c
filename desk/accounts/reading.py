"""Finding companies and what belongs to them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from desk.accounts.licences import number_key
from desk.accounts.model import (
    ENDING_DAYS,
    Account,
    Licence,
    Maintenance,
    Site,
    account,
    name_key,
    one_licence,
    site,
)
from desk.contacts import SHORTEST_DIGITS, dialled, phone_digits
from desk.errors import NotFound
from desk.tables import AccountRow, ContactRow, LicenceRow, SiteRow, TicketRow
from desk.tickets import Ticket, ticket

T = TypeVar("T")

_DONE = ("resolved", "closed")


@dataclass(frozen=True)
class Filter:
    """Which companies to list; `text` is looked for in names, products, sites, licences and people."""

    text: str = ""
    vip: bool | None = None
    maintenance: Maintenance | None = None
    day: date | None = None  # as of which maintenance is meant; needed with it


def get(session: Session, account_id: int) -> Account:
    """Raises NotFound."""
    return _accounts(session, [row_of(session, account_id)])[0]


def by_ids(session: Session, ids: Iterable[int]) -> dict[int, Account]:
    """Many at a time; what does not exist is left out."""
    rows = session.scalars(select(AccountRow).where(AccountRow.id.in_(set(ids))))
    return {one.id: one for one in _accounts(session, rows)}


def find(session: Session, name: str) -> Account | None:
    """By name, in any width and with any blanks."""
    wanted = name_key(name)
    named = session.execute(select(AccountRow.id, AccountRow.name).order_by(AccountRow.id))
    found = next((account_id for account_id, known in named if name_key(known) == wanted), None)
    return None if found is None else get(session, found)


def listing(session: Session, where: Filter | None = None, *, limit: int = 50, offset: int = 0) -> tuple[Account, ...]:
    """By name."""
    query = _search(select(AccountRow), where or Filter()).order_by(AccountRow.name, AccountRow.id)
    return _accounts(session, list(session.scalars(query.limit(limit).offset(offset))))


def count(session: Session, where: Filter | None = None) -> int:
    """How many `listing` would find."""
    return session.scalar(_search(select(func.count()).select_from(AccountRow), where or Filter())) or 0


def of_contact(session: Session, contact_id: int) -> Account | None:
    """The company a person belongs to. Raises NotFound for an unknown person."""
    row = session.get(ContactRow, contact_id)
    if row is None:
        raise NotFound(f"there is no contact {contact_id}")
    return None if row.account_id is None else get(session, row.account_id)


def of_ticket(session: Session, one: Ticket) -> Account | None:
    """The company a ticket was opened for; where it has none, that of its contact."""
    return of_contact(session, one.contact_id) if one.account_id is None else get(session, one.account_id)


def sites_of(session: Session, account_id: int) -> tuple[Site, ...]:
    """By name."""
    query = select(SiteRow).where(SiteRow.account_id == account_id).order_by(SiteRow.name, SiteRow.id)
    return tuple(site(row) for row in session.scalars(query))


def licences_of(session: Session, account_id: int) -> tuple[Licence, ...]:
    """By number."""
    query = select(LicenceRow).where(LicenceRow.account_id == account_id).order_by(LicenceRow.number)
    return tuple(one_licence(row) for row in session.scalars(query))


def tickets_of(session: Session, account_id: int, *, limit: int = 20) -> tuple[Ticket, ...]:
    """Newest first."""
    query = select(TicketRow).where(_ours([account_id])).order_by(TicketRow.created_at.desc(), TicketRow.id.desc())
    return tuple(ticket(row) for row in session.scalars(query.limit(limit)))


def open_tickets(session: Session, account_ids: Sequence[int]) -> Mapping[int, int]:
    """How many tickets are open for each company; one without any is not in it."""
    owner = func.coalesce(TicketRow.account_id, ContactRow.account_id)
    query = (
        select(owner, func.count())
        .join(ContactRow, ContactRow.id == TicketRow.contact_id)
        .where(owner.in_(account_ids), TicketRow.status.not_in(_DONE))
        .group_by(owner)
    )
    return {account_id: n for account_id, n in session.execute(query)}


def row_of(session: Session, account_id: int, *, lock: bool = False) -> AccountRow:
    """The row, for the desk's own modules."""
    row = session.get(AccountRow, account_id, with_for_update=lock or None, populate_existing=lock)
    if row is None:
        raise NotFound(f"there is no account {account_id}")
    return row


def _ours(account_ids: Sequence[int]) -> ColumnElement[bool]:
    """Tickets of these companies, those included whose person was attached only after they were opened."""
    people = select(ContactRow.id).where(ContactRow.account_id.in_(account_ids))
    return or_(
        TicketRow.account_id.in_(account_ids),
        and_(TicketRow.account_id.is_(None), TicketRow.contact_id.in_(people)),
    )


def _search(query: Select[T], where: Filter) -> Select[T]:
    if where.vip is not None:
        query = query.where(AccountRow.vip == where.vip)
    if where.maintenance is not None:
        query = query.where(_maintained(where.maintenance, where.day))
    wanted = unicodedata.normalize("NFKC", where.text).strip()
    if not wanted:
        return query
    found: list[ColumnElement[bool]] = [
        column.icontains(wanted, autoescape=True) for column in (AccountRow.name, AccountRow.product, AccountRow.note)
    ]
    for owner, column in (
        (SiteRow.account_id, SiteRow.name),
        (ContactRow.account_id, ContactRow.name),
        (ContactRow.account_id, ContactRow.phone),
        (ContactRow.account_id, ContactRow.email),
    ):
        found.append(AccountRow.id.in_(select(owner).where(column.icontains(wanted, autoescape=True))))
    digits = dialled(wanted)
    if len(digits) >= SHORTEST_DIGITS:
        found.append(AccountRow.id.in_(select(ContactRow.account_id).where(phone_digits().contains(digits))))
    number = number_key(wanted)
    if number:
        owners = select(LicenceRow.account_id).where(LicenceRow.number.contains(number, autoescape=True))
        found.append(AccountRow.id.in_(owners))
    return query.where(or_(*found))


def _maintained(state: Maintenance, day: date | None) -> ColumnElement[bool]:
    if state == "unknown":
        return AccountRow.maintained_until.is_(None)
    if day is None:
        raise ValueError("whether somebody is maintained depends on the day: give one")
    ending = day + timedelta(days=ENDING_DAYS)
    if state == "expired":
        return AccountRow.maintained_until < day
    if state == "ending":
        return AccountRow.maintained_until.between(day, ending)
    return AccountRow.maintained_until > ending


def _accounts(session: Session, rows: Iterable[AccountRow]) -> tuple[Account, ...]:
    rows = list(rows)
    ids = [row.id for row in rows]
    licences = _counted(session, LicenceRow, ids)
    sites = _counted(session, SiteRow, ids)
    people = _counted(session, ContactRow, ids)
    return tuple(
        account(
            row,
            licences=licences.get(row.id, 0),
            sites=sites.get(row.id, 0),
            contacts=people.get(row.id, 0),
        )
        for row in rows
    )


def _counted(
    session: Session, table: type[LicenceRow] | type[SiteRow] | type[ContactRow], ids: Sequence[int]
) -> dict[int, int]:
    query = select(table.account_id, func.count()).where(table.account_id.in_(ids)).group_by(table.account_id)
    return {account_id: n for account_id, n in session.execute(query) if account_id is not None}
