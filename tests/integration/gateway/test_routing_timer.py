from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from desk import agents, outbox, tickets
from desk.clock import FixedClock
from desk.database import Database
from desk.outbox import Delivery
from desk.tables import TicketRow
from gateway.care.dispatching import assign_now
from gateway.channels.known import all_channels
from gateway.notifications.routes import Routes
from gateway.rules import ServiceRules
from gateway.timers import TimedDesk
from gateway.timers.routing import routing
from gateway.wording import Wording
from tests.integration.desk.routing.routing_world import HOURS, Desk, moment

RULES = ServiceRules(routes=Routes.default(["wecom"]))


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(moment("mo 10:00"))


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock) -> Iterator[Desk]:
    db = Database(f"sqlite:///{tmp_path}/desk.db").open()
    db.migrate()
    yield Desk(db, clock)
    db.close()


@pytest.fixture
def timed(desk: Desk, clock: FixedClock) -> TimedDesk:
    said = Wording.load()
    return TimedDesk(desk.db, clock, HOURS, said, RULES, secret="", channels=all_channels(said, pushes=False))


def told(desk: Desk) -> list[Delivery]:
    with desk.db.write() as session:
        return list(outbox.lease(session, limit=100, now=desk.clock() + timedelta(days=2)))


def fail_after_assigning(desk: Desk, number: str) -> None:
    with desk.db.write() as session:
        assign_now(session, number, rules=RULES, hours=HOURS, wording=Wording.load(), now=desk.clock())
        raise RuntimeError("the turn fails")


def test_a_ticket_of_the_api_gets_its_agent_who_is_told(desk: Desk, timed: TimedDesk) -> None:
    desk.hire("安宁", skills=["BIM"])
    number = desk.ticket(module="BIM模型", summary="模型打不开")

    assert routing(timed) == 1

    (notice,) = told(desk)
    assert notice.payload["event"] == "assigned"
    assert notice.payload["title"] == f"新工单 {number}（P3）分给安宁"
    assert notice.payload["lines"] == [
        "问题：模型打不开",
        "处理人：安宁",
        "分派：技能“BIM”对口，值班中，手上 0/8 张，还没接过工单",
    ]
    assert [one["name"] for one in notice.payload["people"]] == ["安宁"]
    assert notice.payload["number"] == number
    assert not notice.payload["urgent"]


def test_nothing_is_done_or_told_twice(desk: Desk, timed: TimedDesk) -> None:
    desk.hire("安宁")
    desk.ticket()
    assert [routing(timed), routing(timed)] == [1, 0]
    assert len(told(desk)) == 1


def test_two_workers_at_once_tell_once(desk: Desk, timed: TimedDesk) -> None:
    desk.hire("安宁")
    for number in range(5):
        desk.ticket(f"key-{number}")
    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(lambda _: routing(timed), range(2))) == 5
    assert len(told(desk)) == 5


def test_a_p1_calls_the_whole_fast_response_group(desk: Desk, timed: TimedDesk) -> None:
    desk.hire("安宁", fast=True)
    desk.hire("白露", fast=True, load=3)
    desk.hire("蔡新")
    number = desk.ticket(priority="P1", summary="全公司登录不了")

    routing(timed)

    (notice,) = told(desk)
    assert (notice.payload["event"], notice.payload["urgent"]) == ("p1_opened", True)
    assert notice.payload["title"] == f"P1 工单 {number}，请立即处理"
    assert {one["name"] for one in notice.payload["people"]} == {"安宁", "白露"}


def test_a_p1_at_night_that_nobody_takes_calls_the_leads_and_later_the_group(
    desk: Desk, timed: TimedDesk, clock: FixedClock
) -> None:
    clock.advance(timedelta(hours=13))
    desk.hire("安宁", fast=True)
    desk.hire("王组长", role="lead")
    number = desk.ticket(priority="P1")
    assert [routing(timed), routing(timed)] == [1, 0]
    clock.advance(timedelta(hours=9, minutes=30))  # Tuesday, half past eight
    assert [routing(timed), routing(timed)] == [1, 0]

    night, morning = (notice.payload for notice in told(desk))

    assert (night["title"], [one["name"] for one in night["people"]]) == (f"P1 工单 {number} 没有人接", ["王组长"])
    assert (morning["title"], [one["name"] for one in morning["people"]]) == (
        f"P1 工单 {number}，请立即处理",
        ["安宁"],
    )


def test_a_ticket_that_waits_is_told_once_and_then_its_agent(desk: Desk, timed: TimedDesk, clock: FixedClock) -> None:
    desk.hire("安宁", presence="offline")
    desk.hire("王组长", role="lead", presence="busy")
    number = desk.ticket(vip=True)
    assert [routing(timed) for _ in range(3)] == [1, 0, 0]
    with desk.db.write() as session:
        agents.set_presence(session, desk.id_of("安宁"), "online", now=clock())
    assert routing(timed) == 1

    waits, given = (notice.payload for notice in told(desk))

    assert waits["title"] == f"工单 {number}（P3）在排队"
    assert waits["lines"][1:] == ["VIP 客户", "分派：值班的人都不在线或在忙，排队等候"]
    assert [one["name"] for one in waits["people"]] == ["王组长"]
    assert given["event"] == "assigned"


def test_at_night_nobody_is_called_by_name_for_what_can_wait(desk: Desk, timed: TimedDesk, clock: FixedClock) -> None:
    clock.advance(timedelta(hours=12))
    desk.hire("王组长", role="lead")
    desk.ticket()
    routing(timed)
    (notice,) = told(desk)
    assert (notice.payload["event"], notice.payload["people"]) == ("queued", [])


def test_reasons_that_come_and_go_are_told_once_a_day(desk: Desk, timed: TimedDesk, clock: FixedClock) -> None:
    desk.hire("安宁", presence="offline")
    desk.ticket()
    routing(timed)
    for _ in range(2):  # lunch, and back
        clock.advance(timedelta(hours=2, minutes=30))
        routing(timed)
    assert len(told(desk)) == 2


def test_a_ticket_that_rises_while_somebody_talks_is_the_leads_business(desk: Desk, timed: TimedDesk) -> None:
    desk.hire("安宁")
    desk.hire("白露", tier="L2")
    desk.hire("王组长", role="lead", tier="L3")
    number = desk.ticket(of="安宁", tier="L2", status="in_progress", talk=True, talks="安宁")
    assert [routing(timed), routing(timed)] == [1, 0]

    (notice,) = told(desk)

    assert notice.payload["title"] == f"工单 {number} 已升到 L2，请安排"
    assert notice.payload["lines"][-1] == "分派：已升到 L2，但安宁（L1）正在与客户对话，没有自动转交，已通知组长"
    assert [one["name"] for one in notice.payload["people"]] == ["王组长"]


def test_dispatched_in_a_turn_it_is_told_in_the_same_transaction(desk: Desk, timed: TimedDesk) -> None:
    desk.hire("安宁")
    number = desk.ticket()
    with pytest.raises(RuntimeError):
        fail_after_assigning(desk, number)
    assert told(desk) == []
    with desk.db.write() as session:
        routed = assign_now(session, number, rules=RULES, hours=HOURS, wording=timed.wording, now=desk.clock())
    assert routed.agent is not None
    assert routing(timed) == 0
    assert len(told(desk)) == 1


def test_a_broken_ticket_does_not_hold_up_the_others(desk: Desk, timed: TimedDesk) -> None:
    desk.hire("安宁")
    broken, fine = desk.ticket("one", priority="P2"), desk.ticket("two")
    with desk.db.write() as session:
        session.get_one(TicketRow, desk.of(broken).id).number = "no number"

    assert routing(timed) == 1

    assert desk.of(fine).assignee_id is not None


def test_a_done_ticket_is_left_alone(desk: Desk, timed: TimedDesk) -> None:
    desk.hire("安宁")
    number = desk.ticket()
    with desk.db.write() as session:
        tickets.close(session, number, by="agent:1", now=desk.clock())
    assert routing(timed) == 0
    assert told(desk) == []
