"""What humans have to do."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from desk.tables.base import Base, Id

OPEN_HANDOFF = text("handoff AND status NOT IN ('resolved', 'closed')")


class TicketRow(Base):
    """A ticket as it stands; its history is in the events."""

    __tablename__ = "tickets"
    __table_args__ = (
        CheckConstraint(
            "status IN ('new', 'assigned', 'in_progress', 'waiting', 'on_site', 'resolved', 'closed')", name="status"
        ),
        CheckConstraint("priority IN ('P1', 'P2', 'P3', 'P4')", name="priority"),
        CheckConstraint("tier IN ('L1', 'L2', 'L3')", name="tier"),
        Index(
            "uq_tickets_open_handoff",
            "conversation_id",
            unique=True,
            sqlite_where=OPEN_HANDOFF,
            postgresql_where=OPEN_HANDOFF,
        ),
        Index(None, "status", "priority", "created_at"),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    category: Mapped[str]
    priority: Mapped[str]
    tier: Mapped[str]
    status: Mapped[str] = mapped_column(default="new")
    summary: Mapped[str]
    slots: Mapped[dict[str, Any]]
    reason: Mapped[str]
    handoff: Mapped[bool]
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"), index=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    first_response_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]


class TicketKeyRow(Base):
    """Which ticket a request got: one row for each idempotency key, several may lead to one ticket."""

    __tablename__ = "ticket_keys"

    key: Mapped[str] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    fingerprint: Mapped[str]  # SHA-256 of the draft
    created_at: Mapped[datetime]


class TicketDayRow(Base):
    """The last running number of a day."""

    __tablename__ = "ticket_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class TicketEventRow(Base):
    """One line of a ticket's history; only ever inserted."""

    __tablename__ = "ticket_events"

    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    kind: Mapped[str]
    actor: Mapped[str]
    detail: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
