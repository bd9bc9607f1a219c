"""What channels need to remember: files people have sent, what may still be pushed, announcements."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from desk.tables.base import Base, Id


class AttachmentRow(Base):
    """A file of a conversation or of a ticket. The bytes lie beside the database, named by their SHA-256."""

    __tablename__ = "attachments"
    __table_args__ = (
        CheckConstraint("source IN ('user', 'agent', 'api')", name="source"),
        CheckConstraint("status IN ('expected', 'stored', 'failed', 'erased')", name="status"),
        CheckConstraint("(status = 'stored') <= (sha256 IS NOT NULL)", name="stored"),
        Index(None, "conversation_id", "id"),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)  # 128 random bits: what addresses name
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    source: Mapped[str]
    status: Mapped[str]  # expected: it is still to be fetched from elsewhere
    origin: Mapped[str | None] = mapped_column(unique=True)  # what it is to be fetched by, such as wechat:<media id>
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]  # bytes
    sha256: Mapped[str | None] = mapped_column(index=True)
    width: Mapped[int | None]  # pixels, of pictures
    height: Mapped[int | None]
    text: Mapped[str]  # what was read off the picture, or heard in the voice
    error: Mapped[str | None]
    created_at: Mapped[datetime]


class PushWindowRow(Base):
    """What a channel still lets us say to somebody who has not asked just now."""

    __tablename__ = "push_windows"
    __table_args__ = (
        UniqueConstraint("channel", "external_id", "cause"),
        CheckConstraint("cause IN ('message', 'event')", name="cause"),
        CheckConstraint("spent >= 0", name="spent"),
    )

    id: Mapped[Id]
    channel: Mapped[str]
    external_id: Mapped[str]
    cause: Mapped[str]  # a message of theirs, or a click, scan or subscription
    opened_at: Mapped[datetime]
    until: Mapped[datetime]
    allowance: Mapped[int]
    spent: Mapped[int]


class AnnouncementRow(Base):
    """A line over the widget for everybody, for a while."""

    __tablename__ = "announcements"
    __table_args__ = (
        CheckConstraint("level IN ('info', 'warning')", name="level"),
        Index(None, "ends_at"),
    )

    id: Mapped[Id]
    text: Mapped[str]
    level: Mapped[str]
    link: Mapped[str | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
