"""What customers thought: thumbs for answers, scores for conversations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from desk import unanswered
from desk.conversations import row_of
from desk.errors import NotFound
from desk.tables import FeedbackRow, MessageRow

ANSWER = "answer"  # the kind of message that has a question
LONGEST_REASON = 200  # characters


@dataclass(frozen=True)
class Rated:
    """What a thumb changed; `dislikes` is by how many the disliked answers of the conversation are more now."""

    changed: bool
    dislikes: int = 0


def rate(
    session: Session, message_id: int, *, conversation_id: int, helpful: bool, reason: str = "", now: datetime
) -> Rated:
    """👍 or 👎 for one answer, the last one counts. A question whose answer has 👎 is unanswered.

    A reason may follow its 👎 later; the same thumb once more keeps it. Raises NotFound when the bot has said no such
    message in the conversation.
    """
    row_of(session, conversation_id, lock=True)  # two clicks at once take turns
    message = session.get(MessageRow, message_id)
    if message is None or message.conversation_id != conversation_id or message.author != "bot":
        raise NotFound(f"conversation {conversation_id} has no answer {message_id}")
    row = session.scalar(select(FeedbackRow).where(FeedbackRow.message_id == message_id))
    before = row is not None and row.helpful is False
    if row is not None and row.helpful is helpful:
        reason = reason or row.reason
    if row is None:
        row = FeedbackRow(conversation_id=conversation_id, message_id=message_id, created_at=now)
        session.add(row)
    elif (row.helpful, row.reason) == (helpful, reason):
        return Rated(changed=False)
    row.helpful, row.reason, row.created_at = helpful, reason, now
    if helpful:
        unanswered.accepted(session, message_id)
    elif message.kind == ANSWER:
        unanswered.rejected(session, message, now=now)
    session.flush()
    return Rated(changed=True, dislikes=int(not helpful) - int(before))


def survey(
    session: Session, conversation_id: int, *, episode: int, score: int, ticket_id: int | None = None, now: datetime
) -> bool:
    """A score from 1 to 5, once for each episode and for each ticket; False when there is one.

    Raises ValueError, NotFound.
    """
    if not 1 <= score <= 5:
        raise ValueError(f"a score is 1 to 5, not {score}")
    row_of(session, conversation_id, lock=True)
    given = and_(FeedbackRow.conversation_id == conversation_id, FeedbackRow.episode == episode)
    if ticket_id is not None:
        given = or_(given, and_(FeedbackRow.ticket_id == ticket_id, FeedbackRow.score.is_not(None)))
    if session.scalar(select(FeedbackRow.id).where(given).limit(1)) is not None:
        return False
    session.add(
        FeedbackRow(
            conversation_id=conversation_id,
            episode=episode,
            ticket_id=ticket_id,
            score=score,
            reason="",
            created_at=now,
        )
    )
    session.flush()
    return True


def explain(session: Session, conversation_id: int, *, episode: int, reason: str) -> bool:
    """Why the score of an episode is what it is, once; False when there is no score or its reason is known."""
    row_of(session, conversation_id, lock=True)
    explained = session.scalar(
        update(FeedbackRow)
        .where(FeedbackRow.conversation_id == conversation_id, FeedbackRow.episode == episode, FeedbackRow.reason == "")
        .values(reason=reason[:LONGEST_REASON])
        .returning(FeedbackRow.id)
        .execution_options(synchronize_session="fetch")
    )
    return explained is not None
