"""Changing entries: every change is locked, numbered and written to the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk import audit
from desk.entries import reading
from desk.entries.model import (
    REVIEW_AFTER,
    EntryRecord,
    EntryVersion,
    Origin,
    VersionState,
    checked,
    entry_version,
    review_date,
    subject_of,
)
from desk.errors import EditConflict, IllegalMove, NotAllowed
from desk.numbers import day_of
from desk.racing import racing
from desk.tables import EntryRow, EntryVersionRow

_OPEN = ("draft", "submitted")


def save_draft(
    session: Session,
    entry_id: str,
    content: Mapping[str, Any],
    fingerprint: str,
    *,
    author: str,
    origin: Origin = "console",
    base: str | None = None,
    now: datetime,
) -> EntryVersion:
    """Keep what somebody wrote: a new entry, a new version, or in place of the author's own open draft.

    Content that is the newest version's already changes nothing. `base` is the fingerprint of the
    version that was edited, "" for an entry meant to be new; without it, only somebody else's open
    draft or submitted version is protected. `origin` counts for a new entry.
    Raises EditConflict when saving would bury what another has saved meanwhile, ValueError.
    """
    checked(entry_id, content, fingerprint)
    row = reading.find(session, entry_id, lock=True)
    if row is None:
        begun = _begin(session, entry_id, content, fingerprint, author, origin, now)
        if begun is not None:
            return begun
        row = reading.row_of(session, entry_id, lock=True)  # somebody began it at this very moment
    newest = reading.version_row(session, entry_id, row.newest)
    if newest.fingerprint == fingerprint:
        return entry_version(newest)
    if _buries(newest, base, author):
        raise EditConflict(entry_id, newest.number, newest.author, newest.created_at)
    if newest.state == "draft" and newest.author == author:
        newest.content, newest.fingerprint, newest.created_at = dict(content), fingerprint, now
    else:
        row.newest += 1
        newest = _draft(entry_id, row.newest, content, fingerprint, author, now)
        session.add(newest)
    row.follows, row.updated_at = False, now
    return _done(session, newest, "saved", author, now)


def submit(session: Session, entry_id: str, number: int, *, by: str, now: datetime) -> EntryVersion:
    """Ask for approval; older open versions, on top of which this one was written, are superseded by it.

    Raises NotFound, IllegalMove unless it is a draft of an entry that is not retired.
    """
    row, version = _present(session, entry_id, number, ("draft",), now)
    _supersede(session, row, number, _OPEN)
    version.state = "submitted"
    return _done(session, version, "submitted", by, now)


def approve(
    session: Session,
    entry_id: str,
    number: int,
    *,
    by: str,
    four_eyes: bool = True,
    review_after: timedelta = REVIEW_AFTER,
    now: datetime,
) -> EntryVersion:
    """Put a submitted version in force, from the next publication on. The review date starts anew.

    Raises NotFound, IllegalMove unless it is submitted and the entry not retired, NotAllowed for
    the author's own version with `four_eyes`.
    """
    row, version = _present(session, entry_id, number, ("submitted",), now)
    if four_eyes and version.author == by:
        raise NotAllowed(f"entry {entry_id}: {by} wrote version {number}; somebody else has to approve it")
    _supersede(session, row, number, (*_OPEN, "approved"))
    version.state, version.reviewer, version.decided_at = "approved", by, now
    row.live, row.review_on = number, review_date(version.content, now, review_after)
    return _done(session, version, "approved", by, now)


def reject(session: Session, entry_id: str, number: int, *, by: str, comment: str, now: datetime) -> EntryVersion:
    """Send a submitted version back; what is in force stays. Raises NotFound, IllegalMove, ValueError."""
    if not comment.strip():
        raise ValueError("a rejection needs a comment: the author has to know what to change")
    _, version = _present(session, entry_id, number, ("submitted",), now, retired=True)
    version.state, version.reviewer, version.decided_at = "rejected", by, now
    version.comment = comment
    return _done(session, version, "rejected", by, now, comment=comment)


def retire(session: Session, entry_id: str, *, by: str, reason: str, now: datetime) -> EntryRecord:
    """Not in force any more, from the next publication on. Retiring twice is no error. Raises NotFound."""
    return _shelve(session, entry_id, True, "entry.retired", by, {"reason": reason}, now)


def restore(session: Session, entry_id: str, *, by: str, now: datetime) -> EntryRecord:
    """In force again as it was approved before. Restoring twice is no error. Raises NotFound."""
    return _shelve(session, entry_id, False, "entry.restored", by, {}, now)


def set_owner(session: Session, entry_id: str, owner: str, *, by: str, now: datetime) -> EntryRecord:
    """Who answers for the entry. Raises NotFound."""
    row = reading.row_of(session, entry_id, lock=True)
    if row.owner != owner:
        audit.record(session, by, "entry.owner_set", subject_of(entry_id), {"from": row.owner, "to": owner}, now=now)
        row.owner, row.updated_at = owner, now
        session.flush()
    return reading.get(session, entry_id)


def postpone_review(session: Session, entry_id: str, until: date, *, by: str, now: datetime) -> EntryRecord:
    """Looked at and found right: the next look is due `until`. Raises NotFound, ValueError unless that is to come."""
    if until <= day_of(now):
        raise ValueError(f"the next review must be after today, {day_of(now)}, not on {until}")
    row = reading.row_of(session, entry_id, lock=True)
    if row.review_on != until:
        before = row.review_on.isoformat() if row.review_on else None
        detail = {"from": before, "to": until.isoformat()}
        audit.record(session, by, "entry.review_postponed", subject_of(entry_id), detail, now=now)
        row.review_on, row.updated_at = until, now
        session.flush()
    return reading.get(session, entry_id)


def _begin(
    session: Session,
    entry_id: str,
    content: Mapping[str, Any],
    fingerprint: str,
    author: str,
    origin: Origin,
    now: datetime,
) -> EntryVersion | None:
    """None when another transaction has begun the same entry since we looked."""
    owner = content.get("owner")
    version = _draft(entry_id, 1, content, fingerprint, author, now)
    try:
        with racing(session):
            session.add(
                EntryRow(
                    entry_id=entry_id,
                    newest=1,
                    origin=origin,
                    owner=owner if isinstance(owner, str) else "",
                    created_at=now,
                    updated_at=now,
                )
            )
            session.flush()
            session.add(version)
    except IntegrityError:
        if reading.find(session, entry_id) is None:
            raise
        return None
    return _done(session, version, "saved", author, now)


def _draft(
    entry_id: str, number: int, content: Mapping[str, Any], fingerprint: str, author: str, now: datetime
) -> EntryVersionRow:
    return EntryVersionRow(
        entry_id=entry_id,
        number=number,
        content=dict(content),
        fingerprint=fingerprint,
        state="draft",
        author=author,
        created_at=now,
    )


def _buries(newest: EntryVersionRow, base: str | None, author: str) -> bool:
    """Whether saving now would put somebody else's work under a version that does not contain it."""
    if base is not None:
        return base != newest.fingerprint
    return newest.state in _OPEN and newest.author != author


def _present(
    session: Session,
    entry_id: str,
    number: int,
    wanted: tuple[VersionState, ...],
    now: datetime,
    *,
    retired: bool = False,
) -> tuple[EntryRow, EntryVersionRow]:
    """The locked entry and its version, if that is in one of the wanted states."""
    row = reading.row_of(session, entry_id, lock=True)
    version = reading.version_row(session, entry_id, number)
    if version.state not in wanted:
        raise IllegalMove(f"entry {entry_id}: version {number} is {version.state}, not {' or '.join(wanted)}")
    if row.retired and not retired:
        raise IllegalMove(f"entry {entry_id} is retired; restore it first")
    row.updated_at = now
    return row, version


def _supersede(session: Session, row: EntryRow, number: int, states: tuple[str, ...]) -> None:
    """Older versions in these states; at once, because no two versions may be approved or submitted in between."""
    older = (EntryVersionRow.entry_id == row.entry_id, EntryVersionRow.number < number)
    session.execute(
        update(EntryVersionRow)
        .where(*older, EntryVersionRow.state.in_(states))
        .values(state="superseded")
        .execution_options(synchronize_session="fetch")
    )


def _shelve(
    session: Session, entry_id: str, retired: bool, action: str, by: str, detail: dict[str, Any], now: datetime
) -> EntryRecord:
    row = reading.row_of(session, entry_id, lock=True)
    if row.retired != retired:
        row.retired, row.follows, row.updated_at = retired, False, now
        audit.record(session, by, action, subject_of(entry_id), detail, now=now)
        session.flush()
    return reading.get(session, entry_id)


def _done(session: Session, version: EntryVersionRow, action: str, by: str, now: datetime, **more: str) -> EntryVersion:
    detail = {"number": version.number, "fingerprint": version.fingerprint, **more}
    audit.record(session, by, f"entry.{action}", subject_of(version.entry_id), detail, now=now)
    session.flush()
    return entry_version(version)
