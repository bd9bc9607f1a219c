"""The worker is dead for three hours, comes back as two, and is killed again and again: is everything told once?

`.venv/bin/python -m evaluation.desk_outage --tickets 200 --kills 10`

Real worker processes on a real database, with a clock that is moved (`GONGDA_DEV_CLOCK`) and a robot that listens.
What a worker that never dies records on a copy of the same morning says what should have been recorded.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import uvicorn

from desk import agents, contacts, sla, tickets
from desk.calendar import WorkingHours, statutory_days
from desk.clock import FixedClock
from desk.database import Database
from desk.tickets import TicketDraft
from evaluation.engine_models import ROOT
from evaluation.report import foot, surroundings, table, write
from gateway.channels.known import all_channels
from gateway.notifications.fakes import FakeWeCom
from gateway.notifications.routes import Routes
from gateway.rules import ServiceRules
from gateway.timers.schedule import EVERY
from gateway.timers.timed_desk import TimedDesk
from gateway.wording import Wording

SEED = 6
MORNING = datetime.fromisoformat("2026-11-23T08:30:00+08:00")
DIES, RETURNS = timedelta(hours=2, minutes=35), timedelta(hours=5, minutes=35)  # 11:05 and 14:05
PATIENCE = 240.0  # seconds for the two workers to catch up, kills included


@dataclass
class Counted:
    """What a database holds in the end."""

    marks: Counter[tuple[int, str, str]]
    events: Counter[tuple[int, str, str]]
    notices: Counter[str]
    sent: int
    ambiguous: int
    left: int  # rows of the outbox that are neither sent nor given up


def fill(db: Database, number: int, rng: random.Random) -> None:
    """A morning's tickets, some answered, some waiting for the customer, some solved."""
    for login, role, tier in (
        ("l1", "agent", "L1"),
        ("l2", "agent", "L2"),
        ("l3", "agent", "L3"),
        ("lead", "lead", "L2"),
    ):
        made = agents.create(db, login, "outage-2026-pass", name=login, role=role, now=MORNING)  # type: ignore[arg-type]
        with db.write() as session:
            agents.profile(session, made.id, tier=tier)
    for index in range(number):
        at = MORNING + timedelta(seconds=rng.randrange(int(timedelta(hours=2, minutes=30).total_seconds())))
        with db.write() as session:
            person = contacts.for_identity(session, "api", f"person-{index}", now=at)
            draft = TicketDraft(
                category=rng.choice(["crash", "report", "login", "howto", "data_loss"]),
                priority=rng.choices(["P1", "P2", "P3", "P4"], [1, 3, 5, 3])[0],
                summary=f"outage {index}",
                handoff=False,
            )
            opened = tickets.open_ticket(session, draft, key=f"outage-{index}", contact_id=person.id, now=at).ticket
            _history(session, opened.number, at, rng)


def _history(session: Any, ticket: str, at: datetime, rng: random.Random) -> None:
    fate = rng.random()
    if fate < 0.4:
        return  # nobody has looked at it
    tickets.assign(session, ticket, 1, by="agent:1", now=at + timedelta(minutes=2))
    tickets.reply(session, ticket, by="agent:1", now=at + timedelta(minutes=3))
    if fate < 0.6:
        tickets.move(session, ticket, "waiting", by="agent:1", now=at + timedelta(minutes=4))
    elif fate < 0.75:
        tickets.resolve(session, ticket, solution="done", by="agent:1", now=at + timedelta(minutes=20))


def undying(db: Database, until: datetime) -> None:
    """What should be recorded: every timer looks every simulated minute, in this process."""
    clock = FixedClock(MORNING)
    hours = WorkingHours(table=statutory_days())
    rules = ServiceRules(routes=Routes.default(["wecom"]))
    said = Wording.load()
    desk = TimedDesk(db, clock, hours, said, rules, "secret", all_channels(said, pushes=False))
    while clock() < until:
        clock.advance(timedelta(minutes=1))
        for look in EVERY:
            look(desk)


def count(data: Path) -> Counted:
    """The clocks' marks, their events, and what was to be told about them, as they stand in the file."""
    with closing(sqlite3.connect(f"file:{data}?mode=ro", uri=True)) as db:
        until = (MORNING + RETURNS).astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f")
        # Time goes on while they catch up: what is due after their return is not compared.
        marks = db.execute("SELECT ticket_id, kind, mark FROM sla_marks WHERE due_at <= ?", (until,)).fetchall()
        events = db.execute(
            "SELECT ticket_id, json_extract(detail, '$.clock'), substr(kind, 5) FROM ticket_events "
            "WHERE kind LIKE 'sla_%'"
        ).fetchall()
        rows = db.execute("SELECT dedupe_key, status, ambiguous FROM outbox WHERE kind = 'staff_wecom'").fetchall()
    notices = Counter(key for key, _, _ in rows if ":sla:" in key)
    sent = sum(status == "sent" for _, status, _ in rows)
    left = sum(status in ("pending", "leased") for _, status, _ in rows)
    return Counted(Counter(marks), Counter(events), notices, sent, sum(row[2] for row in rows), left)


def measure(number: int, kills: int) -> dict[str, Any]:
    """One morning, one outage."""
    rng = random.Random(SEED)  # noqa: S311 - the same morning every time
    with tempfile.TemporaryDirectory() as folder, listening() as (robot, url):
        data = Path(folder)
        db = Database(f"sqlite:///{data / 'desk.db'}").open()
        db.migrate()
        fill(db, number, rng)
        db.close()
        shutil.copyfile(data / "desk.db", data / "undying.db")
        undying(Database(f"sqlite:///{data / 'undying.db'}").open(), MORNING + RETURNS)
        expected = count(data / "undying.db")
        killed, seconds, moved = _outage(data, url, kills, rng)
        found = count(data / "desk.db")
        texts = Counter(robot.texts())
    return {
        "surroundings": surroundings(),
        "tickets": number,
        "kills": killed,
        "seconds": round(seconds, 1),
        "simulated_minutes_after_return": moved,
        "marks_expected": len(expected.marks),
        "marks": len(found.marks),
        "marks_missing": len(expected.marks - found.marks),
        "marks_too_many": len(found.marks - expected.marks),
        "events_twice": sum(times > 1 for times in found.events.values()),
        "marks_without_event": len(found.marks - found.events),
        "notices": len(found.notices),
        "notices_twice": sum(times > 1 for times in found.notices.values()),
        "marks_without_notice": max(0, len(found.marks) - len(found.notices)),
        "outbox_left": found.left,
        "sent": found.sent,
        "arrived": sum(texts.values()),
        "arrived_twice": sum(times - 1 for times in texts.values()),
        "ambiguous": found.ambiguous,
    }


def _outage(data: Path, url: str, kills: int, rng: random.Random) -> tuple[int, float, int]:
    """Until everything is caught up; how many kills, how long, and how many minutes the clock was moved on for the
    robot, which takes twenty messages a minute."""
    clock = data / "clock"
    environment = {**os.environ, "GONGDA_DATA": str(data), "GONGDA_DEV_CLOCK": str(clock), "GONGDA_WECOM_ROBOT": url}
    _set(clock, MORNING + DIES)
    first = _worker(data, environment)
    time.sleep(20)
    first.kill()
    first.wait()
    _set(clock, MORNING + RETURNS)
    began, killed, moved = time.monotonic(), 0, 0
    workers = [_worker(data, environment), _worker(data, environment)]
    try:
        while time.monotonic() - began < PATIENCE and (killed < kills or not _settled(data)):
            time.sleep(rng.uniform(1.0, 4.0))
            if killed < kills:
                index = rng.randrange(2)
                workers[index].kill()
                workers[index].wait()
                workers[index] = _worker(data, environment)
                killed += 1
            else:
                moved += 1  # leases of the dead run out, and the robot's minute goes by
                _set(clock, MORNING + RETURNS + timedelta(minutes=moved))
        return killed, time.monotonic() - began, moved
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


def _settled(data: Path) -> bool:
    """Nothing is due as of the outage's end, and nothing waits to be sent."""
    db = Database(f"sqlite:///{data / 'desk.db'}").open()
    try:
        with db.read() as session:
            due = sla.due_tickets(session, now=MORNING + RETURNS)
        return not due and not count(data / "desk.db").left
    finally:
        db.close()


def _set(clock: Path, moment: datetime) -> None:
    partial = clock.with_suffix(".partial")
    partial.write_text(moment.isoformat(), encoding="utf-8")
    partial.replace(clock)


def _worker(data: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    with (data / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "gongda", "worker"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )


@contextmanager
def listening() -> Iterator[tuple[FakeWeCom, str]]:
    """A robot on a real port; it does not mind how many messages come in a minute of the machine's."""
    robot = FakeWeCom(lambda: datetime.now().astimezone())
    robot._too_many = lambda: False  # type: ignore[method-assign]
    server = uvicorn.Server(uvicorn.Config(robot.app, host="127.0.0.1", port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield robot, f"http://127.0.0.1:{port}{robot.path}?key={robot.key}"
    finally:
        server.should_exit = True
        thread.join(timeout=5)


def markdown(data: dict[str, Any]) -> str:
    """For people."""
    shown = [(name, value) for name, value in data.items() if name != "surroundings"]
    return "# 后台停三小时、回来两个、再杀\n\n" + table(["", ""], shown) + foot(data)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=200)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--out", type=Path)
    wanted = parser.parse_args(arguments)
    data = measure(wanted.tickets, wanted.kills)
    print(markdown(data))
    print(write(wanted.out, "desk-outage", data, markdown(data)))


if __name__ == "__main__":
    main()
