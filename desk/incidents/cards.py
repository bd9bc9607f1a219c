"""In which conversations the known trouble was shown."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk import conversations
from desk.racing import racing
from desk.tables import IncidentCardRow


def shown(session: Session, incident_id: int, conversation_id: int, *, now: datetime) -> bool:
    """Record that the card is shown; True the first time, False for what is only worth a short line."""
    conversations.row_of(session, conversation_id, lock=True)  # turns of one conversation take turns anyway
    if session.get(IncidentCardRow, (conversation_id, incident_id), populate_existing=True) is not None:
        return False
    try:
        with racing(session):
            session.add(
                IncidentCardRow(conversation_id=conversation_id, incident_id=incident_id, shown_at=now, told_at=None)
            )
    except IntegrityError:
        return False
    return True
