"""Tickets that change hands when two companies or two people turn out to be one."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.tables import TicketEventRow, TicketRow

Owner = Literal["account_id", "contact_id"]


def move_tickets(session: Session, owner: Owner, keep_id: int, other_id: int, *, by: str, now: datetime) -> list[str]:
    """Their numbers. With an event for each, and without making old tickets look touched."""
    query = select(TicketRow).where(getattr(TicketRow, owner) == other_id).order_by(TicketRow.id).with_for_update()
    rows = list(session.scalars(query))
    detail = {"old": {owner: other_id}, "new": {owner: keep_id}}
    for row in rows:
        setattr(row, owner, keep_id)
        session.add(TicketEventRow(ticket_id=row.id, kind="changed", actor=by, detail=detail, created_at=now))
    return [row.number for row in rows]
