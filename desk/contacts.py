"""Contacts: the people who ask, known by one identity for each channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk.errors import NotFound
from desk.racing import racing
from desk.tables import ContactRow, IdentityRow


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
    return _contact(_row(session, contact_id))


def for_identity(session: Session, channel: str, external_id: str, *, now: datetime) -> Contact:
    """The person behind a channel's user id; made on first sight."""
    return _find(session, channel, external_id) or _make(session, channel, external_id, now)


def describe(session: Session, contact_id: int, *, name: str | None = None, phone: str | None = None) -> Contact:
    """Keep a name or phone the person has given. None leaves the old value. Raises NotFound."""
    row = _row(session, contact_id)
    row.name = row.name if name is None else name
    row.phone = row.phone if phone is None else phone
    session.flush()
    return _contact(row)


def _find(session: Session, channel: str, external_id: str) -> Contact | None:
    row = session.scalar(
        select(ContactRow)
        .join(IdentityRow, IdentityRow.contact_id == ContactRow.id)
        .where(IdentityRow.channel == channel, IdentityRow.external_id == external_id)
    )
    return _contact(row) if row else None


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
    return _contact(row)


def _row(session: Session, contact_id: int) -> ContactRow:
    row = session.get(ContactRow, contact_id)
    if row is None:
        raise NotFound(f"there is no contact {contact_id}")
    return row


def _contact(row: ContactRow) -> Contact:
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
