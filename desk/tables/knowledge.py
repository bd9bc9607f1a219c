"""What the bot may say, and what it could not: entries, publications, pinned questions, gaps and notices."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from desk.tables.base import Base, Id

APPROVED = text("state = 'approved'")
SUBMITTED = text("state = 'submitted'")


class EntryRow(Base):
    """A unit of knowledge; what it says is in its versions. Never deleted, only retired."""

    __tablename__ = "entries"
    __table_args__ = (CheckConstraint("origin IN ('system', 'file', 'console', 'gap', 'ticket')", name="origin"),)

    entry_id: Mapped[str] = mapped_column(primary_key=True)
    newest: Mapped[int]  # number of the last version
    live: Mapped[int | None]  # number of the approved version; in force unless retired
    retired: Mapped[bool] = mapped_column(default=False)
    follows: Mapped[bool] = mapped_column(default=False)  # the shipped files, until a person has touched it
    origin: Mapped[str]
    owner: Mapped[str]
    review_on: Mapped[date | None] = mapped_column(index=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class EntryVersionRow(Base):
    """What an entry said or was to say; unchanged once it has been submitted."""

    __tablename__ = "entry_versions"
    __table_args__ = (
        UniqueConstraint("entry_id", "number"),
        CheckConstraint("state IN ('draft', 'submitted', 'approved', 'rejected', 'superseded')", name="state"),
        Index("uq_entry_versions_approved", "entry_id", unique=True, sqlite_where=APPROVED, postgresql_where=APPROVED),
        Index(
            "uq_entry_versions_submitted", "entry_id", unique=True, sqlite_where=SUBMITTED, postgresql_where=SUBMITTED
        ),
    )

    id: Mapped[Id]
    entry_id: Mapped[str] = mapped_column(ForeignKey("entries.entry_id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    fingerprint: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    author: Mapped[str]
    reviewer: Mapped[str | None]
    comment: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class PublicationRow(Base):
    """One attempt to change what is live; only ever inserted."""

    __tablename__ = "publications"
    __table_args__ = (
        CheckConstraint("kind IN ('publish', 'rollback')", name="kind"),
        CheckConstraint("state IN ('published', 'refused', 'failed')", name="state"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    build_id: Mapped[str]
    requested_by: Mapped[str]
    reason: Mapped[str]  # why a refusal was overruled
    state: Mapped[str]
    report: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class PinRow(Base):
    """A question whose answer must stay the same entry."""

    __tablename__ = "pins"

    id: Mapped[Id]
    text: Mapped[str] = mapped_column(unique=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("entries.entry_id"), index=True)
    author: Mapped[str]
    created_at: Mapped[datetime]


class GapRow(Base):
    """Unanswered questions that want one answer."""

    __tablename__ = "gaps"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'drafted', 'answered', 'dismissed')", name="state"),
        Index(None, "state", "updated_at"),
    )

    id: Mapped[Id]
    title: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    entry_id: Mapped[str | None] = mapped_column(ForeignKey("entries.entry_id"), index=True)
    number: Mapped[int | None]  # the first version of the entry that is to answer
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class NoticeRow(Base):
    """What one asker is to be told: the question has an answer now."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("gap_id", "contact_id"),  # nobody is told twice
        CheckConstraint("state IN ('pending', 'told', 'dropped')", name="state"),
        Index(None, "contact_id", "state"),
        Index(None, "state", "created_at"),
    )

    id: Mapped[Id]
    gap_id: Mapped[int] = mapped_column(ForeignKey("gaps.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("entries.entry_id"))
    question: Mapped[str]
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="pending")
    created_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
