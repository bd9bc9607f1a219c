"""Looking at the outbox: what waits, what failed, how much went out lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from desk.errors import NotFound
from desk.outbox import Delivery, Status, delivery_of
from desk.tables import OutboxRow


@dataclass(frozen=True)
class KindCounts:
    """The rows of one kind that a person may want to look at."""

    kind: str
    pending: int  # those under way included
    failed: int
    parked: int
    stuck: int  # of failed and parked, what waits for a person
    ambiguous: int  # times that a row may have been sent without our knowing


def get(session: Session, delivery_id: int) -> Delivery:
    """Raises NotFound."""
    row = session.get(OutboxRow, delivery_id)
    if row is None:
        raise NotFound(f"there is no delivery {delivery_id}")
    return delivery_of(row)


def listing(
    session: Session,
    *,
    status: Status | None = None,
    kind: str | None = None,
    dismissed: bool | None = False,
    limit: int = 50,
    offset: int = 0,
) -> tuple[Delivery, ...]:
    """Newest first. `dismissed`: only such, only others, or (None) both."""
    query = select(OutboxRow).order_by(OutboxRow.id.desc()).limit(limit).offset(offset)
    for column, value in ((OutboxRow.status, status), (OutboxRow.kind, kind)):
        if value is not None:
            query = query.where(column == value)
    if dismissed is not None:
        gone = OutboxRow.dismissed_at
        query = query.where(gone.is_not(None) if dismissed else gone.is_(None))
    return tuple(delivery_of(row) for row in session.scalars(query))


def by_kind(session: Session) -> tuple[KindCounts, ...]:
    """Every kind there has been, by name."""
    live = OutboxRow.dismissed_at.is_(None)

    def number(*statuses: Status) -> ColumnElement[int]:
        return func.sum(case((live & OutboxRow.status.in_(statuses), 1), else_=0))

    query = (
        select(
            OutboxRow.kind,
            number("pending", "leased"),
            number("failed"),
            number("parked"),
            func.sum(case((and_(*_stuck()), 1), else_=0)),
            func.sum(OutboxRow.ambiguous),
        )
        .group_by(OutboxRow.kind)
        .order_by(OutboxRow.kind)
    )
    return tuple(KindCounts(kind, *map(int, numbers)) for kind, *numbers in session.execute(query))


def waiting(session: Session) -> int:
    """How many rows wait for a person. Parked texts of a conversation wait for their customer instead."""
    return session.scalar(select(func.count()).where(*_stuck())) or 0


def stuck(session: Session, kind: str | None = None, *, limit: int = 500) -> tuple[Delivery, ...]:
    """The rows that wait for a person, oldest first."""
    query = select(OutboxRow).where(*_stuck()).order_by(OutboxRow.id).limit(limit)
    if kind is not None:
        query = query.where(OutboxRow.kind == kind)
    return tuple(delivery_of(row) for row in session.scalars(query))


def sent_since(session: Session, kind: str, since: datetime) -> tuple[datetime, ...]:
    """When the rows of a kind were sent, oldest first."""
    query = select(OutboxRow.sent_at).where(OutboxRow.kind == kind, OutboxRow.sent_at > since)
    return tuple(moment for moment in session.scalars(query.order_by(OutboxRow.sent_at)) if moment is not None)


def _stuck() -> tuple[ColumnElement[bool], ...]:
    parked = and_(OutboxRow.status == "parked", OutboxRow.conversation_id.is_(None))
    return OutboxRow.dismissed_at.is_(None), or_(OutboxRow.status == "failed", parked)
