"""The official account as a channel: what is said to followers, and the rows that the worker sends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from desk.clock import Clock
from desk.conversations import Conversation
from desk.database import Database
from desk.messages import Message
from desk.outbox import Delivery
from desk.session import Session
from gateway.channels.channel import Abilities, Piece, Said, Verdict
from gateway.channels.wechat.calls.client import WeChatClient
from gateway.channels.wechat.delivering.delivery import deliver
from gateway.channels.wechat.delivering.late import KIND as LATE
from gateway.channels.wechat.delivering.late import fulfil
from gateway.channels.wechat.delivering.media import FETCH, Keeping, fetch
from gateway.channels.wechat.delivering.rows import KIND as TEXT
from gateway.channels.wechat.delivering.rows import drafts, queue
from gateway.channels.wechat.hearing.contact import CHANNEL
from gateway.channels.wechat.hearing.options import msgmenu
from gateway.channels.wechat.phrases import Phrases
from gateway.channels.wechat.settings import QUEUED_LIMIT
from gateway.channels.words import pieces, render
from gateway.render import Voice
from gateway.wording import Wording

WINDOW = timedelta(hours=48)  # since the follower's last message; later WeChat refuses customer-service messages


class WeChat:
    """The channel. `pushes`: the account may send customer-service messages; what it may not comes along with the
    answer to the follower's next message, which is the channel's own HTTP side: see `channel`."""

    name = CHANNEL

    def __init__(self, wording: Wording, *, pushes: bool, msgmenu: bool = False) -> None:
        self._wording = wording
        self._pushes = pushes
        self._msgmenu = msgmenu and pushes
        self.abilities = Abilities(
            images=pushes, longest=QUEUED_LIMIT, metered=True, unprompted=WINDOW if pushes else None
        )

    def render(self, said: Sequence[Said], reader: Voice) -> tuple[Piece, ...]:
        """One text, cut where WeChat's limit is, and pictures behind it."""
        return pieces(said, self._phrases(reader), self.abilities)

    def record(
        self, session: Session, conversation: Conversation, said: Sequence[Message], *, key: str, now: datetime
    ) -> None:
        """Rows for the worker; for an account that cannot push they are parked at once."""
        reader = Voice(conversation.script, conversation.region)
        made = drafts(
            render(said, self._phrases(reader), self.abilities),
            openid=conversation.external_id,
            conversation_id=conversation.id,
            key=key,
            message_id=str(said[0].id) if said else "",
            pictures=[piece.picture for piece in self.render(said, reader) if piece.picture],
            menu=msgmenu(said, self._phrases(reader)) if self._msgmenu else None,
        )
        queue(session, made, pushes=self._pushes, now=now)

    def _phrases(self, reader: Voice) -> Phrases:
        return Phrases(self._wording, reader.script, reader.region)


class WeChatSender:
    """What the worker does towards WeChat: texts and pictures to followers, answers that were promised and not given,
    and files of theirs, which are fetched and kept as `keeping` says."""

    kinds = (TEXT, LATE, FETCH)

    def __init__(
        self,
        client: WeChatClient,
        database: Database,
        clock: Clock,
        wording: Wording,
        keeping: Keeping | None = None,
    ) -> None:
        self._client = client
        self._database = database
        self._clock = clock
        self._wording = wording
        self._keeping = keeping or Keeping()

    async def send(self, delivery: Delivery) -> Verdict:
        """`sent` of a promise also when there was nothing to say any more. Raises StoreError, NotFound."""
        if delivery.kind == LATE:
            pushes = self._client.settings.customer_service
            return await fulfil(delivery, self._database, self._wording, self._clock, pushes=pushes)
        if delivery.kind == FETCH:
            return await fetch(delivery, self._client, self._database, self._clock, self._wording, self._keeping)
        return await deliver(delivery, self._client, self._database, self._clock, self._keeping.files)
