"""Questions that the knowledge base left unanswered, as they were asked; `desk.gaps` gathers them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from desk.messages import QUESTION
from desk.tables import ConversationRow, GapRow, MessageRow, TurnRow, UnansweredRow

# declined: no evidence; rejected: an answer got 👎; handed_off: a human had to take it
Source = Literal["declined", "rejected", "handed_off"]


@dataclass(frozen=True)
class Question:
    """One question of one person."""

    id: int
    conversation_id: int
    contact_id: int
    question: str
    source: Source
    reason: str  # of a decline or hand-off; the entry id of a rejected answer
    build_id: str  # that did not know better; empty where no build was asked
    gap_id: int | None
    created_at: datetime


def record(
    session: Session,
    conversation_id: int,
    question: str,
    *,
    source: Source,
    reason: str,
    build_id: str = "",
    turn_id: str | None = None,
    message_id: int | None = None,
    now: datetime,
) -> None:
    """Keep a question for the editors."""
    session.add(
        UnansweredRow(
            conversation_id=conversation_id,
            turn_id=turn_id,
            question=question,
            reason=reason,
            build_id=build_id,
            created_at=now,
            source=source,
            message_id=message_id,
        )
    )


def rejected(session: Session, answer: MessageRow, *, now: datetime) -> None:
    """An answer was of no use: its question is without one, once for each answer. For the desk's own modules."""
    question = _question_of(session, answer)
    if not question or _of_message(session, answer.id) is not None:
        return
    card = answer.payload.get("card") or {}
    record(
        session,
        answer.conversation_id,
        question,
        source="rejected",
        reason=str(card.get("entry_id", "")),
        build_id=str(card.get("build_id", "")),
        turn_id=answer.turn_id,
        message_id=answer.id,
        now=now,
    )


def accepted(session: Session, message_id: int) -> None:
    """The answer was of use after all. For the desk's own modules."""
    session.execute(delete(UnansweredRow).where(UnansweredRow.message_id == message_id))


def of_gap(session: Session, gap_id: int | None, *, limit: int) -> tuple[Question, ...]:
    """The questions of a gap, or those of none yet; oldest first."""
    query = (
        select(UnansweredRow, ConversationRow.contact_id)
        .join(ConversationRow, ConversationRow.id == UnansweredRow.conversation_id)
        .where(UnansweredRow.gap_id.is_(None) if gap_id is None else UnansweredRow.gap_id == gap_id)
        .order_by(UnansweredRow.created_at, UnansweredRow.id)
        .limit(limit)
    )
    return tuple(_question(row, contact_id) for row, contact_id in session.execute(query))


def dismissed(session: Session, *, limit: int = 2_000) -> tuple[str, ...]:
    """Declined questions of gaps that an editor has dismissed, each once: nothing is to answer them. Newest first.

    Those that got 👎 or went to a human may well have an entry, and the gap may be dismissed because of it.
    """
    query = (
        select(UnansweredRow.question)
        .join(GapRow, GapRow.id == UnansweredRow.gap_id)
        .where(GapRow.state == "dismissed", UnansweredRow.source == "declined")
        .order_by(UnansweredRow.id.desc())
        .limit(limit)
    )
    return tuple(dict.fromkeys(session.scalars(query)))


def rejections(session: Session, *, limit: int = 2_000) -> dict[str, str]:
    """Question -> id of the entry that was shown and got 👎 last. Newest first."""
    of_entries = UnansweredRow.source == "rejected", UnansweredRow.reason != ""
    query = select(UnansweredRow.question, UnansweredRow.reason).where(*of_entries)
    found: dict[str, str] = {}
    for question, entry_id in session.execute(query.order_by(UnansweredRow.id.desc()).limit(limit)):
        found.setdefault(question, entry_id)
    return found


def _question_of(session: Session, answer: MessageRow) -> str:
    """What the answer itself says it was for; else what was written in its turn."""
    named = answer.payload.get(QUESTION)
    if isinstance(named, str) and named:
        return named
    turn = session.get(TurnRow, answer.turn_id) if answer.turn_id else None
    return _written(session, turn.message_ids) if turn else ""


def _written(session: Session, message_ids: Iterable[int]) -> str:
    query = select(MessageRow.text).where(MessageRow.id.in_(list(message_ids))).order_by(MessageRow.seq)
    return "，".join(text.strip() for text in session.scalars(query) if text.strip())


def _of_message(session: Session, message_id: int) -> int | None:
    return session.scalar(select(UnansweredRow.id).where(UnansweredRow.message_id == message_id))


def _question(row: UnansweredRow, contact_id: int) -> Question:
    return Question(
        id=row.id,
        conversation_id=row.conversation_id,
        contact_id=contact_id,
        question=row.question,
        source=cast(Source, row.source),
        reason=row.reason,
        build_id=row.build_id,
        gap_id=row.gap_id,
        created_at=row.created_at,
    )
