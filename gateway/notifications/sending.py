"""Rows of the outbox to the team and to other systems: sent, and what became of it written down."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Literal, Protocol

from desk import outbox
from desk.clock import Clock
from desk.database import Database
from desk.outbox import Delivery
from desk.sending import sent_since
from desk.session import Session
from gateway.notifications import posting
from gateway.notifications.errors import NoAnswer, NotDelivered, Refused, Throttled
from gateway.notifications.message import Message, compose
from gateway.notifications.webhook import Webhook
from gateway.patience import written
from gateway.settling import Settling
from gateway.wording import UnknownWording, Wording

log = logging.getLogger(__name__)

PER_MINUTE = 20  # messages of one robot: what 企业微信 and 钉钉 allow
RESERVED = 5  # of these for urgent ones, which must not wait behind a hundred others
MINUTE = timedelta(minutes=1)
_LONGEST_SENDING = timedelta(seconds=posting.TIMEOUT + 5)
Verdict = Literal["sent", "failed", "parked", "again", "postponed", "lost"]


class Sender(Protocol):
    """A robot or a mail server."""

    target: str

    async def send(self, message: Message) -> None:
        """Returns only when the other side has taken it. Raises NotDelivered."""
        ...


class Notifier:
    """Sends leased rows. Rows of one kind are to be given one after the other.

    Every method raises StoreError when the database cannot record the result: the lease then runs out, and the row
    counts as ambiguous.
    """

    def __init__(self, database: Database, clock: Clock, wording: Wording, public_url: str = "") -> None:
        self._database = database
        self._clock = clock
        self._settling = Settling(database, clock)
        self._wording = wording
        self._public_url = public_url

    async def tell(self, delivery: Delivery, sender: Sender, *, per_minute: int | None = PER_MINUTE) -> Verdict:
        """A notice for the team. More than `per_minute` wait for their minute; None is no limit."""
        if per_minute is not None:
            limit = per_minute if delivery.payload.get("urgent") else max(1, per_minute - RESERVED)
            until = await asyncio.to_thread(self._full_until, delivery.kind, limit)
            if until is not None:
                return await self._postpone(delivery, until, self._sentence(sender.target, "queue", limit=per_minute))
        try:
            message = compose(delivery.payload, self._wording, self._public_url)
        except (KeyError, TypeError):
            return await self._fail(delivery, sender.target, Refused("payload"))
        return await self._attempt(delivery, sender.target, lambda: sender.send(message))

    async def call(self, delivery: Delivery, webhook: Webhook) -> Verdict:
        """An event for the operator's own system."""
        event_id, event = delivery.payload.get("id"), delivery.payload.get("body")
        if not isinstance(event_id, str) or not isinstance(event, dict):
            return await self._fail(delivery, delivery.kind, Refused("payload"))
        return await self._attempt(delivery, delivery.kind, lambda: webhook.send(event_id, event))

    async def refuse(self, delivery: Delivery) -> Verdict:
        """The target was taken out of the settings while this waited."""
        return await self._fail(delivery, delivery.channel, Refused("not_set_up"))

    async def _attempt(self, delivery: Delivery, target: str, send: Callable[[], Awaitable[None]]) -> Verdict:
        now = self._clock()
        if delivery.lease_until is not None and now + _LONGEST_SENDING > delivery.lease_until:
            # Those before it took so long that somebody else might take this one while it is on its way.
            return await self._postpone(delivery, delivery.next_at, None)
        try:
            await send()
        except Throttled as error:
            reason = self._sentence(target, error.reason, **error.values)
            return await self._postpone(delivery, self._clock() + error.pause, reason)
        except NotDelivered as error:
            return await self._fail(delivery, target, error)
        return await self._settling.sent(delivery)

    async def _fail(self, delivery: Delivery, target: str, error: NotDelivered) -> Verdict:
        reason = self._sentence(target, error.reason, **error.values)
        permanent, perhaps = isinstance(error, Refused), isinstance(error, NoAnswer)
        log.warning("delivery %d (%s) failed: %s", delivery.id, delivery.kind, reason)

        return await self._settling.failed(delivery, reason, permanent=permanent, perhaps_sent=perhaps)

    async def _postpone(self, delivery: Delivery, until: datetime, reason: str | None) -> Verdict:
        def mark(session: Session) -> Verdict:
            return "postponed" if outbox.postpone(session, delivery, until, reason) else "lost"

        return await written(self._database, mark)

    def _full_until(self, kind: str, limit: int) -> datetime | None:
        """When the next one may go; counted in the database, so that restarts and other workers count, too."""
        with self._database.read() as session:
            lately = sent_since(session, kind, self._clock() - MINUTE)
        return lately[-limit] + MINUTE if len(lately) >= limit else None

    def _sentence(self, target: str, reason: str, **values: object) -> str:
        return explain(self._wording, target, reason, **values)


def explain(wording: Wording, target: str, reason: str, **values: object) -> str:
    """What went wrong, and the remedy where the provider's code has one, for the operator."""
    name = wording.text(f"notifications.target.{target}")
    sentence = wording.text(f"notifications.error.{reason}", target=name, **values)
    try:
        return sentence + wording.text(f"notifications.remedy.{target}.{values.get('code')}")
    except UnknownWording:
        return sentence
