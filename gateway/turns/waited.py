"""A ticket that waits for its customer goes on as soon as they say or send something."""

from __future__ import annotations

from datetime import datetime

from desk import tickets
from desk.conversations import Conversation
from desk.session import Session

_HUMANS = ("waiting", "human")  # with the bot, it is about something else


def over(session: Session, conversation: Conversation, *, now: datetime) -> None:
    """The hand-off of this conversation, if it waits. The caller holds the conversation."""
    if conversation.state not in _HUMANS:
        return
    where = tickets.Filter(conversation_id=conversation.id, status="waiting", handoff=True)
    for ticket in tickets.listing(session, where):
        tickets.heard(session, ticket.number, by=f"contact:{ticket.contact_id}", now=now)
