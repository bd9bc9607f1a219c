"""A messenger that calls a webhook for each message and takes texts by HTTP: the worked example of docs/channels.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from desk import outbox
from desk.clock import Clock
from desk.conversations import Conversation
from desk.database import Database
from desk.messages import Message
from desk.outbox import Delivery
from desk.session import Session
from gateway.channels.brought import Brought
from gateway.channels.channel import Abilities, Channel, Piece, Said, Verdict, drafts, kind_of
from gateway.channels.phrases import Phrases
from gateway.channels.words import pieces
from gateway.render import Voice
from gateway.settling import Settling
from gateway.turns.flow import Accepted, Inbox, Incoming
from gateway.wording import Wording


class Messenger(Protocol):
    """The other side's API."""

    async def post(self, user: str, text: str) -> int: ...  # the HTTP status


class Im:
    """What is said, and the rows that the worker sends."""

    name = "im"
    abilities = Abilities(longest=900, unprompted=timedelta(days=7), waits=False)

    def __init__(self, wording: Wording) -> None:
        self._wording = wording

    def render(self, said: Sequence[Said], reader: Voice) -> tuple[Piece, ...]:
        return pieces(said, Phrases(self._wording, reader), self.abilities)

    def record(
        self, session: Session, conversation: Conversation, said: Sequence[Message], *, key: str, now: datetime
    ) -> None:
        made = self.render(said, Voice(conversation.script, conversation.region))
        for draft in drafts(self.name, made, conversation, key=key):
            outbox.enqueue(session, draft, now=now)


class ImSender:
    """Sends them; the worker's."""

    kinds = (kind_of(Im.name),)

    def __init__(self, messenger: Messenger, database: Database, clock: Clock) -> None:
        self._messenger = messenger
        self._settling = Settling(database, clock)

    async def send(self, delivery: Delivery) -> Verdict:
        status = await self._messenger.post(str(delivery.payload["to"]), str(delivery.payload["text"]))
        if status == 200:
            return await self._settling.sent(delivery)
        reason = f"the messenger answered {status}"
        return await self._settling.failed(delivery, reason, permanent=status in (403, 404))


async def heard(inbox: Inbox, channel: Channel, wording: Wording, event: Mapping[str, str]) -> Accepted:
    """The webhook: one message, stored once by its id."""
    kind, also = "text", None
    if file := event.get("file"):
        kind, also = "image", Brought(f"{channel.name}:{file}", channel, wording)
    incoming = Incoming(channel.name, event["user"], event["id"], event.get("text", ""), kind=kind, also=also)
    return await inbox.receive(incoming)
