"""What the team keeps besides tickets: days, incidents, ready replies, questions to customers, reports."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from desk.tables.base import Base, Id


class CalendarDayRow(Base):
    """A day on which an operator has decided otherwise than the shipped table."""

    __tablename__ = "calendar_days"
    __table_args__ = (CheckConstraint("kind IN ('holiday', 'workday', 'ordinary')", name="kind"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


class IncidentRow(Base):
    """One trouble that many report."""

    __tablename__ = "incidents"
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'confirmed', 'closed', 'dismissed')", name="state"),
        Index(None, "state", "proposed_at"),
    )

    id: Mapped[Id]
    title: Mapped[str]
    state: Mapped[str] = mapped_column(default="proposed")
    category: Mapped[str]
    module: Mapped[str] = mapped_column(default="")
    code: Mapped[str] = mapped_column(default="")
    words: Mapped[list[Any]]  # what later reports are recognised by
    message: Mapped[str] = mapped_column(default="")  # what customers are told
    workaround: Mapped[str] = mapped_column(default="")
    resolution: Mapped[str] = mapped_column(default="")
    proposed_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    updated_at: Mapped[datetime]


class CannedRow(Base):
    """A ready reply, for everybody or for its owner."""

    __tablename__ = "canned_replies"

    id: Mapped[Id]
    shortcut: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    text: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    used: Mapped[int] = mapped_column(default=0)
    updated_by: Mapped[str]
    updated_at: Mapped[datetime]


class AskRow(Base):
    """A question to a customer: is it solved, and how was it?"""

    __tablename__ = "asks"
    __table_args__ = (
        CheckConstraint("kind IN ('solved', 'csat')", name="kind"),
        CheckConstraint("state IN ('due', 'asked', 'answered', 'expired')", name="state"),
        Index(None, "state", "due_at"),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)  # nobody is asked the same thing twice
    kind: Mapped[str]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    episode: Mapped[int]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    state: Mapped[str] = mapped_column(default="due")
    due_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    created_at: Mapped[datetime]


class ReportRow(Base):
    """A report of one day, made once."""

    __tablename__ = "reports"

    kind: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
