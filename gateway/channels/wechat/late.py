"""A promise of a late answer, as an outbox row of kind `wechat_late`.

The gateway answers WeChat with `success`, waits on and queues the answer itself. Only when it dies in between does the
worker find the promise, and then keeps it from what the desk has recorded.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from desk import conversations, messages, outbox
from desk.clock import Clock
from desk.database import Database
from desk.outbox import Delivery, DeliveryDraft
from gateway.channels.wechat.delivery import Verdict, drafts, queue
from gateway.channels.wechat.phrases import Phrases
from gateway.channels.wechat.reading import CHANNEL
from gateway.channels.wechat.text import render
from gateway.turns.flow import Accepted
from gateway.wording import Wording

KIND = "wechat_late"


def draft(accepted: Accepted, openid: str) -> DeliveryDraft:
    """The promise to answer a stored message."""
    return DeliveryDraft(
        kind=KIND,
        channel=CHANNEL,
        payload={"openid": openid, "message": accepted.message_id},
        dedupe_key=f"wechat:late:{accepted.message_id}",
        conversation_id=accepted.conversation_id,
    )


async def fulfil(delivery: Delivery, database: Database, wording: Wording, clock: Clock, *, pushes: bool) -> Verdict:
    """Queue the texts of the message's turn, unless that has been done; `again` while there is no turn yet.

    `sent` also when there is nothing to say, because a human has the conversation. Raises StoreError, NotFound.
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
            status = outbox.mark_failed(session, delivery, "no turn has dealt with the message yet", now=now)
            return "lost" if status is None else "again" if status == "pending" else "parked"
        queue(session, found.drafts, pushes=pushes, now=now)
        return "sent" if outbox.mark_sent(session, delivery, now=now) else "lost"


def _find(delivery: Delivery, database: Database, wording: Wording) -> _Found:
    with database.read() as session:
        message = messages.by_ids(session, [int(delivery.payload["message"])])[0]
        if message.turn_id is None:
            return _Found(done=message.status == "handled")
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
