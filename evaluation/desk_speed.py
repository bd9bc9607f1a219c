"""What an open console and the timers cost beside a full desk, in milliseconds of processor time.

`.venv/bin/python -m evaluation.desk_speed`

600 open tickets of as many people on SQLite, one agent signed in. Each figure is the median of many goes of the real
code, without a network: the clocks of 100 tickets (before the projection has stored them, and after it), one round of
all timers when nothing is due, a page of the queue, and one look of the two event streams when nothing has happened.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.testclient import TestClient

from desk import agents, conversations, messages, sla, tickets
from desk.calendar import WorkingHours, statutory_days
from desk.clock import FixedClock
from desk.database import Database
from desk.tickets import TicketDraft
from evaluation.report import foot, surroundings, table, write
from gateway.console import mount
from gateway.console.fakes import FakeServices
from gateway.console.live.desk import DeskWatch
from gateway.console.live.ticket import TicketWatch
from gateway.console.session import COOKIE
from gateway.timers.schedule import EVERY
from gateway.timers.timed_desk import TimedDesk

TICKETS, CLOCKS, GOES = 600, 100, 30
PASSWORD = "desk-speed-2026"  # noqa: S105 - of an agent in a temporary database
MONDAY = datetime(2026, 11, 23, 3, tzinfo=timezone.utc)  # 11:00 in Beijing


class Desk:
    """An empty database, and the console on it."""

    def __init__(self, folder: Path) -> None:
        self.clock = FixedClock(MONDAY)
        self.db = Database(f"sqlite:///{folder / 'desk.db'}").open()
        self.db.migrate()
        self.services = FakeServices(self.db, self.clock, hours=WorkingHours(table=statutory_days()))
        self.timed = TimedDesk(
            self.db, self.clock, self.services.hours, self.services.wording, self.services.rules, "secret",
            self.services.channels,
        )  # fmt: skip
        self.app = FastAPI()
        self.app.state.services = self.services
        mount(self.app)
        agents.create(self.db, "li", PASSWORD, name="李强", role="lead", now=MONDAY)
        self.token = agents.login(self.db, "li", PASSWORD, now=MONDAY).token

    def filled(self) -> str:
        """From now on there are `TICKETS` open tickets; the number of one."""
        now = self.clock()
        with self.db.write() as session:
            for n in range(TICKETS):
                talk = conversations.open_for(session, "web", f"visitor-{n}", now=now)
                messages.record_inbound(session, talk.id, f"m-{n}", "导入报错", now=now)
                draft = TicketDraft("import_export", "P3", f"导入报错 {n}", reason="request")
                opened = tickets.open_ticket(
                    session, draft, key=f"k-{n}", contact_id=talk.contact_id, conversation_id=talk.id, now=now
                )
        return opened.ticket.number

    def clocks(self) -> object:
        with self.db.read() as session:
            ids = range(1, CLOCKS + 1)
            return sla.clocks(session, list(ids), self.services.rules.sla, self.services.hours, self.clock())

    def timers(self) -> None:
        self.clock.advance(timedelta(seconds=3))
        for look in EVERY:
            look(self.timed)

    def page(self) -> Callable[[], object]:
        browser = TestClient(self.app)
        browser.cookies.set(COOKIE, self.token, path="/console")
        return lambda: browser.get("/console").raise_for_status()

    def streams(self, number: str) -> tuple[DeskWatch, TicketWatch]:
        where = {"path": "/console", "query_string": b"", "server": ("127.0.0.1", 80), "scheme": "http"}
        request = Request({"type": "http", "app": self.app, "headers": [], **where})
        ticket = TicketWatch(request, self.services, self.token, number, after=0)
        return DeskWatch(self.services, self.token), ticket


def cost(work: Callable[[], object], goes: int = GOES) -> float:
    """The median of so many, in milliseconds of processor time of the whole process; the first one is not counted."""
    took = []
    for _ in range(goes + 1):
        began = process_time()
        work()
        took.append(process_time() - began)
    return round(median(took[1:]) * 1000, 2)


def measure() -> dict[str, Any]:
    """All of it, on one desk."""
    with tempfile.TemporaryDirectory(prefix="gongda-desk-speed-") as folder:
        desk = Desk(Path(folder))
        try:
            return {"surroundings": surroundings(), "tickets": TICKETS, "cpu_ms": _costs(desk)}
        finally:
            desk.db.close()


def _costs(desk: Desk) -> dict[str, float]:
    costs = {"one round of all timers, no tickets": cost(desk.timers)}
    number = desk.filled()
    costs[f"clocks of {CLOCKS} tickets, not stored yet"] = cost(desk.clocks)
    for _ in range(20):
        desk.timers()  # what is due is done
    costs[f"clocks of {CLOCKS} tickets, stored"] = cost(desk.clocks)
    costs["one round of all timers, nothing due"] = cost(desk.timers)
    costs["a page of the queue"] = cost(desk.page())
    queue, ticket = desk.streams(number)
    costs["one look of the queue's stream, no news"] = cost(queue.look, 300)
    costs["one look of a ticket's stream, no news"] = cost(ticket.look, 300)
    return costs


def markdown(data: dict[str, Any]) -> str:
    """For people."""
    rows = list(data["cpu_ms"].items())
    return f"# 坐席台的开销：{data['tickets']} 张未结工单\n\n" + table(["", "CPU 毫秒"], rows) + foot(data)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    wanted = parser.parse_args(arguments)
    data = measure()
    print(markdown(data))
    print(write(wanted.out, "desk-speed", data, markdown(data)))


if __name__ == "__main__":
    main()
