"""Gaps: unanswered questions that want one answer, from the first asker to the entry that is live.

open <-> drafted (an entry is to answer it) -> answered (it is live, the askers are told)
  └──────┴──> dismissed (needs no entry) -> open
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from desk import audit, notices, unanswered
from desk.audit import SYSTEM
from desk.entries import reading
from desk.errors import IllegalMove, NotFound
from desk.tables import ConversationRow, EntryVersionRow, GapRow, UnansweredRow
from desk.unanswered import Question, Source

State = Literal["open", "drafted", "answered", "dismissed"]

SAMPLES = 5


@dataclass(frozen=True)
class Gap:
    """A gap as it stands, with what its questions tell."""

    id: int
    title: str
    state: State
    entry_id: str | None  # that is to answer, or answers
    number: int | None  # the first version of the entry that counts as the answer
    created_at: datetime
    updated_at: datetime
    questions: int = 0
    contacts: int = 0  # how many people asked
    sources: Mapping[Source, int] | None = None
    last_at: datetime | None = None  # when it was asked last
    samples: tuple[str, ...] = ()  # the last different wordings


def unclustered(session: Session, *, limit: int = 1000) -> tuple[Question, ...]:
    """Questions that no gap has yet, oldest first."""
    return unanswered.of_gap(session, None, limit=limit)


def attach(
    session: Session,
    gap_id: int | None,
    question_ids: Iterable[int],
    title: str = "",
    *,
    by: str = SYSTEM,
    now: datetime,
) -> Gap:
    """Gather questions in a gap; None makes a new one with this title. Questions of another gap stay there.

    Raises NotFound, IllegalMove for an answered gap (its askers have been told: begin a new one) and for
    a new one to which nothing is left.
    """
    row = _locked(session, gap_id, ("open", "drafted", "dismissed")) if gap_id is not None else None
    free = _free(session, question_ids)
    if row is None:
        if not free:
            raise IllegalMove("all of these questions belong to gaps already")
        row = _add(session, title, now)
    joining = update(UnansweredRow).where(UnansweredRow.id.in_(free)).values(gap_id=row.id)
    session.execute(joining.execution_options(synchronize_session=False))
    if free:
        row.updated_at = now
        _audit(session, by, "attached", row.id, {"questions": len(free)}, now)
    return get(session, row.id)


def open_gaps(session: Session, state: State | None = None, *, limit: int = 50, offset: int = 0) -> tuple[Gap, ...]:
    """Gaps with questions in them, most asked first; None is what there is to do: open and drafted ones."""
    states = ("open", "drafted") if state is None else (state,)
    query = (
        select(GapRow)
        .join(UnansweredRow, UnansweredRow.gap_id == GapRow.id)
        .where(GapRow.state.in_(states))
        .group_by(*GapRow.__table__.columns)
        .order_by(func.count().desc(), GapRow.id)
        .limit(limit)
        .offset(offset)
    )
    return _told(session, session.scalars(query).all())


def get(session: Session, gap_id: int) -> Gap:
    """Raises NotFound."""
    return _told(session, [_row(session, gap_id)])[0]


def members(session: Session, gap_id: int, *, limit: int = 200) -> tuple[Question, ...]:
    """The questions of a gap, oldest first. Raises NotFound."""
    _row(session, gap_id)
    return unanswered.of_gap(session, gap_id, limit=limit)


def rename(session: Session, gap_id: int, title: str, *, by: str, now: datetime) -> Gap:
    """Raises NotFound."""
    row = _locked(session, gap_id, ("open", "drafted", "answered", "dismissed"))
    if row.title != title:
        _audit(session, by, "renamed", gap_id, {"from": row.title, "to": title}, now)
        row.title, row.updated_at = title, now
    return get(session, gap_id)


def draft(session: Session, gap_id: int, entry_id: str, *, by: str, now: datetime) -> Gap:
    """An entry is to answer it: its newest version or a later one, once that is live.

    Raises NotFound, IllegalMove from answered and for a retired entry.
    """
    row = _locked(session, gap_id, ("open", "drafted", "dismissed"))
    entry = reading.row_of(session, entry_id, lock=True)  # after the gap, as when a publication answers it
    if entry.retired:
        raise IllegalMove(f"entry {entry_id} is retired; restore it first")
    row.entry_id, row.number = entry_id, entry.newest
    return _move(session, row, "drafted", by, {"entry_id": entry_id, "number": entry.newest}, now)


def dismiss(session: Session, gap_id: int, *, by: str, reason: str, now: datetime) -> Gap:
    """It needs no entry; later questions of the kind may join it, out of sight. Raises NotFound, IllegalMove."""
    row = _locked(session, gap_id, ("open", "drafted"))
    return _move(session, row, "dismissed", by, {"reason": reason}, now)


def reopen(session: Session, gap_id: int, *, by: str, now: datetime) -> Gap:
    """Something is to be done after all, or the entry was the wrong one. Raises NotFound, IllegalMove from answered."""
    row = _locked(session, gap_id, ("drafted", "dismissed"))
    row.entry_id = row.number = None
    return _move(session, row, "open", by, {}, now)


def merge(session: Session, gap_id: int, into: int, *, by: str, now: datetime) -> Gap:
    """Move all questions of `gap_id` to `into`; the empty gap is dismissed. The one that is left.

    Raises NotFound, IllegalMove when one of them is answered or both are the same.
    """
    if gap_id == into:
        raise IllegalMove(f"gap {gap_id} cannot be merged with itself")
    rows = {each: _locked(session, each, ("open", "drafted", "dismissed")) for each in sorted((gap_id, into))}
    moving = update(UnansweredRow).where(UnansweredRow.gap_id == gap_id).values(gap_id=into)
    session.execute(moving.execution_options(synchronize_session=False))
    rows[gap_id].entry_id = rows[gap_id].number = None
    _move(session, rows[gap_id], "dismissed", by, {"merged_into": into}, now)
    rows[into].updated_at = now
    return get(session, into)


def answered(session: Session, live: Mapping[str, str], *, now: datetime) -> tuple[int, ...]:
    """A publication went live: gaps whose entry is in it are answered, and their askers are to be told.

    `live` is entry id -> fingerprint as `entries.in_force` had it when the build was
    read: an entry counts only from the version on that was drafted for the gap. Ids of the gaps.
    """
    waiting = select(GapRow).where(GapRow.state == "drafted").order_by(GapRow.id)
    done: list[int] = []
    for row in session.scalars(waiting.with_for_update().execution_options(populate_existing=True)).all():
        entry_id = row.entry_id
        if entry_id is None or entry_id not in live or not _holds(session, row, live[entry_id]):
            continue
        told = notices.create_for(session, row.id, entry_id, now=now)
        _move(session, row, "answered", SYSTEM, {"entry_id": entry_id, "notices": told}, now)
        done.append(row.id)
    return tuple(done)


def _holds(session: Session, row: GapRow, fingerprint: str) -> bool:
    """Whether the published content is an approved version from the drafted one on."""
    found = select(EntryVersionRow.id).where(
        EntryVersionRow.entry_id == row.entry_id,
        EntryVersionRow.fingerprint == fingerprint,
        EntryVersionRow.number >= (row.number or 1),
        EntryVersionRow.state.in_(("approved", "superseded")),
        EntryVersionRow.decided_at.is_not(None),
    )
    return session.scalar(found.limit(1)) is not None


def _free(session: Session, question_ids: Iterable[int]) -> list[int]:
    """Those that no gap has, locked, so that two who gather at once do not take the same."""
    wanted = select(UnansweredRow.id).where(UnansweredRow.id.in_(list(question_ids)), UnansweredRow.gap_id.is_(None))
    return list(session.scalars(wanted.order_by(UnansweredRow.id).with_for_update()))


def _add(session: Session, title: str, now: datetime) -> GapRow:
    row = GapRow(title=title, state="open", created_at=now, updated_at=now)
    session.add(row)
    session.flush()
    return row


def _move(session: Session, row: GapRow, to: State, by: str, detail: Mapping[str, Any], now: datetime) -> Gap:
    row.state, row.updated_at = to, now
    _audit(session, by, to, row.id, detail, now)
    session.flush()
    return get(session, row.id)


def _audit(session: Session, by: str, action: str, gap_id: int, detail: Mapping[str, Any], now: datetime) -> None:
    audit.record(session, by, f"gap.{action}", f"gap:{gap_id}", detail, now=now)


def _locked(session: Session, gap_id: int, states: tuple[State, ...]) -> GapRow:
    row = _row(session, gap_id, lock=True)
    if row.state not in states:
        raise IllegalMove(f"gap {gap_id} is {row.state}, not {' or '.join(states)}")
    return row


def _row(session: Session, gap_id: int, *, lock: bool = False) -> GapRow:
    row = session.get(GapRow, gap_id, with_for_update=lock or None, populate_existing=lock)
    if row is None:
        raise NotFound(f"there is no gap {gap_id}")
    return row


def _told(session: Session, rows: Sequence[GapRow]) -> tuple[Gap, ...]:
    """The rows with what their questions tell, read at once."""
    query = (
        select(UnansweredRow.gap_id, UnansweredRow.question, UnansweredRow.source, UnansweredRow.created_at)
        .add_columns(ConversationRow.contact_id)
        .join(ConversationRow, ConversationRow.id == UnansweredRow.conversation_id)
        .where(UnansweredRow.gap_id.in_([row.id for row in rows]))
        .order_by(UnansweredRow.created_at.desc(), UnansweredRow.id.desc())
    )
    asked: defaultdict[int, list[Any]] = defaultdict(list)
    for each in session.execute(query):
        asked[cast(int, each.gap_id)].append(each)
    return tuple(_gap(row, asked[row.id]) for row in rows)


def _gap(row: GapRow, asked: Sequence[Any]) -> Gap:
    return Gap(
        id=row.id,
        title=row.title,
        state=cast(State, row.state),
        entry_id=row.entry_id,
        number=row.number,
        created_at=row.created_at,
        updated_at=row.updated_at,
        questions=len(asked),
        contacts=len({each.contact_id for each in asked}),
        sources=Counter(each.source for each in asked),
        last_at=asked[0].created_at if asked else None,
        samples=tuple(dict.fromkeys(each.question for each in asked))[:SAMPLES],
    )
