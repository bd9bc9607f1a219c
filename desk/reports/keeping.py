"""Reports as they were made; one for each kind and day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk.errors import NotFound
from desk.racing import racing
from desk.tables import ReportRow


@dataclass(frozen=True)
class Kept:
    """One report."""

    kind: str
    day: date
    content: Mapping[str, Any]
    created_at: datetime


def keep(session: Session, kind: str, day: date, content: Mapping[str, Any], *, now: datetime) -> bool:
    """False when the report of this day has been made already; then nothing changes."""
    if session.get(ReportRow, (kind, day)) is not None:
        return False
    try:
        with racing(session):
            session.add(ReportRow(kind=kind, day=day, content=dict(content), created_at=now))
    except IntegrityError:
        return False
    return True


def get(session: Session, kind: str, day: date) -> Kept:
    """Raises NotFound."""
    row = session.get(ReportRow, (kind, day))
    if row is None:
        raise NotFound(f"there is no {kind} report of {day}")
    return Kept(row.kind, row.day, dict(row.content), row.created_at)


def days(session: Session, kind: str, *, limit: int = 60) -> tuple[Kept, ...]:
    """Newest first."""
    query = select(ReportRow).where(ReportRow.kind == kind).order_by(ReportRow.day.desc()).limit(limit)
    return tuple(Kept(row.kind, row.day, dict(row.content), row.created_at) for row in session.scalars(query))
