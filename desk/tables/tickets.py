"""What humans have to do."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, false, text
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
    closed_at: Mapped[datetime | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    skill: Mapped[str] = mapped_column(default="", server_default="")
    vip: Mapped[bool] = mapped_column(default=False, server_default=false())
    next_contact_at: Mapped[datetime | None] = mapped_column(index=True)
    next_contact_note: Mapped[str] = mapped_column(default="", server_default="")
    remote_until: Mapped[datetime | None]  # the customer agreed to remote assistance until then
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"), index=True)


class TicketLinkRow(Base):
    """Two tickets that belong together; `ticket_id` is the duplicate, `other_id` the one that goes on."""

    __tablename__ = "ticket_links"
    __table_args__ = (
        CheckConstraint("kind IN ('duplicate', 'related')", name="kind"),
        CheckConstraint("ticket_id <> other_id", name="two"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    kind: Mapped[str]
    created_by: Mapped[str]
    created_at: Mapped[datetime]


class PromiseRow(Base):
    """What a customer was promised on a ticket, and by when."""

    __tablename__ = "promises"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'kept', 'broken', 'withdrawn')", name="state"),
        Index(None, "state", "due_at"),
    )

    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    text: Mapped[str]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open")
    made_by: Mapped[str]
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class ViewerRow(Base):
    """Who has a ticket open in the console, and whether they are writing."""

    __tablename__ = "viewers"
    __table_args__ = (CheckConstraint("mode IN ('reading', 'writing')", name="mode"),)

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), primary_key=True)
    mode: Mapped[str]
    seen_at: Mapped[datetime]


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
