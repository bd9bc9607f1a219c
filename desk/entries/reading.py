"""Finding entries and their versions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Text, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from desk.entries.model import EntryRecord, EntryVersion, Filter, InForce, entry, entry_version
from desk.errors import NotFound
from desk.tables import EntryRow, EntryVersionRow

_IN_FORCE = and_(EntryRow.live.is_not(None), EntryRow.retired.is_(False))
_NEWEST = and_(EntryVersionRow.entry_id == EntryRow.entry_id, EntryVersionRow.number == EntryRow.newest)
_LIVE = and_(EntryVersionRow.entry_id == EntryRow.entry_id, EntryVersionRow.number == EntryRow.live)


def get(session: Session, entry_id: str) -> EntryRecord:
    """Raises NotFound."""
    found = session.execute(
        select(EntryRow, EntryVersionRow).join(EntryVersionRow, _NEWEST).where(EntryRow.entry_id == entry_id)
    ).one_or_none()
    if found is None:
        raise unknown(entry_id)
    return entry(*found)


def versions(session: Session, entry_id: str) -> tuple[EntryVersion, ...]:
    """Oldest first. Raises NotFound."""
    query = select(EntryVersionRow).where(EntryVersionRow.entry_id == entry_id).order_by(EntryVersionRow.number)
    found = tuple(entry_version(row) for row in session.scalars(query))
    if not found:
        raise unknown(entry_id)
    return found


def version(session: Session, entry_id: str, number: int) -> EntryVersion:
    """Raises NotFound."""
    return entry_version(version_row(session, entry_id, number))


def live_version(session: Session, entry_id: str) -> EntryVersion | None:
    """The version in force; None for an entry that is unknown, retired or not approved."""
    query = select(EntryVersionRow).join(EntryRow, _LIVE).where(EntryRow.entry_id == entry_id, _IN_FORCE)
    row = session.scalar(query)
    return entry_version(row) if row else None


def listing(
    session: Session, where: Filter | None = None, *, limit: int = 100, offset: int = 0
) -> tuple[EntryRecord, ...]:
    """Entries by id."""
    query = select(EntryRow, EntryVersionRow).join(EntryVersionRow, _NEWEST).where(*_conditions(where or Filter()))
    page = query.order_by(EntryRow.entry_id).limit(limit).offset(offset)
    return tuple(entry(*found) for found in session.execute(page))


def count(session: Session, where: Filter | None = None) -> int:
    """How many `listing` would have without a limit."""
    query = select(func.count()).select_from(EntryRow).join(EntryVersionRow, _NEWEST)
    return session.scalar(query.where(*_conditions(where or Filter()))) or 0


def in_force(session: Session) -> tuple[InForce, ...]:
    """What the next publication contains, by id."""
    query = select(EntryRow, EntryVersionRow).join(EntryVersionRow, _LIVE).where(_IN_FORCE)
    found = (_in_force(row, live) for row, live in session.execute(query))
    return tuple(sorted(found, key=lambda each: each.entry_id))  # the databases' own orders differ


def in_force_at(session: Session, entry_id: str, moment: datetime) -> InForce | None:
    """What had been approved of an entry by then, such as by a publication; None when nothing, or it is retired."""
    query = (
        select(EntryRow, EntryVersionRow)
        .join(EntryVersionRow, EntryVersionRow.entry_id == EntryRow.entry_id)
        .where(EntryRow.entry_id == entry_id, _IN_FORCE)
        .where(EntryVersionRow.state.in_(("approved", "superseded")), EntryVersionRow.decided_at <= moment)
        .order_by(EntryVersionRow.number.desc())
        .limit(1)
    )
    found = session.execute(query).one_or_none()
    return _in_force(*found) if found else None


def any_settled(session: Session) -> bool:
    """Whether any entry is in force or follows the shipped files; drafts alone are no knowledge base yet."""
    settled = select(EntryRow.entry_id).where(or_(_IN_FORCE, EntryRow.follows.is_(True)))
    return session.scalar(settled.limit(1)) is not None


def following(session: Session) -> frozenset[str]:
    """Ids of the entries that still follow the shipped files, retired ones too: no person has touched them."""
    return frozenset(session.scalars(select(EntryRow.entry_id).where(EntryRow.follows.is_(True))))


def waiting(session: Session, *, limit: int = 100) -> tuple[EntryVersion, ...]:
    """Versions that wait for a reviewer, oldest first."""
    query = (
        select(EntryVersionRow)
        .join(EntryRow, EntryRow.entry_id == EntryVersionRow.entry_id)
        .where(EntryVersionRow.state == "submitted", EntryRow.retired.is_(False))
        .order_by(EntryVersionRow.created_at, EntryVersionRow.id)
    )
    return tuple(entry_version(row) for row in session.scalars(query.limit(limit)))


def row_of(session: Session, entry_id: str, *, lock: bool = False) -> EntryRow:
    """The row, for the desk's own modules; locked, it makes editors of one entry take turns."""
    row = find(session, entry_id, lock=lock)
    if row is None:
        raise unknown(entry_id)
    return row


def find(session: Session, entry_id: str, *, lock: bool = False) -> EntryRow | None:
    """The row if there is one, for the desk's own modules."""
    return session.get(EntryRow, entry_id, with_for_update=lock or None, populate_existing=lock)


def version_row(session: Session, entry_id: str, number: int) -> EntryVersionRow:
    """The row, for the desk's own modules."""
    query = select(EntryVersionRow).where(EntryVersionRow.entry_id == entry_id, EntryVersionRow.number == number)
    row = session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NotFound(f"entry {entry_id[:100]!r} has no version {number}")
    return row


def unknown(entry_id: str) -> NotFound:
    """The error for an id nobody has used."""
    return NotFound(f"there is no entry {entry_id[:100]!r}")


def _in_force(row: EntryRow, live: EntryVersionRow) -> InForce:
    return InForce(row.entry_id, live.number, dict(live.content), live.fingerprint, row.owner, row.review_on)


def _conditions(where: Filter) -> list[ColumnElement[bool]]:
    content = EntryVersionRow.content
    found = [_in_state(where)]
    if where.topic:
        found.append(content["topic"].as_string() == where.topic)
    if where.type:
        found.append(content["type"].as_string() == where.type)
    if where.origin is not None:
        found.append(EntryRow.origin == where.origin)
    if where.overdue_on is not None:
        found += [_IN_FORCE, EntryRow.review_on < where.overdue_on]
    if where.text:
        fields = [content[key].as_string() for key in ("title", "question", "code", "answer")]
        searched = (EntryRow.entry_id, *fields, cast(content["similar"], Text))
        found.append(or_(*(field.icontains(where.text, autoescape=True) for field in searched)))
    return found


def _in_state(where: Filter) -> ColumnElement[bool]:
    if where.state == "retired":
        return EntryRow.retired.is_(True)
    if where.state == "live":
        return _IN_FORCE
    here = EntryRow.retired.is_(False)
    return here if where.state is None else and_(here, EntryVersionRow.state == where.state)
