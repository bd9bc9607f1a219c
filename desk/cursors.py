"""Cursors: how far somebody who follows a list that only grows has come."""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk.racing import racing
from desk.tables import CursorRow


def position(session: Session, name: str) -> int | None:
    """None when nobody follows yet."""
    return session.scalar(select(CursorRow.position).where(CursorRow.name == name))


def begin(session: Session, name: str, at: int) -> int:
    """Follow from there on; where somebody else has begun already, theirs counts."""
    if (there := position(session, name)) is not None:
        return there
    try:
        with racing(session):
            session.add(CursorRow(name=name, position=at))
    except IntegrityError:
        found = position(session, name)
        if found is None:
            raise
        return found
    return at


def advance(session: Session, name: str, to: int) -> None:
    """Forwards only: whoever is late moves nothing back."""
    session.execute(update(CursorRow).where(CursorRow.name == name, CursorRow.position < to).values(position=to))


def forget(session: Session, name: str) -> None:
    """Nobody follows any more; who begins again begins anew."""
    session.execute(delete(CursorRow).where(CursorRow.name == name))
