"""The shipped entries: approved by `system`, and following their files until a person has touched them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk import audit
from desk.audit import SYSTEM
from desk.entries.model import checked, review_date, subject_of
from desk.racing import racing
from desk.tables import EntryRow, EntryVersionRow


@dataclass(frozen=True)
class Seed:
    """One entry as its file says."""

    entry_id: str
    content: Mapping[str, Any]
    fingerprint: str


@dataclass(frozen=True)
class Seeded:
    """Ids of what seeding changed; entries that came back are among the changed."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()


def seed(session: Session, contents: Sequence[Seed], *, now: datetime) -> Seeded:
    """Bring the entries that follow the files up to date, and begin those that are missing.

    What a person has edited, retired or restored, or has begun under the same id, is left alone. A
    following entry whose file is gone is retired. Raises ValueError for no entries at all (a folder
    that was not found must not retire everything), the same id twice, and what cannot be kept.
    """
    wanted = _checked(contents)
    try:
        return _seed(session, wanted, now)
    except IntegrityError:  # another process was seeding the same empty database: now there is something to see
        return _seed(session, wanted, now)


def _seed(session: Session, wanted: Mapping[str, Seed], now: datetime) -> Seeded:
    known = _known(session)
    new = [each for entry_id, each in wanted.items() if entry_id not in known]
    with racing(session):
        session.add_all([_entry(each, now) for each in new])
        session.flush()
        session.add_all([_version(each, 1, now) for each in new])
    following = {entry_id: found for entry_id, found in known.items() if found[0].follows}
    changed = [
        (row, wanted[entry_id], fingerprint)
        for entry_id, (row, fingerprint) in following.items()
        if entry_id in wanted and (row.retired or fingerprint != wanted[entry_id].fingerprint)
    ]
    _renew(session, changed, now)
    gone = [row for entry_id, (row, _) in following.items() if entry_id not in wanted and not row.retired]
    for row in gone:
        row.retired, row.updated_at = True, now
    seeded = Seeded(
        new=tuple(each.entry_id for each in new),
        changed=tuple(row.entry_id for row, _, _ in changed),
        retired=tuple(row.entry_id for row in gone),
    )
    for entry_id in (*seeded.new, *seeded.changed):
        detail = {"fingerprint": wanted[entry_id].fingerprint}
        audit.record(session, SYSTEM, "entry.seeded", subject_of(entry_id), detail, now=now)
    for entry_id in seeded.retired:
        detail = {"reason": "its file is gone"}
        audit.record(session, SYSTEM, "entry.retired", subject_of(entry_id), detail, now=now)
    session.flush()
    return seeded


def _checked(contents: Sequence[Seed]) -> dict[str, Seed]:
    wanted: dict[str, Seed] = {}
    for each in contents:
        checked(each.entry_id, each.content, each.fingerprint)
        if each.entry_id in wanted:
            raise ValueError(f"entry {each.entry_id} occurs twice among the files")
        wanted[each.entry_id] = each
    if not wanted:
        raise ValueError("no entry to seed; is the folder of the knowledge base the right one?")
    return wanted


def _known(session: Session) -> dict[str, tuple[EntryRow, str]]:
    """Every entry, locked, with the fingerprint of its newest version; without the contents."""
    rows = session.scalars(select(EntryRow).with_for_update().execution_options(populate_existing=True)).all()
    newest = (EntryVersionRow.entry_id == EntryRow.entry_id) & (EntryVersionRow.number == EntryRow.newest)
    query = select(EntryVersionRow.entry_id, EntryVersionRow.fingerprint).join(EntryRow, newest)
    fingerprints = {entry_id: fingerprint for entry_id, fingerprint in session.execute(query)}
    return {row.entry_id: (row, fingerprints[row.entry_id]) for row in rows}


def _renew(session: Session, changed: Sequence[tuple[EntryRow, Seed, str]], now: datetime) -> None:
    rewritten = [(row, each) for row, each, fingerprint in changed if fingerprint != each.fingerprint]
    former = EntryVersionRow.entry_id.in_([row.entry_id for row, _ in rewritten])
    session.execute(
        update(EntryVersionRow)
        .where(former, EntryVersionRow.state == "approved")
        .values(state="superseded")
        .execution_options(synchronize_session=False)
    )
    for row, each in rewritten:
        row.newest += 1
        row.live, row.review_on = row.newest, review_date(each.content, now)
        session.add(_version(each, row.newest, now))
    for row, _, _ in changed:
        row.retired, row.updated_at = False, now
    session.flush()


def _entry(each: Seed, now: datetime) -> EntryRow:
    owner = each.content.get("owner")
    return EntryRow(
        entry_id=each.entry_id,
        newest=1,
        live=1,
        follows=True,
        origin="system",
        owner=owner if isinstance(owner, str) else "",
        review_on=review_date(each.content, now),
        created_at=now,
        updated_at=now,
    )


def _version(each: Seed, number: int, now: datetime) -> EntryVersionRow:
    return EntryVersionRow(
        entry_id=each.entry_id,
        number=number,
        content=dict(each.content),
        fingerprint=each.fingerprint,
        state="approved",
        author=SYSTEM,
        reviewer=SYSTEM,
        created_at=now,
        decided_at=now,
    )
