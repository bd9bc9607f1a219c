"""What a customer company is."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from desk.tables import AccountRow, LicenceRow, SiteRow

Maintenance = Literal["valid", "ending", "expired", "unknown"]

ENDING_DAYS = 30  # from here on somebody should talk about the renewal
LONGEST_NAME = 100  # characters
LONGEST_FIELD = 60  # characters, of product and version
LONGEST_NOTE = 2_000  # characters


@dataclass(frozen=True)
class AccountDraft:
    """A company as a form or a sheet describes it. Raises ValueError for a name or field that cannot be kept."""

    name: str
    product: str | None = None
    version: str | None = None
    maintained_until: date | None = None
    vip: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        if not name_key(self.name):
            raise ValueError("a company needs a name")
        limits = {"name": LONGEST_NAME, "product": LONGEST_FIELD, "version": LONGEST_FIELD, "note": LONGEST_NOTE}
        for field, limit in limits.items():
            length = len(getattr(self, field) or "")
            if length > limit:
                raise ValueError(f"{field} has {length} characters, at most {limit} are kept; shorten it")


@dataclass(frozen=True)
class Account:
    """A customer company as it stands."""

    id: int
    name: str
    product: str | None
    version: str | None
    maintained_until: date | None  # the last day on which it is maintained
    vip: bool
    note: str
    created_at: datetime
    licences: int
    sites: int
    contacts: int

    def maintenance(self, day: date) -> Maintenance:
        """Whether it is maintained on that day; `ending` within the last 30 days."""
        if self.maintained_until is None:
            return "unknown"
        if self.maintained_until < day:
            return "expired"
        return "ending" if self.maintained_until <= day + timedelta(days=ENDING_DAYS) else "valid"


@dataclass(frozen=True)
class Site:
    """A building site or office of a company."""

    id: int
    account_id: int
    name: str
    address: str | None


@dataclass(frozen=True)
class Licence:
    """A licence or dongle; its number is without blanks and dashes."""

    id: int
    account_id: int
    site_id: int | None
    number: str


def name_key(name: str) -> str:
    """What two ways of writing one company's name share: 北京一建（集团） and 北京一建 (集团)."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def account(row: AccountRow, *, licences: int, sites: int, contacts: int) -> Account:
    """What a row says."""
    return Account(
        id=row.id,
        name=row.name,
        product=row.product,
        version=row.version,
        maintained_until=row.maintained_until,
        vip=row.vip,
        note=row.note,
        created_at=row.created_at,
        licences=licences,
        sites=sites,
        contacts=contacts,
    )


def site(row: SiteRow) -> Site:
    """What a row says."""
    return Site(row.id, row.account_id, row.name, row.address)


def one_licence(row: LicenceRow) -> Licence:
    """What a row says."""
    return Licence(row.id, row.account_id, row.site_id, row.number)
