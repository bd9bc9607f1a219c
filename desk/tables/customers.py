"""Who the customers are."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from desk.tables.base import Base, Id


class AccountRow(Base):
    """A customer company."""

    __tablename__ = "accounts"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    product: Mapped[str | None]
    version: Mapped[str | None]
    maintained_until: Mapped[date | None]
    vip: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="", server_default="")


class LicenceRow(Base):
    """A licence or dongle of a company, perhaps tied to one site."""

    __tablename__ = "licences"

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    number: Mapped[str] = mapped_column(unique=True)  # without blanks and dashes, upper case
    created_at: Mapped[datetime]


class SiteRow(Base):
    """A building site or office of a company."""

    __tablename__ = "sites"
    __table_args__ = (UniqueConstraint("account_id", "name"),)

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    name: Mapped[str]
    address: Mapped[str | None]
    created_at: Mapped[datetime]


class ContactRow(Base):
    """A person who writes to us."""

    __tablename__ = "contacts"

    id: Mapped[Id]
    name: Mapped[str | None]
    phone: Mapped[str | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    created_at: Mapped[datetime]
    vip: Mapped[bool] = mapped_column(default=False, server_default=false())
    email: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="", server_default="")


class IdentityRow(Base):
    """How a channel knows a person."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("channel", "external_id"),)

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    channel: Mapped[str]
    external_id: Mapped[str]
    created_at: Mapped[datetime]
