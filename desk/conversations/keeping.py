"""Conversations begun, found, counted and changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk import contacts
from desk.conversations.model import Change, Conversation, State, conversation
from desk.conversations.rows import apply, enter, row_by_name, row_of
from desk.racing import racing
from desk.tables import ConversationRow


def open_for(session: Session, channel: str, external_id: str, *, now: datetime) -> Conversation:
    """The conversation of a channel's user: found, reopened (state bot, new episode) if closed, or begun."""
    row = row_by_name(session, channel, external_id, lock=True) or _begin(session, channel, external_id, now)
    if row.state == "closed":
        enter(row, "bot")
        row.updated_at = now
        session.flush()
    return conversation(row)


def get(session: Session, conversation_id: int) -> Conversation:
    """Raises NotFound."""
    return conversation(row_of(session, conversation_id))


def channels(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """The channels of many conversations by their ids."""
    query = select(ConversationRow.id, ConversationRow.channel).where(ConversationRow.id.in_(set(ids)))
    return {row[0]: row[1] for row in session.execute(query)}


def find(session: Session, channel: str, external_id: str) -> Conversation | None:
    """The conversation of a channel's user, if any. Writes nothing."""
    row = row_by_name(session, channel, external_id)
    return conversation(row) if row else None


def listing(session: Session, states: Iterable[State], *, limit: int = 100) -> tuple[Conversation, ...]:
    """Conversations in one of the states, longest untouched first."""
    query = select(ConversationRow).where(ConversationRow.state.in_(list(states)))
    rows = session.scalars(query.order_by(ConversationRow.updated_at, ConversationRow.id).limit(limit))
    return tuple(conversation(row) for row in rows)


def update(session: Session, conversation_id: int, change: Change, *, now: datetime) -> Conversation:
    """Apply a change. Raises NotFound, IllegalMove."""
    row = row_of(session, conversation_id, lock=True)
    apply(row, change, now=now)
    session.flush()
    return conversation(row)


def count(session: Session, conversation_id: int, *, misses: int = 0, dislikes: int = 0, now: datetime) -> Conversation:
    """Add to the counters, safe against turns going on at the same time."""
    row = row_of(session, conversation_id, lock=True)
    row.misses += misses
    row.dislikes += dislikes
    row.updated_at = now
    session.flush()
    return conversation(row)


def _begin(session: Session, channel: str, external_id: str, now: datetime) -> ConversationRow:
    contact = contacts.for_identity(session, channel, external_id, now=now)
    row = ConversationRow(
        channel=channel, external_id=external_id, contact_id=contact.id, created_at=now, updated_at=now
    )
    try:
        with racing(session):
            session.add(row)
    except IntegrityError:
        found = row_by_name(session, channel, external_id, lock=True)
        if found is None:
            raise
        return found
    return row
