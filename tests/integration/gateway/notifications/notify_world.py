"""A desk with an outbox, the notifier, and the fakes of everybody who is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import httpx2
from fastapi import FastAPI

from desk import outbox, sending
from desk.clock import FixedClock
from desk.database import Database
from desk.outbox import Delivery
from gateway.notifications.routes import Routes
from gateway.notifications.sending import Notifier
from gateway.notifications.staff import StaffNotice, tell
from gateway.wording import Wording
from tests.integration.gateway.turn_world import migrated

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)  # a Monday, 10:00 in Beijing
WORDING = Wording.load()
EVERYWHERE = Routes.default(("wecom", "dingtalk", "feishu", "email"))


@dataclass
class Desk:
    """`told` records notices, `leased` takes what is due, `state` is what became of everything."""

    db: Database
    clock: FixedClock

    @property
    def notifier(self) -> Notifier:
        return Notifier(self.db, self.clock, WORDING, "https://kf.example")

    def told(self, notice: StaffNotice, routes: Routes = EVERYWHERE) -> int:
        with self.db.write() as session:
            return tell(session, notice, routes, now=self.clock())

    def leased(self, limit: int = 50) -> tuple[Delivery, ...]:
        with self.db.write() as session:
            return outbox.lease(session, limit=limit, now=self.clock())

    def all(self) -> tuple[Delivery, ...]:
        with self.db.read() as session:
            return tuple(reversed(sending.listing(session, dismissed=None, limit=500)))

    def states(self) -> list[str]:
        return [one.status for one in self.all()]

    def error(self) -> str:
        """Of the oldest row."""
        return self.all()[0].last_error or ""


@contextmanager
def a_desk(folder: Path) -> Iterator[Desk]:
    migrated(folder / "desk.db")
    db = Database(f"sqlite:///{folder / 'desk.db'}").open()
    try:
        yield Desk(db, FixedClock(NOW))
    finally:
        db.close()


def reaching(app: FastAPI) -> httpx2.AsyncClient:
    """A client that reaches one fake, whatever the address."""
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), follow_redirects=False)


def failing(error: type[httpx2.RequestError]) -> httpx2.AsyncClient:
    """A client of a network that does not work."""

    def fail(request: httpx2.Request) -> httpx2.Response:
        raise error("no", request=request)

    return httpx2.AsyncClient(transport=httpx2.MockTransport(fail))
