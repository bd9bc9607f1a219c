"""Saying something to a customer who has not just written."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from desk import messages
from desk.conversations import Conversation
from desk.messages import Message
from desk.session import Session
from desk.turns import Reply
from gateway.channels.wechat import delivery as wechat
from gateway.channels.wechat.phrases import Phrases
from gateway.channels.wechat.reading import CHANNEL as WECHAT
from gateway.channels.wechat.text import render as as_text
from gateway.wording import Wording


def say(
    session: Session,
    conversation: Conversation,
    reply: Reply,
    *,
    key: str,
    wording: Wording,
    pushes: bool,
    author: Literal["bot", "system"] = "bot",
    now: datetime,
) -> Message:
    """Said once for each key; where the channel does not come and look, its delivery is recorded too.

    What cannot be pushed comes along with the answer to the follower's next message.
    """
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
    if conversation.channel == WECHAT:
        made = wechat.drafts(
            as_text([said], Phrases(wording, conversation.script, conversation.region)),
            openid=conversation.external_id,
            conversation_id=conversation.id,
            key=key,
            message_id=str(said.id),
        )
        wechat.queue(session, made, pushes=pushes, now=now)
    return said
