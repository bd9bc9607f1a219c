"""What became of a leased row, written down: forgetting it would send the text twice."""

from __future__ import annotations

from collections.abc import Callable

from desk import outbox
from desk.clock import Clock
from desk.database import Database
from desk.outbox import Delivery
from desk.session import Session
from gateway.channels.channel import Verdict
from gateway.patience import written


class Settling:
    """For senders. Every method raises StoreError when the result cannot be recorded."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def sent(self, delivery: Delivery) -> Verdict:
        """The other side has taken it."""
        return await self.record(
            lambda session: "sent" if outbox.mark_sent(session, delivery, now=self._clock()) else "lost"
        )

    async def parked(self, delivery: Delivery, reason: str) -> Verdict:
        """Waits for the person's next message."""
        return await self.record(lambda session: "parked" if outbox.park(session, delivery, reason) else "lost")

    async def failed(
        self, delivery: Delivery, reason: str, *, permanent: bool = False, perhaps_sent: bool = False
    ) -> Verdict:
        """Refused for good, or to be tried again after a pause."""

        def mark(session: Session) -> Verdict:
            status = outbox.mark_failed(
                session, delivery, reason, permanent=permanent, perhaps_sent=perhaps_sent, now=self._clock()
            )
            if status is None:
                return "lost"
            return "again" if status == "pending" else "failed" if status == "failed" else "parked"

        return await self.record(mark)

    async def record(self, mark: Callable[[Session], Verdict]) -> Verdict:
        """One transaction; a busy database is asked again."""
        return await written(self._database, mark)
