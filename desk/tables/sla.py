"""Clocks of tickets, as the events have left them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from desk.tables.base import Base


class SlaRow(Base):
    """How far the events of a ticket are counted, and under which terms."""

    __tablename__ = "sla"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    terms: Mapped[dict[str, Any]]  # targets by priority as they were when the ticket was opened
    last_event_id: Mapped[int]
    calendar: Mapped[str]  # version of the working hours it was counted with
    seen_at: Mapped[datetime | None]  # the ticket's `updated_at` then; None: more may have come in the same instant


class SlaClockRow(Base):
    """One clock: first response, resolution, or the plan of an L3 ticket."""

    __tablename__ = "sla_clocks"
    __table_args__ = (
        CheckConstraint("kind IN ('first_response', 'resolution', 'plan')", name="kind"),
        CheckConstraint("state IN ('running', 'paused', 'stopped')", name="state"),
        Index(None, "next_at"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    priority: Mapped[str]
    target: Mapped[int]  # seconds
    breach: Mapped[int]  # seconds
    wall: Mapped[bool]  # around the clock; otherwise in working time
    used: Mapped[int]  # seconds that count, until `since`
    since: Mapped[datetime | None]  # running from here; None: paused or stopped
    due_at: Mapped[datetime | None]
    breach_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]  # when the timer has to look again
    stopped_at: Mapped[datetime | None]


class SlaMarkRow(Base):
    """A warning, escalation or breach that has been recorded: once for each clock."""

    __tablename__ = "sla_marks"
    __table_args__ = (CheckConstraint("mark IN ('warned', 'escalated', 'breached')", name="mark"),)

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]  # when it should have been
    created_at: Mapped[datetime]
