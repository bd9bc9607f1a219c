"""What the worker sends: leased rows of the outbox, each kind by its own sender."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping

from desk import outbox
from desk.clock import Clock
from desk.database import Database
from desk.errors import StoreError
from desk.outbox import Delivery

log = logging.getLogger(__name__)

BATCH = 20
Send = Callable[[Delivery], Awaitable[object]]


class Deliveries:
    """One tick: lease what is due, send it, write down what became of it."""

    def __init__(
        self, database: Database, clock: Clock, senders: Mapping[str, Send], close: Callable[[], Awaitable[None]]
    ) -> None:
        self._database = database
        self._clock = clock
        self._senders = dict(senders)
        self.close = close
        self._ticking = asyncio.Lock()

    async def tick(self) -> int:
        """How many rows were taken. A store in trouble ends the tick; the rows wait for the next."""
        async with self._ticking:
            return await self._tick()

    async def idle(self) -> None:
        """Until no tick is running."""
        async with self._ticking:
            return

    async def _tick(self) -> int:
        try:
            leased = await asyncio.to_thread(self._lease)
        except StoreError as error:
            log.warning("outbox not readable: %s", error)
            return 0
        lanes: defaultdict[int | None, list[Delivery]] = defaultdict(list)
        for delivery in leased:
            lanes[delivery.conversation_id].append(delivery)
        # Conversations side by side, the texts of one conversation one after the other.
        await asyncio.gather(*(self._in_order(lane) for lane in lanes.values()))
        return len(leased)

    def _lease(self) -> tuple[Delivery, ...]:
        with self._database.write() as session:
            return outbox.lease(session, limit=BATCH, now=self._clock())

    async def _in_order(self, lane: list[Delivery]) -> None:
        for delivery in lane:
            await self._send(delivery)

    async def _send(self, delivery: Delivery) -> None:
        sender = self._senders.get(delivery.kind)
        try:
            if sender is None:
                await asyncio.to_thread(self._refuse, delivery)
            else:
                await sender(delivery)
        except StoreError as error:
            log.warning("delivery %s: result not recorded, the lease will run out: %s", delivery.id, error)

    def _refuse(self, delivery: Delivery) -> None:
        with self._database.write() as session:
            reason = f"nobody sends {delivery.kind!r}"
            outbox.mark_failed(session, delivery, reason, permanent=True, now=self._clock())
