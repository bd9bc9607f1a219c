"""Sends what was recorded for people who are reached by an API, as long as it allows."""

from __future__ import annotations

import asyncio

from desk import windows
from desk.clock import Clock
from desk.database import Database
from desk.outbox import Delivery
from desk.windows import Spent
from gateway.channels.channel import Verdict, kind_of
from gateway.channels.pull.errors import NotNow, Refused, Unavailable
from gateway.channels.pull.source import Source
from gateway.settling import Settling

NOTHING_LEFT = "the allowance of the person's last message is used up; their next message brings it"


class PullSender:
    """One channel's."""

    def __init__(self, name: str, source: Source, database: Database, clock: Clock) -> None:
        self.kinds = (kind_of(name),)
        self._name = name
        self._source = source
        self._database = database
        self._clock = clock
        self._settling = Settling(database, clock)

    async def send(self, delivery: Delivery) -> Verdict:
        """One text, out of the allowance. Raises StoreError."""
        to, text = str(delivery.payload.get("to", "")), str(delivery.payload.get("text", ""))
        spent = await asyncio.to_thread(self._spend, to)
        if spent is None:
            return await self._settling.parked(delivery, NOTHING_LEFT)
        try:
            await self._source.send(to, text, f"gongda-{delivery.id}")
        except NotNow as error:
            return await self._settling.parked(delivery, str(error))
        except Refused as error:
            await asyncio.to_thread(self._give_back, spent)
            return await self._settling.failed(delivery, str(error), permanent=True)
        except Unavailable as error:
            await asyncio.to_thread(self._give_back, spent)
            return await self._settling.failed(delivery, str(error), perhaps_sent=True)
        return await self._settling.sent(delivery)

    def _spend(self, to: str) -> Spent | None:
        with self._database.write() as session:
            return windows.spend(session, self._name, to, now=self._clock())

    def _give_back(self, spent: Spent) -> None:
        with self._database.write() as session:
            windows.give_back(session, spent)
