"""Outbox rows of kind `wechat_text`: made by the channel and the console, sent by the worker."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Literal

from desk import outbox
from desk.clock import Clock
from desk.database import Database
from desk.errors import StoreBusy
from desk.outbox import Delivery, DeliveryDraft
from desk.session import Session
from gateway.channels.wechat.claims import enqueue_parked
from gateway.channels.wechat.client import WeChatClient
from gateway.channels.wechat.errors import (
    ApiError,
    NotPermitted,
    OutOfWindow,
    QuotaUsed,
    RecipientGone,
    TextRefused,
)
from gateway.channels.wechat.reading import CHANNEL
from gateway.channels.wechat.settings import QUEUED_LIMIT
from gateway.channels.wechat.splitting import split

log = logging.getLogger(__name__)

KIND = "wechat_text"
NO_PERMISSION = "the account has no customer-service messages; the follower's next message brings it"
Verdict = Literal["sent", "parked", "failed", "again", "lost"]


def drafts(
    text: str,
    *,
    openid: str,
    conversation_id: int,
    key: str,
    message_id: str = "",
    not_before: datetime | None = None,
) -> tuple[DeliveryDraft, ...]:
    """A text of any length as outbox rows, in order; the same `key` and text give the same rows again."""
    parts = [stripped for part in split(text, QUEUED_LIMIT) if (stripped := part.strip())]
    return tuple(
        DeliveryDraft(
            kind=KIND,
            channel=CHANNEL,
            payload={"openid": openid, "text": part, "message_id": message_id},
            dedupe_key=f"wechat:{key}:{number}",
            conversation_id=conversation_id,
            not_before=not_before,
        )
        for number, part in enumerate(parts, 1)
    )


def queue(session: Session, made: Iterable[DeliveryDraft], *, pushes: bool, now: datetime) -> None:
    """Enqueue rows once; for an account that cannot push they wait for the follower at once."""
    for draft in made:
        if pushes:
            outbox.enqueue(session, draft, now=now)
        else:
            enqueue_parked(session, draft, NO_PERMISSION, now=now)


async def deliver(delivery: Delivery, client: WeChatClient, database: Database, clock: Clock) -> Verdict:
    """Send a leased row and record what became of it; `sent` only after WeChat's errcode 0.

    `again`: to be tried later; `lost`: the lease went to somebody else meanwhile, and it may be sent twice.
    Rows of one conversation are to be delivered one after the other, in the order of the lease. Raises StoreError when
    the database cannot record the result: the lease then runs out and the row counts as ambiguous.
    """
    if not client.settings.customer_service:
        return await _record(database, lambda session: _park(session, delivery, NO_PERMISSION))
    openid, text = delivery.payload.get("openid"), delivery.payload.get("text")
    if not isinstance(openid, str) or not isinstance(text, str):
        return await _record(database, lambda session: _fail(session, delivery, "no openid or text", True, clock()))
    try:
        await client.send_text(openid, text)
    except (OutOfWindow, QuotaUsed, NotPermitted) as error:
        reason = str(error)
        return await _record(database, lambda session: _park(session, delivery, reason))
    except ApiError as error:
        reason, permanent = str(error), isinstance(error, (RecipientGone, TextRefused))
        return await _record(database, lambda session: _fail(session, delivery, reason, permanent, clock()))
    return await _record(database, lambda session: _sent(session, delivery, clock()))


async def _record(database: Database, mark: Callable[[Session], Verdict], tries: int = 3) -> Verdict:
    """Write it down; a busy database is asked again, because forgetting would send the text twice."""
    try:
        return await asyncio.to_thread(_write, database, mark)
    except StoreBusy as error:
        if tries <= 1:
            raise
        log.warning("%s", error)
    return await _record(database, mark, tries - 1)


def _write(database: Database, mark: Callable[[Session], Verdict]) -> Verdict:
    with database.write() as session:
        return mark(session)


def _sent(session: Session, delivery: Delivery, now: datetime) -> Verdict:
    return "sent" if outbox.mark_sent(session, delivery, now=now) else "lost"


def _park(session: Session, delivery: Delivery, reason: str) -> Verdict:
    return "parked" if outbox.park(session, delivery, reason) else "lost"


def _fail(session: Session, delivery: Delivery, reason: str, permanent: bool, now: datetime) -> Verdict:
    status = outbox.mark_failed(session, delivery, reason, permanent=permanent, now=now)
    if status is None:
        return "lost"
    return "again" if status == "pending" else "failed" if status == "failed" else "parked"
