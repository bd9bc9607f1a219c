"""Who is there on a day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.tables import AgentRow, DutyRow


def duty(session: Session, begins: datetime, ends: datetime) -> list[dict[str, Any]]:
    """Lines of the roster that touch the day, by their beginning; who is on leave all day is not there."""
    query = (
        select(DutyRow, AgentRow.name)
        .join(AgentRow, AgentRow.id == DutyRow.agent_id)
        .where(DutyRow.starts_at < ends, DutyRow.ends_at > begins, AgentRow.active)
        .order_by(DutyRow.starts_at, DutyRow.id)
    )
    rows = session.execute(query).all()
    away = {row.agent_id for row, _ in rows if row.kind == "leave" and row.starts_at <= begins and row.ends_at >= ends}
    return [_line(row, name) for row, name in rows if row.kind == "leave" or row.agent_id not in away]


def _line(row: DutyRow, name: str) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "name": name,
        "from": row.starts_at.isoformat(),
        "to": row.ends_at.isoformat(),
        "note": row.note,
    }
