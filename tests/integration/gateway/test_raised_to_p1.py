"""What becomes a P1 later wakes the same people as one that is opened as a P1: once for each time it becomes one."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from contract.decisions import Complaint, Handoff
from desk import agents, outbox, tickets
from desk.clock import FixedClock
from desk.database import Database
from gateway.channels.known import all_channels
from gateway.notifications.routes import Routes
from gateway.rules import ServiceRules
from gateway.timers import TimedDesk
from gateway.timers.routing import routing
from gateway.wording import Wording
from tests.integration.desk.routing.routing_world import HOURS, Desk, moment
from tests.integration.gateway.turn_world import HANDOFF, World

RULES = ServiceRules(routes=Routes.default(["wecom"]))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    db = Database(f"sqlite:///{tmp_path}/desk.db").open()
    db.migrate()
    yield Desk(db, FixedClock(moment("mo 10:00")))
    db.close()


@pytest.fixture
def timed(desk: Desk) -> TimedDesk:
    said = Wording.load()
    return TimedDesk(desk.db, desk.clock, HOURS, said, RULES, secret="", channels=all_channels(said, pushes=False))


def told(db: Database, clock: FixedClock, event: str = "p1_opened") -> list[dict[str, Any]]:
    with db.write() as session:
        leased = outbox.lease(session, limit=100, now=clock())
    return [dict(one.payload) for one in leased if one.payload.get("event") == event]


def becomes(desk: Desk, number: str, priority: str) -> None:
    with desk.db.write() as session:
        tickets.change(session, number, priority=priority, by="agent:1", now=desk.clock())


def test_the_group_is_paged_once_for_a_ticket_that_its_agent_makes_a_p1(desk: Desk, timed: TimedDesk) -> None:
    desk.hire("安宁")
    desk.hire("白露", fast=True)
    number = desk.ticket(of="安宁", status="in_progress")
    assert routing(timed) == 0
    becomes(desk, number, "P1")

    assert [routing(timed), routing(timed)] == [1, 0]

    (notice,) = told(desk.db, desk.clock)
    assert (notice["title"], notice["urgent"]) == (f"工单 {number} 升为 P1，请立即处理", True)
    assert notice["lines"][-1] == "分派：已升为 P1，仍由安宁负责，已叫醒快速响应的人"
    assert {one["name"] for one in notice["people"]} == {"安宁", "白露"}
    assert desk.of(number).assignee_id == desk.id_of("安宁")


def test_two_workers_page_once(desk: Desk, timed: TimedDesk) -> None:
    desk.hire("安宁")
    desk.hire("白露", fast=True)
    number = desk.ticket(of="安宁", status="in_progress")
    becomes(desk, number, "P1")

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(lambda _: routing(timed), range(2))) == 1

    assert len(told(desk.db, desk.clock)) == 1


def test_lowered_by_mistake_and_raised_again_it_is_a_p1_again(desk: Desk, timed: TimedDesk) -> None:
    desk.hire("安宁")
    desk.hire("白露", fast=True)
    number = desk.ticket(of="安宁", status="in_progress")
    for priority in ("P1", "P3", "P1"):
        becomes(desk, number, priority)
        routing(timed)
    assert len(told(desk.db, desk.clock)) == 2


def test_handed_on_it_wakes_nobody_a_second_time(desk: Desk, timed: TimedDesk) -> None:
    desk.hire("安宁")
    desk.hire("白露", fast=True)
    number = desk.ticket(of="安宁", status="in_progress")
    becomes(desk, number, "P1")
    routing(timed)
    with desk.db.write() as session:
        tickets.assign(session, number, desk.id_of("白露"), by="agent:1", reason="转给白露", now=desk.clock())

    assert routing(timed) == 0
    assert len(told(desk.db, desk.clock)) == 1


async def fast_response(world: World) -> None:
    """A team of a lead and a fast-response group; one colleague has the ticket."""
    for login, name, role in (("lead", "王组长", "lead"), ("fast", "白露", "agent")):
        made = world.agent(login, name, role, online=True)  # type: ignore[arg-type]
        with world.db.write() as session:
            agents.profile(session, made.id, fast_response=login == "fast")
    world.rules = RULES
    world.restart()


async def test_an_emergency_told_while_somebody_waits_pages_in_the_same_turn(turns_world: World) -> None:
    await fast_response(turns_world)
    turns_world.says(HANDOFF)
    await turns_world.say("转人工")
    assert told(turns_world.db, turns_world.clock) == []

    turns_world.says(Handoff("emergency", "crash", "P1", "全公司都登录不了"))
    await turns_world.say("全公司都登录不了")

    (notice,) = told(turns_world.db, turns_world.clock)
    assert "白露" in {one["name"] for one in notice["people"]}


async def test_a_complaint_while_somebody_waits_is_told_once_and_raises_the_ticket(turns_world: World) -> None:
    await fast_response(turns_world)
    turns_world.says(HANDOFF)
    await turns_world.say("转人工")
    turns_world.says(Complaint("全公司数据丢了，我要投诉", category="data_loss", priority="P1"))

    for _ in range(2):
        await turns_world.say("全公司数据丢了，我要投诉")

    (ticket,) = turns_world.tickets()
    assert (ticket.priority, turns_world.conversation().state) == ("P1", "waiting")
    with turns_world.db.write() as session:
        leased = outbox.lease(session, limit=100, now=turns_world.clock())
    events = [one.payload["event"] for one in leased]
    assert (events.count("complaint"), events.count("p1_opened")) == (1, 1)


async def test_a_complaint_that_is_a_p1_pages_the_group_and_tells_the_leads(turns_world: World) -> None:
    await fast_response(turns_world)
    turns_world.says(Complaint("全公司数据丢了，我要投诉", category="data_loss", priority="P1"))

    await turns_world.say("全公司数据丢了，我要投诉")

    with turns_world.db.write() as session:
        leased = outbox.lease(session, limit=100, now=turns_world.clock())
    by_event = {one.payload["event"]: {person["name"] for person in one.payload["people"]} for one in leased}
    assert "白露" in by_event["p1_opened"]
    assert "王组长" in by_event["complaint"]
