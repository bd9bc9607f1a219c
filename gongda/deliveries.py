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

BATCH = 20  # of each kind's lane, one after the other, within the minute that they are leased
CUSTOMERS = 60  # texts to customers, side by side
Send = Callable[[Delivery], Awaitable[object]]


class Deliveries:
    """One tick: lease what is due, send it, write down what became of it, until less is due than can be sent at once.

    What goes to customers is sent within the tick. Each other kind (a robot, the mail server, a webhook) has a lane of
    its own that goes on behind it, so that one that hangs holds up nobody else.
    """

    def __init__(
        self, database: Database, clock: Clock, senders: Mapping[str, Send], close: Callable[[], Awaitable[None]]
    ) -> None:
        self._database = database
        self._clock = clock
        self._senders = dict(senders)
        self.close = close
        self._ticking = asyncio.Lock()
        self._lanes: dict[str, asyncio.Task[None]] = {}  # by kind, while there is something in it
        self._finishing = False

    async def tick(self) -> int:
        """How many rows were taken. A store in trouble ends the tick; the rows wait for the next."""
        async with self._ticking:
            taken, more = 0, True
            while more and not self._finishing:
                leased = await self._tick()
                taken += len(leased)
                more = sum(row.conversation_id is not None for row in leased) == CUSTOMERS
            return taken

    async def idle(self) -> None:
        """Until no tick is running, and nothing is on its way."""
        async with self._ticking:
            await asyncio.gather(*self._lanes.values(), return_exceptions=True)

    async def finish(self) -> None:
        """As `idle`, but only what is on its way already is sent; the rest goes back to be sent by the next worker."""
        self._finishing = True
        await self.idle()

    async def _tick(self) -> tuple[Delivery, ...]:
        try:
            leased = await asyncio.to_thread(self._lease)
        except StoreError as error:
            log.warning("outbox not readable: %s", error)
            return ()
        conversations: defaultdict[int, list[Delivery]] = defaultdict(list)
        kinds: defaultdict[str, list[Delivery]] = defaultdict(list)
        for delivery in leased:
            if delivery.conversation_id is None:
                kinds[delivery.kind].append(delivery)
            else:
                conversations[delivery.conversation_id].append(delivery)
        for kind, rows in kinds.items():
            self._lanes[kind] = asyncio.create_task(self._behind(kind, rows))
        # Conversations side by side, the texts of one conversation one after the other.
        await asyncio.gather(*(self._in_order(rows) for rows in conversations.values()))
        return leased

    async def _behind(self, kind: str, rows: list[Delivery]) -> None:
        try:
            await self._in_order(rows)
        except Exception:
            log.exception("the lane of %s ended; its rows come again when their lease has run out", kind)
        finally:
            del self._lanes[kind]

    def _lease(self) -> tuple[Delivery, ...]:
        with self._database.write() as session:
            now = self._clock()
            customers = outbox.lease(session, limit=CUSTOMERS, to="customers", now=now)
            return customers + outbox.lease(session, limit=BATCH, but=tuple(self._lanes), to="others", now=now)

    async def _in_order(self, lane: list[Delivery]) -> None:
        for delivery in lane:
            await (self._put_back(delivery) if self._finishing else self._send(delivery))

    async def _send(self, delivery: Delivery) -> None:
        sender = self._senders.get(delivery.kind)
        try:
            if sender is None:
                await asyncio.to_thread(self._refuse, delivery)
            else:
                await sender(delivery)
        except StoreError as error:
            log.warning("delivery %s: result not recorded, the lease will run out: %s", delivery.id, error)
        except Exception:  # of one row; the others are on their way
            log.exception("delivery %s: no result, the lease will run out", delivery.id)

    def _refuse(self, delivery: Delivery) -> None:
        with self._database.write() as session:
            reason = f"nobody sends {delivery.kind!r}"
            outbox.mark_failed(session, delivery, reason, permanent=True, now=self._clock())

    async def _put_back(self, delivery: Delivery) -> None:
        try:
            await asyncio.to_thread(self._postpone, delivery)
        except StoreError as error:
            log.warning("delivery %s: not put back, the lease will run out: %s", delivery.id, error)

    def _postpone(self, delivery: Delivery) -> None:
        with self._database.write() as session:
            outbox.postpone(session, delivery, delivery.next_at)  # keeps its place among the others
