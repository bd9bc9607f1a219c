"""What a person thought of the answers of their conversation, to be read beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.tables import FeedbackRow


@dataclass(frozen=True)
class Thumb:
    """👍 or 👎 for one answer; the reason may be empty."""

    helpful: bool
    reason: str


def of(session: Session, conversation_id: int) -> Mapping[int, Thumb]:
    """By message id."""
    query = select(FeedbackRow).where(
        FeedbackRow.conversation_id == conversation_id,
        FeedbackRow.message_id.is_not(None),
        FeedbackRow.helpful.is_not(None),
    )
    rows = session.scalars(query)
    return {
        row.message_id: Thumb(row.helpful, row.reason) for row in rows if row.message_id and row.helpful is not None
    }
