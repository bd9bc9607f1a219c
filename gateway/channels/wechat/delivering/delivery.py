"""Outbox rows of kind `wechat_text`, sent by the worker: nothing is sent twice knowingly, and nothing is said to be
sent before WeChat has said so."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from desk import attachments, outbox, windows
from desk.clock import Clock
from desk.database import Database
from desk.errors import NotFound
from desk.outbox import Delivery
from desk.session import Session
from gateway.attachments.errors import NotKept
from gateway.attachments.files import Files
from gateway.channels.channel import Verdict
from gateway.channels.wechat.calls.api import Upload
from gateway.channels.wechat.calls.client import WeChatClient
from gateway.channels.wechat.delivering.pictures import fitted
from gateway.channels.wechat.delivering.rows import (
    KIND,
    MSGMENU,
    NO_PERMISSION,
    drafts,
    joined,
    menu_of,
    openid_of,
    picture_of,
    queue,
    text_of,
)
from gateway.channels.wechat.delivering.turnstile import Parcel, next_parcel
from gateway.channels.wechat.errors import (
    ApiError,
    DayLimit,
    MediaRefused,
    NotFollowing,
    NotPermitted,
    NotSetUp,
    OutOfWindow,
    PerhapsSent,
    QuotaUsed,
    RecipientGone,
    TextRefused,
)
from gateway.channels.wechat.hearing.contact import CHANNEL
from gateway.patience import written

__all__ = ["KIND", "NO_PERMISSION", "Verdict", "deliver", "drafts", "queue"]

log = logging.getLogger(__name__)

BEHIND = "an older message to this follower waits, and this one behind it"
_FOR_GOOD = (RecipientGone, TextRefused, MediaRefused)
_NOT_NOW = (QuotaUsed, OutOfWindow, NotFollowing)  # until the follower speaks or comes back
_BEIJING = ZoneInfo("Asia/Shanghai")  # by whose days WeChat counts calls
_AFTER_MIDNIGHT = timedelta(minutes=5)
_AT_ONCE = timedelta(seconds=1)

T = TypeVar("T")


async def deliver(
    delivery: Delivery, client: WeChatClient, database: Database, clock: Clock, files: Files | None = None
) -> Verdict:
    """Send a leased row, after what has to go before it, and record what became of it.

    `again`: to be tried later; `lost`: the lease went to somebody else meanwhile, and it may be sent twice.
    Rows of one conversation are to be delivered one after the other, in the order of the lease. Raises StoreError when
    the database cannot record the result: the lease then runs out and the row counts as ambiguous.
    """
    return await _Sending(client, database, clock, files or Files(None)).deliver(delivery)


class _Sending:
    def __init__(self, client: WeChatClient, database: Database, clock: Clock, files: Files) -> None:
        self._client = client
        self._database = database
        self._clock = clock
        self._files = files

    async def deliver(self, delivery: Delivery) -> Verdict:
        if not self._client.settings.customer_service:
            return await self._write(lambda session: _park(session, (delivery,), NO_PERMISSION, self._clock()))
        if not _complete(delivery):
            return await self._write(lambda session: _fail(session, (delivery,), "no openid or text", self._clock()))
        while True:
            parcel = await self._write(lambda session: next_parcel(session, delivery, self._clock()))
            if not isinstance(parcel, Parcel):
                return parcel
            verdict = await self._send(parcel)
            if any(row.id == delivery.id for row in parcel.rows):
                return verdict
            if verdict == "parked":  # what is behind it waits for the same
                return await self._write(lambda session: _park(session, (delivery,), BEHIND, self._clock()))

    async def _send(self, parcel: Parcel) -> Verdict:
        try:
            await self._push(parcel.rows)
        except ApiError as error:
            _tell_operator(error)
            refusal = error  # the name `error` ends with this block
            return await self._write(lambda session: _refused(session, parcel, refusal, self._clock()))
        return await self._write(lambda session: _sent(session, parcel, self._clock()))

    async def _push(self, rows: tuple[Delivery, ...]) -> None:
        """One message for all of them. Raises ApiError."""
        openid, picture = openid_of(rows[0]), picture_of(rows[0])
        if not _complete(rows[0]):
            raise TextRefused("no openid or text")
        menu = menu_of(rows[0]) if len(rows) == 1 else None
        if picture:
            await self._client.send_picture(openid, await self._uploaded(picture))
        elif menu is None or not await self._pressed(openid, menu):
            await self._client.send_text(openid, joined(map(text_of, rows)))

    async def _pressed(self, openid: str, menu: Mapping[str, Any]) -> bool:
        """Whether WeChat has taken the options as a msgmenu; an account that may not use it says them in words.

        Raises ApiError for everything that words would not change.
        """
        try:
            await self._client.send({"touser": openid, "msgtype": MSGMENU, MSGMENU: menu})
        except ApiError as error:
            if type(error) is not ApiError and not isinstance(error, (NotPermitted, TextRefused, MediaRefused)):
                raise
            log.warning("微信没有接受 msgmenu，改发文字；账号没有认证时请把 [wechat] msgmenu 设为 false：%s", error)
            return False
        return True

    async def _uploaded(self, key: str) -> str:
        """The media id of an attachment. Raises ApiError."""
        return await self._client.upload_picture(await asyncio.to_thread(self._picture, key))

    def _picture(self, key: str) -> Upload:
        try:
            with self._database.read() as session:
                file = attachments.get(session, key)
            return fitted(self._files.read(file.sha256 or ""), file.media_type)
        except (NotFound, NotKept, OSError, ValueError) as error:
            raise MediaRefused(f"the picture is not here any more ({type(error).__name__})") from error

    async def _write(self, work: Callable[[Session], T]) -> T:
        return await written(self._database, work)


def _sent(session: Session, parcel: Parcel, now: datetime) -> Verdict:
    marked = [outbox.mark_sent(session, row, now=now) for row in parcel.rows]
    return "sent" if all(marked) else "lost"


def _refused(session: Session, parcel: Parcel, error: ApiError, now: datetime) -> Verdict:
    """What WeChat has said, for the windows first and then for the rows."""
    if isinstance(error, _NOT_NOW):
        return _not_now(session, parcel, error, now)
    if not isinstance(error, PerhapsSent) and parcel.spent is not None:
        windows.give_back(session, parcel.spent)
    if isinstance(error, NotPermitted):
        return _park(session, parcel.rows, str(error), now)
    if isinstance(error, _FOR_GOOD):
        return _fail(session, parcel.rows, str(error), now)
    if isinstance(error, DayLimit):
        return _postpone(session, parcel.rows, _next_day(now), str(error))
    perhaps = isinstance(error, PerhapsSent)
    statuses = [outbox.mark_failed(session, row, str(error), perhaps_sent=perhaps, now=now) for row in parcel.rows]
    return "lost" if None in statuses else "parked" if "parked" in statuses else "again"


def _not_now(session: Session, parcel: Parcel, error: ApiError, now: datetime) -> Verdict:
    """Parked, unless the follower has spoken since: then WeChat's word is about a window that is over."""
    openid = openid_of(parcel.rows[0])
    if isinstance(error, NotFollowing):
        windows.closed(session, CHANNEL, openid, now=parcel.asked)
    elif isinstance(error, QuotaUsed):
        windows.emptied(session, CHANNEL, openid, as_of=parcel.asked)
    else:
        windows.ended(session, CHANNEL, openid, as_of=parcel.asked)
    if windows.left(session, CHANNEL, openid, now=now).left:
        return _postpone(session, parcel.rows, now + _AT_ONCE, str(error))
    return _park(session, parcel.rows, str(error), now)


def _park(session: Session, rows: tuple[Delivery, ...], reason: str, now: datetime) -> Verdict:
    parked = [outbox.park(session, row, reason, now=now) for row in rows]
    return "parked" if all(parked) else "lost"


def _fail(session: Session, rows: tuple[Delivery, ...], reason: str, now: datetime) -> Verdict:
    failed = [outbox.mark_failed(session, row, reason, permanent=True, now=now) for row in rows]
    return "lost" if None in failed else "failed"


def _postpone(session: Session, rows: tuple[Delivery, ...], until: datetime, reason: str) -> Verdict:
    later = [outbox.postpone(session, row, until, reason) for row in rows]
    return "again" if all(later) else "lost"


def _next_day(now: datetime) -> datetime:
    midnight = now.astimezone(_BEIJING).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return midnight + _AFTER_MIDNIGHT


def _complete(delivery: Delivery) -> bool:
    return bool(openid_of(delivery)) and bool(text_of(delivery) or picture_of(delivery))


def _tell_operator(error: ApiError) -> None:
    """What only the operator can mend is said where they look, in their language."""
    if isinstance(error, (NotSetUp, NotPermitted, DayLimit)):
        log.error("微信拒绝了推送：%s", error)
