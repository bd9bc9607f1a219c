"""What the team keeps besides tickets: days, incidents, ready replies, questions to customers, reports."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from desk.tables.base import Base, Id

GOING_ON = text("signature <> '' AND state IN ('proposed', 'confirmed')")


class CalendarDayRow(Base):
    """A day on which an operator has decided otherwise than the shipped table."""

    __tablename__ = "calendar_days"
    __table_args__ = (CheckConstraint("kind IN ('holiday', 'workday', 'ordinary')", name="kind"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    weekday: Mapped[int | None]  # whose hours a workday has, Monday is 0; None: the usual ones
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


class IncidentRow(Base):
    """One trouble that many report."""

    __tablename__ = "incidents"
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'confirmed', 'closed', 'dismissed')", name="state"),
        Index(None, "state", "proposed_at"),
        Index(
            "uq_incidents_going_on",
            "signature",
            unique=True,
            sqlite_where=GOING_ON,
            postgresql_where=GOING_ON,
        ),
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
    signature: Mapped[str]  # what its reports have in common; one that goes on for each
    resolves: Mapped[bool] = mapped_column(default=False)  # closing it resolves the tickets that are still open


class IncidentTicketRow(Base):
    """A ticket that reports an incident; one incident for each ticket."""

    __tablename__ = "incident_tickets"
    __table_args__ = (Index(None, "incident_id", "told_at"),)

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"))
    linked_by: Mapped[str]
    linked_at: Mapped[datetime]
    told_at: Mapped[datetime | None]  # that it is over


class IncidentCardRow(Base):
    """A conversation in which the known trouble was shown."""

    __tablename__ = "incident_cards"
    __table_args__ = (Index(None, "incident_id", "told_at"),)

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    shown_at: Mapped[datetime]
    told_at: Mapped[datetime | None]  # that it is over


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
