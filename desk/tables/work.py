"""What machines have to do, and what people have done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from desk.tables.base import Base, Id


class OutboxRow(Base):
    """Something to send."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'leased', 'sent', 'failed', 'parked')", name="status"),
        Index(None, "status", "next_at"),
        Index(None, "kind", "sent_at"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    channel: Mapped[str]
    payload: Mapped[dict[str, Any]]
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    status: Mapped[str] = mapped_column(default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    ambiguous: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[str | None]
    last_error: Mapped[str | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    dismissed_at: Mapped[datetime | None]  # a failed or parked one that nobody wants sent any more


class CursorRow(Base):
    """How far somebody who follows a list has come."""

    __tablename__ = "cursors"

    name: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]


class MarkRow(Base):
    """How far we have come with a list that is somebody else's, in their words, and who is at it."""

    __tablename__ = "marks"

    name: Mapped[str] = mapped_column(primary_key=True)
    mark: Mapped[str]
    token: Mapped[str | None]  # of whoever holds it
    held_until: Mapped[datetime | None]


class JobRow(Base):
    """Work the console asks of the worker, such as a publication."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'running', 'done', 'failed')", name="status"),
        Index(None, "status", "created_at"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(default="pending")
    report: Mapped[dict[str, Any] | None]
    requested_by: Mapped[str]
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    lease_token: Mapped[str | None]


class AuditRow(Base):
    """Who did what; only ever inserted."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "subject", "id"),)

    id: Mapped[Id]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(index=True)
