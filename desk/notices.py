"""Notices: who asked before there was an answer is told once that there is one.

pending -> told | dropped (the entry was withdrawn before)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, update
from sqlalchemy.orm import Session

from desk import audit
from desk.audit import SYSTEM
from desk.tables import ConversationRow, MessageRow, NoticeRow, UnansweredRow

State = Literal["pending", "told", "dropped"]


@dataclass(frozen=True)
class Notice:
    """What one person is to be told."""

    id: int
    gap_id: int
    contact_id: int
    conversation_id: int  # where the question was asked last
    entry_id: str  # that answers it
    question: str  # in the person's own words
    asked_at: datetime
    state: State
    created_at: datetime
    told_at: datetime | None


def create_for(session: Session, gap_id: int, entry_id: str, *, now: datetime) -> int:
    """One notice for each person who asked, about their last question; how many are new. Nobody gets a second one.

    The caller holds the gap, so that two publications do not do this at once.
    """
    asked = (
        select(UnansweredRow, ConversationRow.contact_id)
        .join(ConversationRow, ConversationRow.id == UnansweredRow.conversation_id)
        .where(UnansweredRow.gap_id == gap_id)
        .order_by(UnansweredRow.created_at, UnansweredRow.id)
    )
    last = {contact_id: row for row, contact_id in session.execute(asked)}
    known = set(session.scalars(select(NoticeRow.contact_id).where(NoticeRow.gap_id == gap_id)))
    rows = [
        NoticeRow(
            gap_id=gap_id,
            contact_id=contact_id,
            conversation_id=question.conversation_id,
            entry_id=entry_id,
            question=question.question,
            asked_at=question.created_at,
            created_at=now,
        )
        for contact_id, question in last.items()
        if contact_id not in known
    ]
    session.add_all(rows)
    session.flush()
    return len(rows)


def pending_for(session: Session, contact_id: int, *, limit: int = 100) -> tuple[Notice, ...]:
    """What this person is still to be told, whatever the channel, oldest first."""
    return _notices(session, _waiting().where(NoticeRow.contact_id == contact_id).limit(limit))


def due(
    session: Session, channels: Mapping[str, datetime | None], *, notice_id: int | None = None, limit: int = 100
) -> tuple[Notice, ...]:
    """What can be told without being asked, oldest first; or whether this one can.

    That is on these channels, where the person has written since the given time (None: whenever), while the
    bot has the conversation, no form is being filled in and no message waits for its turn.
    """
    query = (
        _waiting()
        .join(ConversationRow, ConversationRow.id == NoticeRow.conversation_id)
        .where(ConversationRow.state == "bot", ConversationRow.form.is_(None))
        .where(or_(false(), *(_reachable(channel, since) for channel, since in channels.items())))
        .where(~exists(_heard().where(MessageRow.status == "pending")))
    )
    if notice_id is not None:
        query = query.where(NoticeRow.id == notice_id)
    return _notices(session, query.limit(limit))


def of_gap(session: Session, gap_id: int) -> tuple[Notice, ...]:
    """Everybody who is told about a gap, and how far that is."""
    return _notices(session, select(NoticeRow).where(NoticeRow.gap_id == gap_id).order_by(NoticeRow.id))


def mark_told(session: Session, notice_id: int, *, now: datetime) -> bool:
    """Claim the telling, in the transaction that records what is said: True for exactly one caller."""
    return _settle(session, notice_id, "told", now, {})


def drop(session: Session, notice_id: int, reason: str, *, now: datetime) -> bool:
    """There is nothing to tell any more. False when it is not pending."""
    return _settle(session, notice_id, "dropped", now, {"reason": reason})


def _settle(session: Session, notice_id: int, state: State, now: datetime, detail: dict[str, Any]) -> bool:
    # PostgreSQL waits for the other writer of the row and then looks again; SQLite has one writer at a time.
    settled = session.scalar(
        update(NoticeRow)
        .where(NoticeRow.id == notice_id, NoticeRow.state == "pending")
        .values(state=state, told_at=now if state == "told" else None)
        .returning(NoticeRow.gap_id)
        .execution_options(synchronize_session="fetch")
    )
    if settled is None:
        return False
    audit.record(session, SYSTEM, f"notice.{state}", f"notice:{notice_id}", {"gap_id": settled, **detail}, now=now)
    session.flush()
    return True


def _waiting() -> Select[NoticeRow]:
    return select(NoticeRow).where(NoticeRow.state == "pending").order_by(NoticeRow.created_at, NoticeRow.id)


def _reachable(channel: str, since: datetime | None) -> ColumnElement[bool]:
    here = ConversationRow.channel == channel
    return here if since is None else and_(here, exists(_heard().where(MessageRow.created_at >= since)))


def _heard() -> Select[int]:
    """Messages of the person in the conversation at hand."""
    return select(MessageRow.id).where(MessageRow.conversation_id == ConversationRow.id, MessageRow.author == "user")


def _notices(session: Session, query: Select[NoticeRow]) -> tuple[Notice, ...]:
    return tuple(_notice(row) for row in session.scalars(query))


def _notice(row: NoticeRow) -> Notice:
    return Notice(
        id=row.id,
        gap_id=row.gap_id,
        contact_id=row.contact_id,
        conversation_id=row.conversation_id,
        entry_id=row.entry_id,
        question=row.question,
        asked_at=row.asked_at,
        state=cast(State, row.state),
        created_at=row.created_at,
        told_at=row.told_at,
    )
