"""Marks: how far we have come with a list that somebody else keeps and that is pulled page by page.

A mark is the other side's word (a cursor of theirs, opaque to us). One process at a time pulls: it holds the mark for a
while, and moves it only as long as it holds it, after what the page brought has been stored.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_hex

from sqlalchemy import Update, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk.racing import racing
from desk.tables import MarkRow


@dataclass(frozen=True)
class Held:
    """A mark in our hands; `mark` is empty where nobody has pulled yet."""

    name: str
    mark: str
    token: str


def hold(session: Session, name: str, *, duration: timedelta, now: datetime) -> Held | None:
    """Ours for `duration`; None while somebody else has it."""
    _begin(session, name)
    token = token_hex(8)
    free = or_(MarkRow.held_until.is_(None), MarkRow.held_until <= now)
    taking = update(MarkRow).where(MarkRow.name == name, free).values(token=token, held_until=now + duration)
    mark = session.scalar(taking.returning(MarkRow.mark).execution_options(synchronize_session=False))
    return None if mark is None else Held(name, mark, token)


def move(session: Session, held: Held, mark: str, *, duration: timedelta, now: datetime) -> Held | None:
    """On to the next page, and ours for another `duration`; None when somebody else has taken it meanwhile."""
    moving = _ours(held).values(mark=mark, held_until=now + duration)
    moved = session.scalar(moving.returning(MarkRow.name).execution_options(synchronize_session=False))
    return None if moved is None else replace(held, mark=mark)


def release(session: Session, held: Held) -> None:
    """Anybody may go on; nothing when it is not ours any more."""
    session.execute(_ours(held).values(token=None, held_until=None).execution_options(synchronize_session=False))


def _begin(session: Session, name: str) -> None:
    if session.scalar(select(MarkRow.name).where(MarkRow.name == name)) is not None:
        return
    try:
        with racing(session):
            session.add(MarkRow(name=name, mark=""))
    except IntegrityError:
        if session.scalar(select(MarkRow.name).where(MarkRow.name == name)) is None:
            raise


def _ours(held: Held) -> Update:
    return update(MarkRow).where(MarkRow.name == held.name, MarkRow.token == held.token)
