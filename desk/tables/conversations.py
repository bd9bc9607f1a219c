"""What was said, and what the bot made of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from desk.tables.base import Base, Id

PENDING = text("author = 'user' AND status = 'pending'")


class ConversationRow(Base):
    """One for each channel and user of it."""

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        CheckConstraint("state IN ('bot', 'waiting', 'human', 'closed')", name="state"),
        Index(None, "state", "updated_at"),
    )

    id: Mapped[Id]
    channel: Mapped[str]
    external_id: Mapped[str]
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    state: Mapped[str] = mapped_column(default="bot")
    episode: Mapped[int] = mapped_column(default=1)
    misses: Mapped[int] = mapped_column(default=0)
    dislikes: Mapped[int] = mapped_column(default=0)
    slots: Mapped[dict[str, Any]] = mapped_column(default=dict)
    last_question: Mapped[str | None]
    form: Mapped[str | None]
    script: Mapped[str] = mapped_column(default="hans")
    region: Mapped[str | None]
    choices: Mapped[list[Any]] = mapped_column(default=list)
    choices_until: Mapped[datetime | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"), index=True)
    last_seq: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class TurnRow(Base):
    """The trace of one decision of the bot."""

    __tablename__ = "turns"

    turn_id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    message_ids: Mapped[list[Any]]
    outcome: Mapped[dict[str, Any]]
    degraded: Mapped[bool]
    ms: Mapped[int]
    trace_ids: Mapped[list[Any]]
    created_at: Mapped[datetime] = mapped_column(index=True)
    # The message whose delivery carries the replies, where a channel answers messages; of a burst only one does.
    told_message_id: Mapped[int | None]


class MessageRow(Base):
    """One message, in or out."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("channel", "author", "external_id"),  # exactly once, in both directions
        CheckConstraint("author IN ('user', 'bot', 'agent', 'system')", name="author"),
        Index("ix_messages_pending", "created_at", sqlite_where=PENDING, postgresql_where=PENDING),
    )

    id: Mapped[Id]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int]
    channel: Mapped[str]
    author: Mapped[str]
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    kind: Mapped[str]
    text: Mapped[str]
    payload: Mapped[dict[str, Any]]
    external_id: Mapped[str | None]
    turn_id: Mapped[str | None] = mapped_column(ForeignKey("turns.turn_id"), index=True)
    status: Mapped[str]
    created_at: Mapped[datetime]


class FeedbackRow(Base):
    """A thumb for an answer (with message) or a score for an episode (without)."""

    __tablename__ = "feedback"
    __table_args__ = (
        UniqueConstraint("message_id"),
        UniqueConstraint("conversation_id", "episode"),
        CheckConstraint("(message_id IS NULL) = (episode IS NOT NULL)", name="subject"),
        CheckConstraint("score BETWEEN 1 AND 5", name="score"),
    )

    id: Mapped[Id]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    episode: Mapped[int | None]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    helpful: Mapped[bool | None]
    score: Mapped[int | None]
    reason: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(index=True)


class UnansweredRow(Base):
    """A question the knowledge base could not answer: declined, answered badly, or left to a human."""

    __tablename__ = "unanswered"
    __table_args__ = (
        UniqueConstraint("message_id"),
        CheckConstraint("source IN ('declined', 'rejected', 'handed_off')", name="source"),
        Index(None, "gap_id", "created_at"),
    )

    id: Mapped[Id]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    turn_id: Mapped[str | None] = mapped_column(ForeignKey("turns.turn_id"), index=True)
    question: Mapped[str]
    reason: Mapped[str]
    build_id: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(index=True)
    source: Mapped[str] = mapped_column(default="declined", server_default="declined")
    gap_id: Mapped[int | None] = mapped_column(ForeignKey("gaps.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))  # the answer that was rejected
