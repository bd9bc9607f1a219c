"""Saying something to a customer who has not just written."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from desk import messages
from desk.conversations import Conversation
from desk.messages import Message
from desk.session import Session
from desk.turns import Reply
from gateway.channels.channel import Channels


def say(
    session: Session,
    conversation: Conversation,
    reply: Reply,
    *,
    key: str,
    channels: Channels,
    author: Literal["bot", "system"] = "bot",
    now: datetime,
) -> Message:
    """Said once for each key, and recorded for delivery as the conversation's channel delivers."""
    said = messages.add(
        session,
        conversation.id,
        author,
        reply.text,
        kind=reply.kind,
        payload=reply.payload,
        external_id=key,
        now=now,
    )
    channels.record(session, conversation, [said], key=key, now=now)
    return said
