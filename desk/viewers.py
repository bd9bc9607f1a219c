"""Viewers: who has a ticket open in the console at this moment, so that two do not answer at once unknowingly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk.racing import racing
from desk.tables import AgentRow, ViewerRow

Mode = Literal["reading", "writing"]
PRESENT = timedelta(seconds=30)  # after the last sign of life


@dataclass(frozen=True)
class Viewer:
    """Somebody who looks at a ticket, or writes on it."""

    agent_id: int
    name: str
    mode: Mode
    seen_at: datetime


def look(session: Session, ticket_id: int, agent_id: int, mode: Mode, *, now: datetime) -> None:
    """A sign of life; a late one moves nothing back. Raises ValueError for another mode."""
    if mode not in ("reading", "writing"):
        raise ValueError(f"one reads or writes, not {mode!r}")
    row = session.get(ViewerRow, (ticket_id, agent_id))
    if row is None:
        try:
            with racing(session):
                session.add(ViewerRow(ticket_id=ticket_id, agent_id=agent_id, mode=mode, seen_at=now))
            return
        except IntegrityError:
            row = session.get_one(ViewerRow, (ticket_id, agent_id), populate_existing=True)
    if row.seen_at <= now:
        row.mode, row.seen_at = mode, now
        session.flush()


def leave(session: Session, ticket_id: int, agent_id: int) -> None:
    """The page is closed; not having been there is no error."""
    session.execute(delete(ViewerRow).where(ViewerRow.ticket_id == ticket_id, ViewerRow.agent_id == agent_id))


def others(session: Session, ticket_id: int, agent_id: int, *, now: datetime) -> tuple[Viewer, ...]:
    """Who else was there within the last 30 seconds; those who write first, then by name."""
    query = (
        select(ViewerRow, AgentRow.name)
        .join(AgentRow, AgentRow.id == ViewerRow.agent_id)
        .where(ViewerRow.ticket_id == ticket_id, ViewerRow.agent_id != agent_id, ViewerRow.seen_at > now - PRESENT)
        .order_by(ViewerRow.mode.desc(), AgentRow.name, AgentRow.id)
    )
    return tuple(Viewer(row.agent_id, name, cast(Mode, row.mode), row.seen_at) for row, name in session.execute(query))


def stale(session: Session, *, before: datetime) -> bool:
    """Whether `forget` would drop anybody; only reads."""
    return session.scalar(select(ViewerRow.ticket_id).where(ViewerRow.seen_at < before).limit(1)) is not None


def forget(session: Session, *, before: datetime) -> int:
    """Drop who has not been seen since; how many."""
    gone = session.scalars(delete(ViewerRow).where(ViewerRow.seen_at < before).returning(ViewerRow.ticket_id))
    return len(gone.all())
