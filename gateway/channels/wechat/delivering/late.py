"""A promise of an answer, as an outbox row of kind `wechat_late`.

It is made in the transaction that stores the message and over when the answer has gone out while WeChat was listening.
For a late answer the gateway says `success`, waits on and queues the answer itself. When it dies in between, or none of
WeChat's deliveries could be answered, the worker finds the promise and keeps it from what the desk has recorded.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk import conversations, messages, outbox, turns
from desk.clock import Clock
from desk.database import Database
from desk.errors import NotFound
from desk.messages import Message
from desk.outbox import Delivery, DeliveryDraft
from desk.session import Session
from gateway.channels.wechat.delivering.delivery import Verdict, drafts, queue
from gateway.channels.wechat.hearing.reading import CHANNEL
from gateway.channels.wechat.phrases import Phrases
from gateway.channels.words import render
from gateway.turns.flow import Accepted, Also
from gateway.wording import Wording

KIND = "wechat_late"
_FIRST_LOOK, _SLOWEST = timedelta(seconds=10), timedelta(minutes=1)  # while there is no turn yet: each look is a write
_HOPE = timedelta(days=3)  # a message that no turn has taken up by then is shown to the team as failed
_NO_TURN = "no turn has dealt with the message yet"


@dataclass(frozen=True)
class Promised:
    """Besides what every message means, this one will be answered; see `Incoming.also`. `within`: what WeChat's three
    deliveries take."""

    also: Also | None
    openid: str
    within: timedelta

    def __call__(self, session: Session, message: Message, now: datetime) -> None:
        if self.also is not None:
            self.also(session, message, now)
        made = _draft(message.conversation_id, message.id, self.openid, now + self.within)
        outbox.enqueue(session, made, now=now)


def held_here(
    session: Session, accepted: Accepted, openid: str, patience: timedelta, *, now: datetime
) -> tuple[Delivery, ...]:
    """The promise in our hands for that long, whoever had it; made now if there was none. Empty when it was kept."""
    seized = outbox.seize(session, _key(accepted.message_id), duration=patience, now=now)
    made = _draft(accepted.conversation_id, accepted.message_id, openid)
    return seized or outbox.enqueue_taken(session, made, duration=patience, now=now)


def kept(session: Session, message_id: int) -> bool:
    """Whether the answer that was promised is in the outbox, so that nobody need give it any more. Only reads."""
    return outbox.is_sent(session, _key(message_id))


def held(session: Session, message_id: int) -> bool:
    """Whether somebody has the promise in their hands at this moment. Only reads."""
    return outbox.is_leased(session, _key(message_id))


def taken_over(session: Session, accepted: Accepted, openid: str, until: datetime, *, now: datetime) -> bool:
    """The answer is given here: whoever holds the promise finds that it is theirs no more, and it is made anew in case
    that this one is not heard by `until`. False when it has been kept already."""
    answered(session, accepted.message_id)
    return outbox.enqueue(session, _draft(accepted.conversation_id, accepted.message_id, openid, until), now=now)


def underway(session: Session, conversation_id: int, *, too_late: bool = False) -> bool:
    """Whether an answer is being looked for in this conversation, or was and has not been heard. Only reads.

    `too_late`: only one that its own message's deliveries will not bring any more.
    """
    counted = ("leased",) if too_late else ("pending", "leased")
    return any(row.status in counted for row in outbox.unsent(session, conversation_id, KIND))


def answered(session: Session, message_id: int) -> None:
    """The answer has gone out: nothing is promised any more."""
    outbox.needless(session, _key(message_id))


def _draft(conversation_id: int, message_id: int, openid: str, not_before: datetime | None = None) -> DeliveryDraft:
    return DeliveryDraft(
        kind=KIND,
        channel=CHANNEL,
        payload={"openid": openid, "message": message_id},
        dedupe_key=_key(message_id),
        conversation_id=conversation_id,
        not_before=not_before,
    )


def _key(message_id: int) -> str:
    return f"wechat:late:{message_id}"


async def fulfil(delivery: Delivery, database: Database, wording: Wording, clock: Clock, *, pushes: bool) -> Verdict:
    """Queue the texts of the message's turn, unless that has been done; `again` while there is no turn yet, such as
    when the gateway is down: it takes the message up when it comes back, however long that takes.

    `sent` also when there is nothing to say, because a human has the conversation, or the message was erased. Raises
    StoreError.
    """
    return await asyncio.to_thread(_fulfil, delivery, database, wording, clock(), pushes)


@dataclass(frozen=True)
class _Found:
    """What the desk knows about the message's turn."""

    done: bool
    drafts: tuple[DeliveryDraft, ...] = ()


def _fulfil(delivery: Delivery, database: Database, wording: Wording, now: datetime, pushes: bool) -> Verdict:
    found = _find(delivery, database, wording)
    with database.write() as session:
        if not found.done:
            return _look_again(session, delivery, now)
        if not outbox.mark_sent(session, delivery, now=now):
            return "lost"  # a repeat of the message has been answered meanwhile
        queue(session, found.drafts, pushes=pushes, now=now)
        return "sent"


def _look_again(session: Session, delivery: Delivery, now: datetime) -> Verdict:
    """Not counted as a try: nobody has refused anything."""
    waited = now - delivery.created_at
    if waited > _HOPE:
        status = outbox.mark_failed(session, delivery, _NO_TURN, permanent=True, now=now)
        return "lost" if status is None else "failed"
    pause = min(max(waited, _FIRST_LOOK), _SLOWEST)
    return "again" if outbox.postpone(session, delivery, now + pause, _NO_TURN) else "lost"


def _find(delivery: Delivery, database: Database, wording: Wording) -> _Found:
    try:
        return _look(delivery, database, wording)
    except NotFound:  # erased meanwhile
        return _Found(done=True)


def _look(delivery: Delivery, database: Database, wording: Wording) -> _Found:
    with database.read() as session:
        message = messages.by_ids(session, [int(delivery.payload["message"])])[0]
        if message.turn_id is None:
            return _Found(done=message.status == "handled")
        if turns.told(session, message.turn_id, message.id) is False:
            return _Found(done=True)  # another message of the burst carries the answer
        replies = messages.of_turn(session, message.turn_id)
        conversation = conversations.get(session, message.conversation_id)
    made = drafts(
        render(replies, Phrases(wording, conversation.script, conversation.region)),
        openid=str(delivery.payload["openid"]),
        conversation_id=conversation.id,
        key=message.turn_id,
        message_id=message.external_id or "",
    )
    return _Found(done=True, drafts=made)
