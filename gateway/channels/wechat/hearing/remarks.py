"""What the channel itself says to a picture, a voice or a place: once for several in a row, nothing beside a human."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from desk import conversations, messages
from desk.clock import Clock
from desk.database import Database
from desk.messages import Message
from desk.session import Session
from gateway.channels.wechat.hearing.contact import CHANNEL
from gateway.channels.wechat.phrases import Phrases
from gateway.wording import Wording

REMARK = "remark"  # key of the payload: which sentence it is
_TOGETHER = timedelta(minutes=2)  # pictures sent one after the other are one thing
_LOOKED_AT = 30  # messages
_HUMANS = ("waiting", "human")


class Remarks:
    """Sentences of `wording/wechat.yml` to things that open no turn."""

    def __init__(self, database: Database, clock: Clock, wording: Wording) -> None:
        self._database = database
        self._clock = clock
        self._wording = wording

    async def to(self, message_id: int, key: str) -> tuple[Message, ...]:
        """What is said to a stored message; the same for its repeats. Raises StoreError, NotFound."""
        return await asyncio.to_thread(self._to, message_id, key)

    def _to(self, message_id: int, key: str) -> tuple[Message, ...]:
        now, external_id = self._clock(), f"{CHANNEL}:{REMARK}:{message_id}"
        with self._database.write() as session:
            message = messages.by_ids(session, [message_id])[0]
            conversation = conversations.update(session, message.conversation_id, {}, now=now)  # one after the other
            later = messages.after(session, conversation.id, message.seq, limit=_LOOKED_AT)
            if made := tuple(one for one in later if one.external_id == external_id):
                return made
            if conversation.state in _HUMANS or self._goes_on(session, message, later, key, now):
                return ()
            sentence = Phrases(self._wording, conversation.script, conversation.region).text(key)
            said = messages.add(
                session, conversation.id, "bot", sentence, payload={REMARK: key}, external_id=external_id, now=now
            )
            return (said,)

    def _goes_on(self, session: Session, message: Message, later: Sequence[Message], key: str, now: datetime) -> bool:
        """The same was said a moment ago, and nothing but more of the same has come since."""
        around = messages.latest(session, message.conversation_id, limit=_LOOKED_AT)
        said = [one for one in around if one.author == "bot" and one.payload.get(REMARK) == key]
        if not said or now - said[-1].created_at > _TOGETHER:
            return False
        return all(
            one.kind == message.kind or one.payload.get(REMARK) == key for one in around if one.seq > said[-1].seq
        )
