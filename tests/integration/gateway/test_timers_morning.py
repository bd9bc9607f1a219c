"""The morning report: on time, once, made up for, and short enough for the robots."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from desk import outbox, reports
from desk.calendar import WorkingHours
from desk.clock import FixedClock
from gateway.channels.known import all_channels
from gateway.notifications.morning import LONGEST, brief
from gateway.notifications.routes import Routes
from gateway.rules import ServiceRules
from gateway.timers import TimedDesk
from gateway.timers.morning import KIND, morning
from tests.integration.desk.incident_reports import company, report
from tests.integration.gateway.turn_world import WORDING, opened

CHINA = ZoneInfo("Asia/Shanghai")
RULES = ServiceRules(routes=Routes({"morning_report": ("wecom", "email")}))
DAY = timedelta(days=1)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=CHINA)


@pytest.fixture
def desk(gateway_template: Path, tmp_path: Path) -> Iterator[TimedDesk]:
    with opened(gateway_template, tmp_path) as db:
        channels = all_channels(WORDING, pushes=False)
        yield TimedDesk(
            db, FixedClock(at(24, 8, 29)), WorkingHours(), WORDING, RULES, "s", channels, public_url="https://h"
        )


def when(desk: TimedDesk, now: datetime) -> TimedDesk:
    return replace(desk, clock=FixedClock(now))


def sent(desk: TimedDesk, now: datetime) -> list[dict[str, Any]]:
    with desk.db.write() as session:
        return [dict(one.payload) for one in outbox.lease(session, limit=100, now=now) if one.channel == "wecom"]


def kept(desk: TimedDesk) -> list[int]:
    with desk.db.read() as session:
        return [one.day.day for one in reports.days(session, KIND)]


def test_it_comes_at_half_past_eight_and_once(desk: TimedDesk) -> None:
    assert morning(desk) == 0
    assert [morning(when(desk, at(24, 8, 30))), morning(when(desk, at(24, 8, 31)))] == [1, 0]
    assert len(sent(desk, at(24, 9))) == 1


@pytest.mark.parametrize(("confirmed", "warned"), [(frozenset(), True), (frozenset({2027}), False)])
def test_a_year_that_nobody_has_confirmed_is_one_line(desk: TimedDesk, confirmed: frozenset[int], warned: bool) -> None:
    morning(replace(when(desk, at(24, 8, 30)), hours=WorkingHours(confirmed=confirmed)))
    (notice,) = sent(desk, at(24, 9))
    lines = [line for line in notice["lines"] if "放假调休" in line]
    assert lines == (["注意：2027 年放假调休还没有通知，请到控制台“日历”核对"] if warned else [])


def test_nothing_comes_on_a_weekend(desk: TimedDesk) -> None:
    assert morning(when(desk, at(28, 9))) == 0  # a Saturday


def test_a_worker_that_was_down_sends_todays_in_the_afternoon(desk: TimedDesk) -> None:
    report(desk.db, "night", at(24, 3), summary="夜里的")
    report(desk.db, "morning", at(24, 10), summary="上午的")

    assert morning(when(desk, at(24, 15))) == 1

    (notice,) = sent(desk, at(24, 15))
    assert notice["title"] == "11-24 早报：夜间新工单 1 张，其中 P1 0 张"
    with desk.db.read() as session:
        assert reports.get(session, KIND, date(2026, 11, 24)).content["late"]


def test_days_that_were_missed_are_made_up_for_and_only_today_is_sent(desk: TimedDesk) -> None:
    morning(when(desk, at(19, 8, 30)))

    assert morning(when(desk, at(24, 9))) == 3  # Friday, Monday, Tuesday

    assert kept(desk) == [24, 23, 20, 19]
    assert [notice["title"][:5] for notice in sent(desk, at(24, 9))] == ["11-19", "11-24"]


def test_after_a_long_absence_only_the_last_week_is_made(desk: TimedDesk) -> None:
    morning(when(desk, at(2, 8, 30)))
    morning(when(desk, at(24, 9)))
    assert kept(desk) == [24, 23, 20, 19, 18, 17, 2]


def test_two_machines_make_it_once(desk: TimedDesk) -> None:
    barrier = Barrier(4)

    def work(_: int) -> int:
        barrier.wait()
        return morning(when(desk, at(24, 8, 30)))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 1
    assert len(sent(desk, at(24, 9))) == 1


def test_the_robots_say_the_numbers_and_the_urgent_ones(desk: TimedDesk) -> None:
    who = company(desk.db, "中建三局", at(1, 9))
    urgent = report(desk.db, "a", at(24, 2), summary="数据全没了", category="data_loss", priority="P1", account=who)
    other = report(desk.db, "b", at(23, 19), summary="报表打不开", category="report", priority="P2")

    morning(when(desk, at(24, 8, 30)))

    (notice,) = sent(desk, at(24, 9))
    assert notice["title"] == "11-24 早报：夜间新工单 2 张，其中 P1 1 张"
    assert notice["lines"] == [
        "统计时段：11月23日 18:00 至 11月24日 08:30",
        "新工单 2 张：P1 1，P2 1",
        "没有客户在等待人工",
        f"· P1 {urgent.number} 中建三局 客户 1：数据全没了（还没有人处理）",
        f"· P2 {other.number} 客户 2：报表打不开",
        "值班表上今天没有人",
        "注意：2027 年放假调休还没有通知，请到控制台“日历”核对",
        "完整日报：https://h/console/daily/2026-11-24",
    ]


def test_a_night_with_hundreds_of_tickets_still_fits(desk: TimedDesk) -> None:
    ticket = {
        "number": "GD-20261124-0001-1", "priority": "P3", "summary": "很长的描述" * 30, "contact": "名字" * 30,
        "contact_id": 1, "company": "公司" * 40, "done": [],
    }  # fmt: skip
    content = {
        "since": at(23, 18).isoformat(), "until": at(24, 8, 30).isoformat(), "priorities": {"P3": 300},
        "opened": [{**ticket, "number": f"GD-20261124-{one:04d}-1"} for one in range(300)],
        "p1": [{**ticket, "number": f"P-{one}"} for one in range(50)], "waiting": [], "marks": [], "promises": [],
        "contacts": [], "unanswered": 9,
        "incidents": [{"title": "标题" * 50, "tickets": 3}] * 20,
        "duty": [{"kind": "shift", "name": "值班员" * 9 + str(one)} for one in range(60)],
    }  # fmt: skip

    said = brief(content, date(2026, 11, 24), WORDING, CHINA, "https://h/console/daily/2026-11-24")

    whole = "\n".join((said.title, *said.lines))
    assert LONGEST - 150 < len(whole) <= LONGEST
    assert said.lines[-1] == "完整日报：https://h/console/daily/2026-11-24"
    assert any(line.startswith("· 还有 ") for line in said.lines)
