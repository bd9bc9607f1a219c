"""Publications: every attempt to change what is live, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import audit
from desk.errors import NotFound
from desk.tables import PublicationRow

Kind = Literal["publish", "rollback"]
State = Literal["published", "refused", "failed"]


@dataclass(frozen=True)
class Publication:
    """One attempt; never changed."""

    id: int
    kind: Kind
    build_id: str  # what was to become live; empty when it failed before there was a build
    requested_by: str
    reason: str  # why a refusal was overruled, or why it was rolled back
    state: State
    report: Mapping[str, Any]
    created_at: datetime


def record(
    session: Session,
    kind: Kind,
    build_id: str,
    *,
    by: str,
    state: State,
    reason: str = "",
    report: Mapping[str, Any] | None = None,
    now: datetime,
) -> Publication:
    """Write down what happened."""
    row = PublicationRow(
        kind=kind,
        build_id=build_id,
        requested_by=by,
        reason=reason,
        state=state,
        report=dict(report or {}),
        created_at=now,
    )
    session.add(row)
    session.flush()
    detail = {"kind": kind, "build_id": build_id, "reason": reason}
    audit.record(session, by, f"publication.{state}", f"publication:{row.id}", detail, now=now)
    return _publication(row)


def get(session: Session, publication_id: int) -> Publication:
    """Raises NotFound."""
    row = session.get(PublicationRow, publication_id)
    if row is None:
        raise NotFound(f"there is no publication {publication_id}")
    return _publication(row)


def listing(session: Session, *, limit: int = 50, offset: int = 0) -> tuple[Publication, ...]:
    """Newest first."""
    query = select(PublicationRow).order_by(PublicationRow.id.desc()).limit(limit).offset(offset)
    return tuple(_publication(row) for row in session.scalars(query))


def latest(session: Session, *, state: State | None = "published", kind: Kind | None = None) -> Publication | None:
    """The last one in this state (None: any); of either kind, because a rollback changes what is live too."""
    query = select(PublicationRow).order_by(PublicationRow.id.desc()).limit(1)
    if state is not None:
        query = query.where(PublicationRow.state == state)
    if kind is not None:
        query = query.where(PublicationRow.kind == kind)
    row = session.scalar(query)
    return _publication(row) if row else None


def _publication(row: PublicationRow) -> Publication:
    return Publication(
        id=row.id,
        kind=cast(Kind, row.kind),
        build_id=row.build_id,
        requested_by=row.requested_by,
        reason=row.reason,
        state=cast(State, row.state),
        report=dict(row.report),
        created_at=row.created_at,
    )
