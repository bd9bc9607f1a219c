"""Lines of the roster: putting them there and taking them away, each with a line in the trail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import audit
from desk.agents.model import TEAM, row_of
from desk.duty.line import Kind, Line, Overlapping, check, line_of, told
from desk.errors import NotFound
from desk.tables import DutyRow


def add(
    session: Session,
    agent_id: int,
    kind: Kind,
    starts_at: datetime,
    ends_at: datetime,
    *,
    note: str = "",
    by: str,
    now: datetime,
) -> Line:
    """Raises NotFound for who is no active member of the team, Overlapping, BadValue for a span that is empty or too
    long (shift 24 h, on call 14 days, leave 366 days) or a note over 100 characters."""
    check(kind, starts_at, ends_at, note.strip())
    one = row_of(session, agent_id, lock=True)  # two lines of one agent take turns
    if not one.active or one.role not in TEAM:
        raise NotFound(f"there is no active agent, lead or administrator {agent_id}")
    other = clash(session, agent_id, kind, starts_at, ends_at)
    if other is not None:
        raise Overlapping(other)
    return insert(session, agent_id, kind, (starts_at, ends_at), note.strip(), by, now)


def remove(session: Session, line_id: int, *, by: str, now: datetime) -> Line:
    """Raises NotFound."""
    row = session.get(DutyRow, line_id)
    if row is None:
        raise NotFound(f"there is no line {line_id} in the roster")
    line = line_of(row)
    session.delete(row)
    session.flush()
    audit.record(session, by, "duty.removed", f"agent:{line.agent_id}", told(line), now=now)
    return line


def listing(session: Session, since: datetime, until: datetime, *, agent_id: int | None = None) -> tuple[Line, ...]:
    """Lines that hold at some moment from `since` until just before `until`, by their beginning."""
    query = select(DutyRow).where(DutyRow.ends_at > since, DutyRow.starts_at < until)
    if agent_id is not None:
        query = query.where(DutyRow.agent_id == agent_id)
    return tuple(line_of(row) for row in session.scalars(query.order_by(DutyRow.starts_at, DutyRow.id)))


def clash(session: Session, agent_id: int, kind: str, starts_at: datetime, ends_at: datetime) -> Line | None:
    """What the agent has of that kind then."""
    lines = listing(session, starts_at, ends_at, agent_id=agent_id)
    return next((line for line in lines if line.kind == kind), None)


def insert(
    session: Session, agent_id: int, kind: str, span: tuple[datetime, datetime], note: str, by: str, now: datetime
) -> Line:
    """Written, with a line in the trail; what may not be there was refused before."""
    row = DutyRow(
        agent_id=agent_id, kind=kind, starts_at=span[0], ends_at=span[1], note=note, created_by=by, created_at=now
    )
    session.add(row)
    session.flush()
    session.refresh(row)  # in UTC, as everybody else reads it
    audit.record(session, by, "duty.added", f"agent:{agent_id}", told(line_of(row)), now=now)
    return line_of(row)
