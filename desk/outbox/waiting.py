"""Parked rows that could go out by now: nothing is forgotten when whoever should have released it was not there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from desk.tables import ConversationRow, OutboxRow, PushWindowRow


def releasable(
    session: Session, kind: str, *, opened_before: datetime, parked_before: datetime, now: datetime, limit: int = 200
) -> tuple[int, ...]:
    """Ids of parked rows whose person has an open window with something left in it, oldest first.

    Either they have spoken since the row was parked, up to `opened_before` (who speaks just now is being answered), or
    it has been parked since `parked_before` and may as well be tried again. Only reads.
    """
    theirs = and_(
        PushWindowRow.channel == ConversationRow.channel, PushWindowRow.external_id == ConversationRow.external_id
    )
    useful = and_(PushWindowRow.until > now, PushWindowRow.spent < PushWindowRow.allowance)
    # `next_at` of a parked row is when it was parked, or was to be tried again had there been hope.
    spoken = and_(PushWindowRow.opened_at <= opened_before, OutboxRow.next_at <= PushWindowRow.opened_at)
    query = (
        select(OutboxRow.id)
        .join(ConversationRow, ConversationRow.id == OutboxRow.conversation_id)
        .join(PushWindowRow, theirs)
        .where(OutboxRow.kind == kind, OutboxRow.status == "parked", useful)
        .where(or_(spoken, OutboxRow.next_at <= parked_before))
        .distinct()
        .order_by(OutboxRow.id)
        .limit(limit)
    )
    return tuple(session.scalars(query))
