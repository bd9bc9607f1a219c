"""Contacts: the people who ask, known by one identity for each channel."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk import audit
from desk.errors import NotFound
from desk.racing import racing
from desk.tables import AccountRow, ContactRow, IdentityRow

T = TypeVar("T")

SHORTEST_DIGITS = 5  # fewer are no part of a phone worth looking for
_CHINA = "86"
_NO_DIGIT = re.compile(r"[^0-9]+")
_CODE = re.compile(r"^\s*(?:\+|00)")


@dataclass(frozen=True)
class Contact:
    """A person who writes to us."""

    id: int
    name: str | None
    phone: str | None
    account_id: int | None
    site_id: int | None
    vip: bool
    email: str | None
    note: str
    created_at: datetime

    @property
    def actor(self) -> str:
        """How events name this person."""
        return f"contact:{self.id}"


def get(session: Session, contact_id: int) -> Contact:
    """Raises NotFound."""
    return contact(_row(session, contact_id))


def by_ids(session: Session, ids: Iterable[int]) -> dict[int, Contact]:
    """Many at a time; whoever does not exist is left out."""
    rows = session.scalars(select(ContactRow).where(ContactRow.id.in_(set(ids))))
    return {row.id: contact(row) for row in rows}


def for_identity(session: Session, channel: str, external_id: str, *, now: datetime) -> Contact:
    """The person behind a channel's user id; made on first sight."""
    return _find(session, channel, external_id) or _make(session, channel, external_id, now)


def by_identity(session: Session, channel: str, external_id: str) -> Contact | None:
    """The person behind a channel's user id, if known. Writes nothing."""
    return _find(session, channel, external_id)


def describe(
    session: Session,
    contact_id: int,
    *,
    name: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    note: str | None = None,
) -> Contact:
    """Keep what the person has said of themselves. None leaves the old value. Raises NotFound."""
    row = _row(session, contact_id)
    row.name = row.name if name is None else name
    row.phone = row.phone if phone is None else phone
    row.email = row.email if email is None else email
    row.note = row.note if note is None else note
    session.flush()
    return contact(row)


@dataclass(frozen=True)
class ContactDraft:
    """What a form or a sheet says about a person; empty is nothing known."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    note: str = ""
    vip: bool = False


@dataclass(frozen=True)
class Identity:
    """How a channel knows a person."""

    channel: str
    external_id: str
    created_at: datetime


def dialled(phone: str) -> str:
    """The digits of a phone number as they are dialled in mainland China, however it is written."""
    plain = unicodedata.normalize("NFKC", phone)
    digits = _NO_DIGIT.sub("", plain)
    if _CODE.match(plain):
        digits = digits.removeprefix("00")
        return digits.removeprefix(_CHINA)
    return digits.removeprefix(_CHINA) if len(digits) == 13 else digits


def by_phone(session: Session, phone: str) -> tuple[Contact, ...]:
    """Everybody with this number, oldest first; several may share the phone of a site office."""
    digits = dialled(phone)
    if len(digits) < SHORTEST_DIGITS:
        return ()
    rows = session.scalars(select(ContactRow).where(phone_digits().like(f"%{digits}")).order_by(ContactRow.id))
    return tuple(contact(row) for row in rows if row.phone and dialled(row.phone) == digits)


def by_email(session: Session, email: str) -> tuple[Contact, ...]:
    """Everybody with this address, oldest first."""
    query = select(ContactRow).where(func.lower(ContactRow.email) == email.strip().lower())
    return tuple(contact(row) for row in session.scalars(query.order_by(ContactRow.id)))


def listing(
    session: Session, *, text: str = "", account_id: int | None = None, limit: int = 50, offset: int = 0
) -> tuple[Contact, ...]:
    """Newest first; `text` is looked for in names, phones, addresses, notes and names of companies."""
    query = _search(select(ContactRow), text, account_id).order_by(ContactRow.id.desc())
    return tuple(contact(row) for row in session.scalars(query.limit(limit).offset(offset)))


def count(session: Session, *, text: str = "", account_id: int | None = None) -> int:
    """How many `listing` would find."""
    return session.scalar(_search(select(func.count()).select_from(ContactRow), text, account_id)) or 0


def identities(session: Session, contact_id: int) -> tuple[Identity, ...]:
    """Every channel a person is known on, oldest first."""
    query = select(IdentityRow).where(IdentityRow.contact_id == contact_id).order_by(IdentityRow.id)
    return tuple(Identity(row.channel, row.external_id, row.created_at) for row in session.scalars(query))


def edit(session: Session, contact_id: int, draft: ContactDraft, *, by: str, now: datetime) -> Contact:
    """What a member of the team has corrected, written to the trail; no difference, no line. Raises NotFound."""
    row = _row(session, contact_id)
    new = {
        "name": draft.name or None,
        "phone": draft.phone or None,
        "email": draft.email or None,
        "note": draft.note,
        "vip": draft.vip,
    }
    old = {field: getattr(row, field) for field in new}
    differing = [field for field in new if old[field] != new[field]]
    if differing:
        for field in differing:
            setattr(row, field, new[field])
        detail = {"old": {field: old[field] for field in differing}, "new": {field: new[field] for field in differing}}
        audit.record(session, by, "contact.edited", f"contact:{contact_id}", detail, now=now)
        session.flush()
    return contact(row)


def _search(query: Select[T], text: str, account_id: int | None) -> Select[T]:
    if account_id is not None:
        query = query.where(ContactRow.account_id == account_id)
    wanted = unicodedata.normalize("NFKC", text).strip()
    if not wanted:
        return query
    companies = select(AccountRow.id).where(AccountRow.name.icontains(wanted, autoescape=True))
    found: list[ColumnElement[bool]] = [
        column.icontains(wanted, autoescape=True)
        for column in (ContactRow.name, ContactRow.phone, ContactRow.email, ContactRow.note)
    ]
    found.append(ContactRow.account_id.in_(companies))
    if len(digits := dialled(wanted)) >= SHORTEST_DIGITS:
        found.append(phone_digits().contains(digits))
    return query.where(or_(*found))


def phone_digits() -> ColumnElement[str]:
    """The column of phones without what people put between the digits, for searches of the desk's own modules."""
    plain: ColumnElement[str] = func.coalesce(ContactRow.phone, "")
    for mark in (" ", "-", "(", ")", "（", "）"):
        plain = func.replace(plain, mark, "")
    return plain


def _find(session: Session, channel: str, external_id: str) -> Contact | None:
    row = session.scalar(
        select(ContactRow)
        .join(IdentityRow, IdentityRow.contact_id == ContactRow.id)
        .where(IdentityRow.channel == channel, IdentityRow.external_id == external_id)
    )
    return contact(row) if row else None


def _make(session: Session, channel: str, external_id: str, now: datetime) -> Contact:
    try:
        with racing(session):
            row = ContactRow(name=None, phone=None, account_id=None, site_id=None, created_at=now)
            session.add(row)
            session.flush()
            session.add(IdentityRow(contact_id=row.id, channel=channel, external_id=external_id, created_at=now))
    except IntegrityError:
        found = _find(session, channel, external_id)
        if found is None:
            raise
        return found
    return contact(row)


def _row(session: Session, contact_id: int) -> ContactRow:
    row = session.get(ContactRow, contact_id)
    if row is None:
        raise NotFound(f"there is no contact {contact_id}")
    return row


def contact(row: ContactRow) -> Contact:
    """What a row says, for the desk's own modules."""
    return Contact(
        id=row.id,
        name=row.name,
        phone=row.phone,
        account_id=row.account_id,
        site_id=row.site_id,
        vip=row.vip,
        email=row.email,
        note=row.note,
        created_at=row.created_at,
    )
