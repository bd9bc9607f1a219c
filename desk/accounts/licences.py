"""Licence and dongle numbers: each belongs to one company at most."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk import audit
from desk.accounts.model import Licence, one_licence
from desk.errors import AlreadyExists, DeskError, NotFound
from desk.racing import racing
from desk.tables import AccountRow, LicenceRow, SiteRow

SHORTEST, LONGEST = 4, 64  # characters
_BETWEEN = re.compile(r"[\s\-‐‑‒–—―−ー_]+")
_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9./+#:]*")


class BadLicence(DeskError):
    """Not the number of a licence or dongle."""


def number_key(text: str) -> str:
    """A number without blanks and dashes, half width, upper case; nothing is checked."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text).upper())


def normalised(text: str) -> str:
    """A number as it is kept. Raises BadLicence for what cannot be one."""
    number = number_key(text)
    if not SHORTEST <= len(number) <= LONGEST:
        raise BadLicence(f"a licence number has {SHORTEST} to {LONGEST} characters, {text[:40]!r} has {len(number)}")
    if not _NUMBER.fullmatch(number):
        raise BadLicence(f"a licence number has letters and digits, {text[:40]!r} has something else")
    return number


def licence(session: Session, text: str) -> Licence | None:
    """By number, however it is written."""
    row = session.scalar(select(LicenceRow).where(LicenceRow.number == number_key(text)))
    return one_licence(row) if row else None


def add_licence(
    session: Session, account_id: int, text: str, *, site_id: int | None = None, by: str, now: datetime
) -> Licence:
    """Give a number to a company; one it has already is left alone but for the site.

    Raises BadLicence, NotFound for an unknown company or a site of another one, AlreadyExists when another has it.
    """
    number = normalised(text)
    if session.get(AccountRow, account_id) is None:
        raise NotFound(f"there is no account {account_id}")
    if site_id is not None:
        place = session.get(SiteRow, site_id)
        if place is None or place.account_id != account_id:
            raise NotFound(f"account {account_id} has no site {site_id}")
    row = session.scalar(select(LicenceRow).where(LicenceRow.number == number))
    if row is None:
        row = LicenceRow(account_id=account_id, site_id=site_id, number=number, created_at=now)
        try:
            with racing(session):
                session.add(row)
        except IntegrityError as error:
            raise AlreadyExists(f"licence {number} was given to somebody at this moment") from error
        audit.record(session, by, "licence.added", f"account:{account_id}", {"number": number}, now=now)
    elif row.account_id != account_id:
        raise AlreadyExists(f"licence {number} belongs to account {row.account_id}; remove it there first")
    elif site_id is not None:
        row.site_id = site_id
    session.flush()
    return one_licence(row)


def remove_licence(session: Session, account_id: int, licence_id: int, *, by: str, now: datetime) -> None:
    """Take a number away from a company. Raises NotFound when it has none like that."""
    row = session.get(LicenceRow, licence_id)
    if row is None or row.account_id != account_id:
        raise NotFound(f"account {account_id} has no licence {licence_id}")
    session.delete(row)
    audit.record(session, by, "licence.removed", f"account:{account_id}", {"number": row.number}, now=now)
    session.flush()
