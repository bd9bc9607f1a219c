"""Messages: everything said to and by the customer, numbered within the conversation.

Internal notes are ticket events, never messages: whatever is in here, the customer may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import select
from sqlalchemy import update as update_rows
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk.bodies import canonical
from desk.conversations import row_of
from desk.errors import ConflictingRepeat, NotFound
from desk.racing import racing
from desk.tables import ConversationRow, MessageRow, TurnRow
from desk.tables.base import storable

Author = Literal["user", "bot", "agent", "system"]
Status = Literal["pending", "handled", "recorded", "sent", "failed"]  # the first two are of the user's messages
QUESTION = "question"  # key of an answer's payload: what was asked, in the person's words; never shown


@dataclass(frozen=True)
class Message:
    """One message."""

    id: int
    conversation_id: int
    seq: int  # from 1, without gaps
    author: Author
    agent_id: int | None
    kind: str  # text, card, image, voice, event …
    text: str
    payload: Mapping[str, Any]
    external_id: str | None
    turn_id: str | None
    status: Status
    created_at: datetime


@dataclass(frozen=True)
class Inbound:
    """What became of a delivery from outside."""

    message: Message
    fresh: bool  # False: delivered before
    outcome: Mapping[str, Any] | None  # of the turn that dealt with it; None while there is none

    @property
    def message_id(self) -> int:
        return self.message.id

    @property
    def seq(self) -> int:
        return self.message.seq


@dataclass(frozen=True)
class Body:
    """What a message says."""

    text: str
    kind: str = "text"
    payload: Mapping[str, Any] = field(default_factory=dict)


def record_inbound(
    session: Session,
    conversation_id: int,
    external_id: str,
    text: str,
    *,
    kind: str = "text",
    payload: Mapping[str, Any] | None = None,
    now: datetime,
) -> Inbound:
    """Store a message from outside exactly once by channel and external id.

    A repeat returns what was stored. Raises ConflictingRepeat for a repeat with another body or
    from another conversation; NotFound.
    """
    row = row_of(session, conversation_id, lock=True)
    body = Body(text, kind, payload or {})
    stored, fresh = append(session, row, "user", body, external_id=external_id, now=now)
    turn = session.get(TurnRow, stored.turn_id) if stored.turn_id else None
    return Inbound(stored, fresh, dict(turn.outcome) if turn else None)


def add(
    session: Session,
    conversation_id: int,
    author: Author,
    text: str,
    *,
    kind: str = "text",
    payload: Mapping[str, Any] | None = None,
    agent_id: int | None = None,
    external_id: str | None = None,
    now: datetime,
) -> Message:
    """Store an outgoing message; with an `external_id` (such as the console's key for one click) exactly once.

    Raises ConflictingRepeat, NotFound.
    """
    row = row_of(session, conversation_id, lock=True)
    body = Body(text, kind, payload or {})
    return append(session, row, author, body, external_id=external_id, agent_id=agent_id, now=now)[0]


def append(
    session: Session,
    conversation: ConversationRow,
    author: Author,
    body: Body,
    *,
    external_id: str | None = None,
    agent_id: int | None = None,
    turn_id: str | None = None,
    now: datetime,
) -> tuple[Message, bool]:
    """The next message of a locked conversation, and whether it is new. For the desk's own modules."""
    known = _known(session, conversation, author, body, external_id)
    if known is not None:
        return known, False
    row = MessageRow(
        conversation_id=conversation.id,
        seq=conversation.last_seq + 1,
        channel=conversation.channel,
        author=author,
        agent_id=agent_id,
        kind=body.kind,
        text=storable(body.text),
        payload=dict(body.payload),
        external_id=external_id,
        turn_id=turn_id,
        status="pending" if author == "user" else "recorded",
        created_at=now,
    )
    try:
        with racing(session):
            session.add(row)
            conversation.last_seq = row.seq
            conversation.updated_at = now
    except IntegrityError:
        # Another conversation stored this external id since we looked: the lock is only on ours.
        known = _known(session, conversation, author, body, external_id)
        if known is None:
            raise
        return known, False
    return message(row), True


def after(session: Session, conversation_id: int, seq: int = 0, *, limit: int = 200) -> tuple[Message, ...]:
    """Messages with a higher seq, in order."""
    query = select(MessageRow).where(MessageRow.conversation_id == conversation_id, MessageRow.seq > seq)
    return tuple(message(row) for row in session.scalars(query.order_by(MessageRow.seq).limit(limit)))


def latest(session: Session, conversation_id: int, *, limit: int = 50) -> tuple[Message, ...]:
    """The last messages, in order."""
    query = select(MessageRow).where(MessageRow.conversation_id == conversation_id)
    rows = session.scalars(query.order_by(MessageRow.seq.desc()).limit(limit)).all()
    return tuple(message(row) for row in reversed(rows))


def pending(session: Session, *, before: datetime | None = None) -> tuple[Message, ...]:
    """All of the users' messages no turn has dealt with yet, oldest first: what a crash has left to do."""
    query = select(MessageRow).where(MessageRow.author == "user", MessageRow.status == "pending")
    if before is not None:
        query = query.where(MessageRow.created_at < before)
    rows = session.scalars(query.order_by(MessageRow.created_at, MessageRow.id))
    return tuple(message(row) for row in rows)


def by_ids(session: Session, message_ids: Iterable[int]) -> tuple[Message, ...]:
    """These messages, in order of the conversation. Raises NotFound when one is missing."""
    wanted = tuple(message_ids)
    rows = session.scalars(select(MessageRow).where(MessageRow.id.in_(wanted)).order_by(MessageRow.seq)).all()
    missing = set(wanted) - {row.id for row in rows}
    if missing:
        raise NotFound(f"there is no message {min(missing)}")
    return tuple(map(message, rows))


def of_turn(session: Session, turn_id: str) -> tuple[Message, ...]:
    """What the bot said in a turn, in order."""
    said = select(MessageRow).where(MessageRow.turn_id == turn_id, MessageRow.author == "bot")
    return tuple(map(message, session.scalars(said.order_by(MessageRow.seq))))


def mark(session: Session, message_ids: Iterable[int], status: Status) -> None:
    """`handled` for a message that went straight to a human; `sent` or `failed` for an outgoing one."""
    session.execute(update_rows(MessageRow).where(MessageRow.id.in_(list(message_ids))).values(status=status))


def message(row: MessageRow) -> Message:
    """What a row says."""
    return Message(
        id=row.id,
        conversation_id=row.conversation_id,
        seq=row.seq,
        author=cast(Author, row.author),
        agent_id=row.agent_id,
        kind=row.kind,
        text=row.text,
        payload=dict(row.payload),
        external_id=row.external_id,
        turn_id=row.turn_id,
        status=cast(Status, row.status),
        created_at=row.created_at,
    )


def _known(
    session: Session, conversation: ConversationRow, author: Author, body: Body, external_id: str | None
) -> Message | None:
    """The message stored under this external id, if it is the same one."""
    if external_id is None:
        return None
    row = session.scalar(
        select(MessageRow).where(
            MessageRow.channel == conversation.channel,
            MessageRow.author == author,
            MessageRow.external_id == external_id,
        )
    )
    if row is None:
        return None
    ours = (conversation.id, storable(body.text), body.kind, canonical(body.payload))
    if ours != (row.conversation_id, row.text, row.kind, canonical(row.payload)):
        raise ConflictingRepeat(f"message {external_id[:64]!r} was stored before, with another body or sender")
    return message(row)
