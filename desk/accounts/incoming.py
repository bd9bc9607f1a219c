"""Companies from a sheet: what the sheet says is kept, what it leaves open stays as it is, nothing is taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

from desk import audit
from desk.accounts.model import name_key
from desk.accounts.stored import Stored
from desk.tables import AccountRow, ContactRow, LicenceRow, SiteRow

Kind = Literal["accounts", "sites", "licences", "contacts"]
KINDS: tuple[Kind, ...] = ("accounts", "sites", "licences", "contacts")
_LOCK = 7_061_001  # any number that nobody else uses; two imports take turns


@dataclass(frozen=True)
class Person:
    """Somebody of the company; known by phone, else by address, else by name."""

    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Incoming:
    """A row of a sheet, checked and normalised. None and empty: the sheet says nothing about it."""

    line: int
    name: str
    product: str | None = None
    version: str | None = None
    maintained_until: date | None = None
    vip: bool | None = None
    note: str = ""
    site: str = ""
    address: str = ""
    licences: tuple[str, ...] = ()
    person: Person | None = None


@dataclass(frozen=True)
class Clash:
    """A row with a licence that another company has."""

    line: int
    number: str
    owner: str  # the company's name


@dataclass
class Counts:
    """Of one kind of thing."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True)
class Taken:
    """What came of it. With clashes and without `skip_bad` nothing was written."""

    counts: Mapping[Kind, Counts] = field(default_factory=dict)
    clashes: tuple[Clash, ...] = ()
    names: tuple[str, ...] = ()  # of the companies that are new

    @property
    def changes(self) -> int:
        """How many things are new or different."""
        return sum(one.created + one.changed for one in self.counts.values())


def take(session: Session, rows: Sequence[Incoming], *, skip_bad: bool = False, by: str, now: datetime) -> Taken:
    """Make and complete companies, sites, licences and people. The same sheet again changes nothing.

    A row whose licence another company has is a clash: with `skip_bad` left out, else nothing at all is written.
    Whoever only rehearses undoes the transaction.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    stored = Stored.load(session)
    clashes = tuple(clash for row in rows if (clash := _clash(stored, row)) is not None)
    if clashes and not skip_bad:
        return Taken(clashes=clashes)
    bad = {clash.line for clash in clashes}
    taking = _Taking(session, stored, now)
    for row in rows:
        if row.line not in bad:
            taking.row(row)
    session.flush()
    done = taking.taken(clashes)
    if done.changes:
        detail: dict[str, Any] = {kind: [counts.created, counts.changed] for kind, counts in done.counts.items()}
        audit.record(session, by, "accounts.imported", "accounts", detail, now=now)
    return done


def _clash(stored: Stored, row: Incoming) -> Clash | None:
    mine = stored.accounts.get(name_key(row.name))
    for number in row.licences:
        held = stored.licences.get(number)
        if held is not None and (mine is None or held.account_id != mine.id):
            return Clash(row.line, number, stored.names[held.account_id])
    return None


class _Taking:
    """One run. A thing that several rows name counts once: as new, else as changed, else as unchanged."""

    def __init__(self, session: Session, stored: Stored, now: datetime) -> None:
        self._session = session
        self._stored = stored
        self._now = now
        self._seen: dict[Kind, dict[int, str]] = {kind: {} for kind in KINDS}
        self._told: dict[Kind, set[int]] = {kind: set() for kind in KINDS}
        self._new: list[str] = []

    def row(self, row: Incoming) -> None:
        account = self._account(row)
        site = self._site(account, row) if row.site else None
        for number in row.licences:
            self._licence(account, site, number)
        if row.person is not None:
            self._person(account, site, row.person)

    def taken(self, clashes: tuple[Clash, ...]) -> Taken:
        counts = {kind: Counts() for kind in KINDS}
        for kind, seen in self._seen.items():
            for became in seen.values():
                setattr(counts[kind], became, getattr(counts[kind], became) + 1)
        return Taken(counts, clashes, tuple(self._new))

    def _account(self, row: Incoming) -> AccountRow:
        key = name_key(row.name)
        account = self._stored.accounts.get(key)
        if account is None:
            account = AccountRow(name=row.name, vip=False, note="", created_at=self._now)
            self._add(account)
            self._stored.accounts[key] = account
            self._stored.names[account.id] = account.name
            self._new.append(account.name)
            self._mark("accounts", account.id, "created")
        told = {
            "product": row.product,
            "version": row.version,
            "maintained_until": row.maintained_until,
            "vip": row.vip,
            "note": row.note or None,
        }
        self._complete("accounts", account, told)
        return account

    def _site(self, account: AccountRow, row: Incoming) -> SiteRow:
        site = self._stored.sites.get((account.id, row.site))
        if site is None:
            site = SiteRow(account_id=account.id, name=row.site, address=None, created_at=self._now)
            self._add(site)
            self._stored.sites[account.id, row.site] = site
            self._mark("sites", site.id, "created")
        self._complete("sites", site, {"address": row.address or None})
        return site

    def _licence(self, account: AccountRow, site: SiteRow | None, number: str) -> None:
        licence = self._stored.licences.get(number)
        if licence is None:
            licence = LicenceRow(account_id=account.id, site_id=None, number=number, created_at=self._now)
            self._add(licence)
            self._stored.licences[number] = licence
            self._mark("licences", licence.id, "created")
        self._complete("licences", licence, {"site_id": site.id if site else None})

    def _person(self, account: AccountRow, site: SiteRow | None, person: Person) -> None:
        contact = self._stored.person(account.id, person.name, person.phone, person.email)
        if contact is None:
            contact = ContactRow(account_id=account.id, vip=False, note="", created_at=self._now)
            self._add(contact)
            self._mark("contacts", contact.id, "created")
        told = {
            "name": person.name or None,
            "phone": None if self._stored.same_phone(contact, person.phone) else person.phone or None,
            "email": person.email or None,
            "site_id": site.id if site else None,
        }
        self._complete("contacts", contact, told)
        self._stored.remember(contact)

    def _complete(self, kind: Kind, row: Any, told: Mapping[str, Any]) -> None:
        """The first row that names a thing decides; a person on two sites would else move to and fro on every run."""
        before = row.id in self._told[kind]
        differing = {
            name: value
            for name, value in told.items()
            if value is not None and value != getattr(row, name) and not (before and getattr(row, name))
        }
        for name, value in differing.items():
            setattr(row, name, value)
        self._mark(kind, row.id, "changed" if differing else "unchanged")
        self._told[kind].add(row.id)

    def _mark(self, kind: Kind, row_id: int, became: str) -> None:
        order = ("created", "changed", "unchanged")
        present = self._seen[kind].get(row_id, became)
        self._seen[kind][row_id] = min(present, became, key=order.index)

    def _add(self, row: Any) -> None:
        self._session.add(row)
        self._session.flush()
