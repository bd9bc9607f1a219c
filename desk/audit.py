"""The audit trail: who did what to what, when; written in the transaction that did it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.tables import AuditRow

SYSTEM = "system"  # the actor of what no person has asked for


@dataclass(frozen=True)
class Line:
    """One line of the trail; never changed, never deleted."""

    id: int
    actor: str  # system, agent:<id>, contact:<id>
    action: str  # what was done, such as entry.approved
    subject: str  # to what, such as entry:faq-login
    detail: Mapping[str, Any]
    created_at: datetime


def record(
    session: Session, actor: str, action: str, subject: str, detail: Mapping[str, Any] | None = None, *, now: datetime
) -> None:
    """Add a line; it is kept exactly if the transaction is."""
    session.add(AuditRow(actor=actor, action=action, subject=subject, detail=dict(detail or {}), created_at=now))


def listing(
    session: Session,
    *,
    subject: str | None = None,
    actor: str | None = None,
    action: str | None = None,
    before: int | None = None,
    limit: int = 100,
) -> tuple[Line, ...]:
    """Newest first; `before` is the id of the last line of the page before."""
    query = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
    for column, value in ((AuditRow.subject, subject), (AuditRow.actor, actor), (AuditRow.action, action)):
        if value is not None:
            query = query.where(column == value)
    if before is not None:
        query = query.where(AuditRow.id < before)
    return tuple(_line(row) for row in session.scalars(query))


def _line(row: AuditRow) -> Line:
    return Line(
        id=row.id,
        actor=row.actor,
        action=row.action,
        subject=row.subject,
        detail=dict(row.detail),
        created_at=row.created_at,
    )
