"""What the channel keeps at the desk: texts still owed to a follower, and promises of late answers.

All of it short transactions in a thread; none while a message can be answered at once and nothing is owed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk import conversations, outbox
from desk.clock import Clock
from desk.conversations import Conversation
from desk.database import Database
from desk.outbox import Delivery
from desk.session import Session
from gateway.channels.wechat import late
from gateway.channels.wechat.claims import claim, enqueue_claimed
from gateway.channels.wechat.delivery import KIND, drafts, queue
from gateway.channels.wechat.passive import Arrangement, Owed
from gateway.channels.wechat.reading import CHANNEL
from gateway.turns.flow import Accepted

_WHILE_ANSWERING = timedelta(seconds=60)  # how long brought rows are ours: past WeChat's three deliveries
_AFTER_THE_REPLY = timedelta(seconds=2)  # so that the second part does not arrive before the first


@dataclass(frozen=True)
class Standing:
    """How things are with a follower: their conversation, and whether a text waits for them."""

    conversation: Conversation
    owed: bool


@dataclass(frozen=True)
class Recipient:
    """Whom a reply goes to, and because of what."""

    conversation_id: int
    openid: str
    message_id: str


class Ledger:
    """The desk, as far as the channel needs it. `pushes`: the account may send customer-service messages."""

    def __init__(self, database: Database, clock: Clock, *, pushes: bool) -> None:
        self._database = database
        self._clock = clock
        self._pushes = pushes

    async def standing(self, conversation_id: int) -> Standing:
        """Raises StoreError, NotFound."""
        return await asyncio.to_thread(self._standing, conversation_id)

    async def known(self, openid: str) -> Standing | None:
        """The same by follower; None for a new one. Raises StoreError."""
        return await asyncio.to_thread(self._known, openid)

    async def settle(
        self, to: Recipient, key: str, arranged: Callable[[tuple[Owed, ...]], Arrangement]
    ) -> tuple[str, tuple[Delivery, ...]]:
        """Arrange a reply out of what is owed: its text, and the rows it brings (to be confirmed by `brought`).

        What does not fit is queued in the same transaction. Raises StoreError.
        """
        return await asyncio.to_thread(self._settle, to, key, arranged)

    async def brought(self, deliveries: Iterable[Delivery]) -> None:
        """They went out in time; a repetition changes nothing. Raises StoreError."""
        await asyncio.to_thread(self._brought, tuple(deliveries))

    async def promise(self, accepted: Accepted, openid: str, patience: float) -> tuple[Delivery, ...]:
        """An answer will be late. Not kept within `patience` seconds, the worker keeps it. Raises StoreError."""
        return await asyncio.to_thread(self._promise, accepted, openid, patience)

    async def keep(self, promise: Iterable[Delivery], to: Recipient, key: str, text: str) -> None:
        """The late answer (empty: somebody else has given it) is queued and the promise kept. Raises StoreError."""
        await asyncio.to_thread(self._keep, tuple(promise), to, key, text)

    def _standing(self, conversation_id: int) -> Standing:
        with self._database.read() as session:
            return _standing(session, conversations.get(session, conversation_id))

    def _known(self, openid: str) -> Standing | None:
        with self._database.read() as session:
            found = conversations.find(session, CHANNEL, openid)
            return _standing(session, found) if found else None

    def _settle(
        self, to: Recipient, key: str, arranged: Callable[[tuple[Owed, ...]], Arrangement]
    ) -> tuple[str, tuple[Delivery, ...]]:
        now = self._clock()
        with self._database.write() as session:
            rows = _parked(session, to.conversation_id)
            made = arranged(tuple(Owed(row.id, str(row.payload.get("text", ""))) for row in rows))
            ours = claim(session, made.brought, duration=_WHILE_ANSWERING, now=now)
            if self._pushes:  # the follower has just written, so there is quota again
                for row in rows:
                    if row.id not in made.brought:
                        outbox.retry(session, row.id, now=now + _AFTER_THE_REPLY)
            self._queue(session, to, key, made.rest, now + _AFTER_THE_REPLY, now)
        return made.text, ours

    def _brought(self, deliveries: tuple[Delivery, ...]) -> None:
        with self._database.write() as session:
            for delivery in deliveries:
                outbox.mark_sent(session, delivery, now=self._clock())

    def _promise(self, accepted: Accepted, openid: str, patience: float) -> tuple[Delivery, ...]:
        with self._database.write() as session:
            return enqueue_claimed(
                session, late.draft(accepted, openid), duration=timedelta(seconds=patience), now=self._clock()
            )

    def _keep(self, promise: tuple[Delivery, ...], to: Recipient, key: str, text: str) -> None:
        now = self._clock()
        with self._database.write() as session:
            self._queue(session, to, key, text, now, now)
            for delivery in promise:
                outbox.mark_sent(session, delivery, now=now)

    def _queue(self, session: Session, to: Recipient, key: str, text: str, when: datetime, now: datetime) -> None:
        made = drafts(
            text,
            openid=to.openid,
            conversation_id=to.conversation_id,
            key=key,
            message_id=to.message_id,
            not_before=when,
        )
        queue(session, made, pushes=self._pushes, now=now)


def _standing(session: Session, conversation: Conversation) -> Standing:
    return Standing(conversation, bool(_parked(session, conversation.id)))


def _parked(session: Session, conversation_id: int) -> tuple[Delivery, ...]:
    return tuple(row for row in outbox.parked(session, conversation_id) if row.kind == KIND)
