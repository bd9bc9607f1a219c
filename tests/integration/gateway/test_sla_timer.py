from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest

from desk import conversations, outbox, tickets
from desk.calendar import WorkingHours, statutory_days
from desk.clock import FixedClock
from desk.database import Database
from desk.outbox import Delivery
from desk.tables import AgentRow
from desk.tickets import TicketDraft
from gateway.channels.known import all_channels
from gateway.notifications.routes import Routes
from gateway.rules import ServiceRules
from gateway.timers import TimedDesk
from gateway.timers.sla import sla
from gateway.wording import Wording

HOURS = WorkingHours(table=statutory_days())
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TEAM = (("安宁", "agent", "L1"), ("白露", "agent", "L2"), ("陈工", "agent", "L3"), ("组长", "lead", "L1"))


class Timed:
    """A desk with a team, and the timer."""

    def __init__(self, db: Database) -> None:
        self.db, self.clock = db, FixedClock(MONDAY)
        self.desk = TimedDesk(
            db,
            self.clock,
            HOURS,
            Wording.load(),
            ServiceRules(routes=Routes.default(["wecom"])),
            secret="",
            channels=all_channels(Wording.load(), pushes=False),
        )
        with db.write() as session:
            for name, role, tier in TEAM:
                session.add(
                    AgentRow(login=name, name=name, role=role, tier=tier, password_hash="-", created_at=self.clock())
                )
            self.contact = conversations.open_for(session, "web", "visitor", now=self.clock()).contact_id

    def ticket(self, priority: str = "P3", of: int | None = None, key: str = "key") -> str:
        draft = TicketDraft("other", priority, "报表打不开", handoff=False)
        with self.db.write() as session:
            opened = tickets.open_ticket(session, draft, key=key, contact_id=self.contact, now=self.clock())
            if of is not None:
                tickets.assign(session, opened.ticket.number, of, by="system", now=self.clock())
        return opened.ticket.number

    def told(self) -> list[Delivery]:
        with self.db.write() as session:
            return list(outbox.lease(session, limit=1000, now=self.clock() + timedelta(days=2)))

    def kinds(self, number: str) -> Counter[str]:
        with self.db.read() as session:
            return Counter(event.kind for event in tickets.events(session, number))


@pytest.fixture
def timed(gateway_template: Path, tmp_path: Path) -> Iterator[Timed]:
    (tmp_path / "desk.db").write_bytes(gateway_template.read_bytes())
    db = Database(f"sqlite:///{tmp_path}/desk.db").open()
    yield Timed(db)
    db.close()


def people(delivery: Delivery) -> list[str]:
    return [one["name"] for one in delivery.payload["people"]]


def test_a_warning_goes_to_the_one_who_has_the_ticket(timed: Timed) -> None:
    number = timed.ticket(of=1)
    timed.clock.advance(timedelta(minutes=48))

    assert sla(timed.desk) == 1

    (notice,) = timed.told()
    assert notice.payload["event"] == "sla_warned"
    assert notice.payload["title"] == f"{number} 的首次响应快到时限"
    assert notice.payload["lines"] == [
        "P3 · L1 · 报表打不开",
        "时限：11月23日（周一）11:00（承诺 1 小时）",
        "负责人：安宁",
    ]
    assert people(notice) == ["安宁"]


def test_a_warning_about_nobodys_ticket_goes_to_those_who_lead(timed: Timed) -> None:
    timed.ticket()
    timed.clock.advance(timedelta(minutes=48))
    sla(timed.desk)
    (notice,) = timed.told()
    assert people(notice) == ["组长"]
    assert "还没有人接手" in notice.payload["lines"]


def test_an_escalation_goes_to_the_new_tier_and_a_breach_to_those_who_lead(timed: Timed) -> None:
    number = timed.ticket("P1", of=1)
    timed.clock.advance(timedelta(minutes=15))

    assert sla(timed.desk) == 3

    found = {one.payload["event"]: one for one in timed.told()}
    assert people(found["sla_escalated"]) == ["白露", "组长"]
    assert found["sla_escalated"].payload["title"] == f"{number} 的首次响应超过目标，已升级到 L2"
    assert people(found["sla_breached"]) == ["组长"]
    assert found["sla_breached"].payload["title"] == f"{number} 的首次响应承诺已超时"
    assert found["sla_breached"].payload["urgent"]
    assert "应在 11月23日（周一）10:12 达到，现在补记" in found["sla_warned"].payload["lines"]


def test_a_worker_dead_for_three_hours_and_started_twice_tells_everything_once(timed: Timed) -> None:
    numbers = [timed.ticket("P1", of=1, key=f"key-{index}") for index in range(8)]
    sla(timed.desk)
    timed.clock.advance(timedelta(hours=3, minutes=30))
    barrier = Barrier(2)

    def worker(_: int) -> int:
        barrier.wait()
        return sum(sla(timed.desk) for _ in range(4))

    with ThreadPoolExecutor(2) as pool:
        done = sum(pool.map(worker, range(2)))

    assert done == 8 * 4  # first response: warned, escalated, breached; resolution: warned at 13:12
    notices = timed.told()
    assert Counter(one.payload["event"] for one in notices) == {
        "sla_warned": 16,
        "sla_escalated": 8,
        "sla_breached": 8,
    }
    assert len({one.dedupe_key for one in notices}) == len(notices)
    for number in numbers:
        assert timed.kinds(number) == {
            "opened": 1,
            "assigned": 1,
            "sla_warned": 2,
            "sla_escalated": 1,
            "sla_breached": 1,
        }


def test_nothing_is_told_when_nothing_is_due(timed: Timed) -> None:
    timed.ticket()
    assert sla(timed.desk) == 0
    assert timed.told() == []


def test_every_mark_and_clock_has_its_words() -> None:
    wording = Wording.load()
    for key in ("warned", "escalated", "escalated_top", "breached"):
        assert wording.text(f"sla.{key}", number="GD", clock="解决", tier="L3")
    for kind in ("first_response", "resolution", "plan"):
        assert wording.text(f"sla.clock.{kind}")
