"""Ready replies: sentences an agent sends often, for everybody or for one agent, found by what follows a slash."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import tomllib
from sqlalchemy import ColumnElement, case, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk.errors import AlreadyExists, NotFound
from desk.racing import racing
from desk.tables import CannedRow

SHIPPED = Path(__file__).with_suffix(".toml")
SHORTCUT = re.compile(r"[a-z0-9一-龥_-]{1,20}")
PLACEHOLDERS = ("contact", "number", "agent", "product")
LONGEST_TITLE = 60  # characters
LONGEST_TEXT = 1_000

_PLACE = re.compile(r"\$([a-z_]{1,30})")


@dataclass(frozen=True)
class Canned:
    """A ready reply; of everybody without an owner."""

    id: int
    shortcut: str
    title: str
    text: str
    owner_id: int | None
    used: int
    updated_by: str
    updated_at: datetime


@dataclass(frozen=True)
class Filled:
    """A text ready to be read once more and sent; `unknown` placeholders stand in it as they were typed."""

    text: str
    unknown: tuple[str, ...] = ()


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Put the values in the places of `$contact` and the like. What has no value stays, and is named once each."""
    unknown: dict[str, None] = {}

    def value(found: re.Match[str]) -> str:
        known = values.get(found[1])
        if known:
            return known
        unknown[found[1]] = None
        return found[0]

    return Filled(_PLACE.sub(value, text), tuple(unknown))


def save(
    session: Session,
    *,
    shortcut: str,
    title: str,
    text: str,
    owner_id: int | None = None,
    canned_id: int | None = None,
    by: str,
    now: datetime,
) -> Canned:
    """A new one, or `canned_id` changed. Raises AlreadyExists for a shortcut that is taken, perhaps by somebody's own;
    NotFound, ValueError for a shortcut, title or text that cannot be used."""
    shortcut, title, text = shortcut.strip().lower(), title.strip(), text.strip()
    _check(shortcut, title, text)
    row = CannedRow(used=0) if canned_id is None else _row(session, canned_id)
    taken = session.scalar(select(CannedRow.id).where(CannedRow.shortcut == shortcut))
    if taken is not None and taken != canned_id:
        raise _taken(shortcut)
    try:
        with racing(session):
            row.shortcut, row.title, row.text, row.owner_id = shortcut, title, text, owner_id
            row.updated_by, row.updated_at = by, now
            session.add(row)
    except IntegrityError:
        raise _taken(shortcut) from None
    return _canned(row)


def remove(session: Session, canned_id: int) -> None:
    """Raises NotFound."""
    session.delete(_row(session, canned_id))
    session.flush()


def get(session: Session, canned_id: int) -> Canned:
    """Raises NotFound."""
    return _canned(_row(session, canned_id))


def listing(session: Session, agent_id: int) -> tuple[Canned, ...]:
    """Everybody's and this agent's own, by shortcut."""
    query = select(CannedRow).where(_visible(agent_id)).order_by(CannedRow.shortcut)
    return tuple(_canned(row) for row in session.scalars(query))


def find(session: Session, prefix: str, agent_id: int, *, limit: int = 8) -> tuple[Canned, ...]:
    """What the agent may mean: by the beginning of the shortcut, then by title, then by text, often used ones first."""
    typed = prefix.strip().lower()
    starts = CannedRow.shortcut.startswith(typed, autoescape=True)
    named = CannedRow.title.icontains(typed, autoescape=True)
    says = CannedRow.text.icontains(typed, autoescape=True)
    rank = case((CannedRow.shortcut == typed, 0), (starts, 1), (named, 2), else_=3)
    query = (
        select(CannedRow)
        .where(_visible(agent_id), or_(starts, named, says))
        .order_by(rank, CannedRow.used.desc(), CannedRow.shortcut)
        .limit(limit)
    )
    return tuple(_canned(row) for row in session.scalars(query))


def used(session: Session, canned_id: int) -> None:
    """Sent once more; one that has been removed meanwhile is no error."""
    session.execute(update(CannedRow).where(CannedRow.id == canned_id).values(used=CannedRow.used + 1))


def seed(session: Session, *, now: datetime) -> int:
    """The shipped ones, where there are none at all; how many."""
    if session.scalar(select(CannedRow.id).limit(1)) is not None:
        return 0
    shipped = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["reply"]
    try:
        for one in shipped:
            save(session, shortcut=one["shortcut"], title=one["title"], text=one["text"], by="system", now=now)
    except AlreadyExists:  # another process begins at the same moment
        return 0
    return len(shipped)


def _check(shortcut: str, title: str, text: str) -> None:
    if not SHORTCUT.fullmatch(shortcut):
        raise ValueError(f"a shortcut has 1 to 20 of a-z, 0-9, Chinese characters, _ and -, not {shortcut[:40]!r}")
    if not 0 < len(title) <= LONGEST_TITLE:
        raise ValueError(f"a title has 1 to {LONGEST_TITLE} characters, not {len(title)}")
    if not 0 < len(text) <= LONGEST_TEXT:
        raise ValueError(f"a reply has 1 to {LONGEST_TEXT:,} characters, not {len(text):,}")


def _visible(agent_id: int) -> ColumnElement[bool]:
    return or_(CannedRow.owner_id.is_(None), CannedRow.owner_id == agent_id)


def _row(session: Session, canned_id: int) -> CannedRow:
    row = session.get(CannedRow, canned_id)
    if row is None:
        raise NotFound(f"there is no ready reply {canned_id}")
    return row


def _taken(shortcut: str) -> AlreadyExists:
    return AlreadyExists(f"the shortcut {shortcut!r} is taken; choose another one")


def _canned(row: CannedRow) -> Canned:
    return Canned(
        id=row.id,
        shortcut=row.shortcut,
        title=row.title,
        text=row.text,
        owner_id=row.owner_id,
        used=row.used,
        updated_by=row.updated_by,
        updated_at=row.updated_at,
    )
