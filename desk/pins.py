"""Pinned questions: each must go on finding its entry, or a publication is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk import audit
from desk.audit import SYSTEM
from desk.entries import reading
from desk.errors import AlreadyExists, NotFound
from desk.racing import racing
from desk.tables import AuditRow, EntryRow, PinRow

_REMOVED = "pin.removed"


@dataclass(frozen=True)
class Pin:
    """A question and the entry that answers it."""

    id: int
    text: str
    entry_id: str
    author: str
    created_at: datetime


def add(session: Session, text: str, entry_id: str, *, author: str, now: datetime) -> Pin:
    """Pin a question; once more to the same entry changes nothing.

    Raises NotFound for an unknown entry, AlreadyExists when it is pinned to another one, ValueError for an empty text.
    """
    question = text.strip()
    if not question:
        raise ValueError("a pinned question has words in it")
    reading.row_of(session, entry_id)
    known = _by_text(session, question)
    if known is None:
        row = PinRow(text=question, entry_id=entry_id, author=author, created_at=now)
        try:
            with racing(session):
                session.add(row)
        except IntegrityError:
            known = _by_text(session, question)
            if known is None:
                raise
        else:
            _audit(session, author, "pin.added", row, now)
            return _pin(row)
    if known.entry_id != entry_id:
        raise AlreadyExists(f"{question[:60]!r} is pinned to {known.entry_id}; remove that pin first")
    return _pin(known)


def remove(session: Session, pin_id: int, *, by: str, now: datetime) -> None:
    """The question may find another entry from now on. Raises NotFound."""
    row = session.get(PinRow, pin_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(f"there is no pinned question {pin_id}")
    _audit(session, by, _REMOVED, row, now)
    session.delete(row)
    session.flush()


def listing(session: Session, *, entry_id: str | None = None) -> tuple[Pin, ...]:
    """Oldest first."""
    query = select(PinRow).order_by(PinRow.id)
    if entry_id is not None:
        query = query.where(PinRow.entry_id == entry_id)
    return tuple(_pin(row) for row in session.scalars(query))


def seed(session: Session, asked: Mapping[str, str], *, now: datetime) -> int:
    """Pin the shipped questions (text -> entry id) as their files say; how many changed.

    What a person has pinned or removed stays as it is. Raises NotFound for an unknown entry.
    """
    moved = _follow(session, asked, now)
    pinned = set(session.scalars(select(PinRow.text)))
    by_people = (AuditRow.action == _REMOVED) & (AuditRow.actor != SYSTEM)
    removed = {detail.get("text") for detail in session.scalars(select(AuditRow.detail).where(by_people))}
    new = {question: entry_id for text, entry_id in asked.items() if (question := text.strip())}
    rows = [
        PinRow(text=question, entry_id=entry_id, author=SYSTEM, created_at=now)
        for question, entry_id in new.items()
        if question not in pinned and question not in removed
    ]
    missing = {row.entry_id for row in rows} - set(session.scalars(select(EntryRow.entry_id)))
    if missing:
        raise reading.unknown(min(missing))
    session.add_all(rows)
    session.flush()
    for row in rows:
        _audit(session, SYSTEM, "pin.added", row, now)
    return len(rows) + moved


def _follow(session: Session, asked: Mapping[str, str], now: datetime) -> int:
    """Shipped pins go where their files say by now, and go with them; people's own stay."""
    wanted = {text.strip(): entry_id for text, entry_id in asked.items()}
    changed = 0
    for row in session.scalars(select(PinRow).where(PinRow.author == SYSTEM)).all():
        if wanted.get(row.text) == row.entry_id:
            continue
        changed += 1
        if row.text in wanted:
            row.entry_id = reading.row_of(session, wanted[row.text]).entry_id
            _audit(session, SYSTEM, "pin.moved", row, now)
        else:
            _audit(session, SYSTEM, _REMOVED, row, now)
            session.delete(row)
    session.flush()
    return changed


def _audit(session: Session, by: str, action: str, row: PinRow, now: datetime) -> None:
    audit.record(session, by, action, f"pin:{row.id}", {"text": row.text, "entry_id": row.entry_id}, now=now)


def _by_text(session: Session, text: str) -> PinRow | None:
    return session.scalar(select(PinRow).where(PinRow.text == text))


def _pin(row: PinRow) -> Pin:
    return Pin(id=row.id, text=row.text, entry_id=row.entry_id, author=row.author, created_at=row.created_at)
