from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response

from desk import audit, sla
from desk.calendar import SpecialDay, WorkingHours, own, read_hours
from desk.sla import Clock
from tests.integration.gateway.console.world import Staff, World


def change(world: World, login: str = "wang", **fields: str) -> Response:
    return world.browser(login).post("/console/calendar", data={"day": "2026-11-23", "kind": "holiday", **fields})


def decided(world: World) -> dict[date, SpecialDay]:
    with world.db.read() as session:
        return dict(own.special_days(session))


def resolution(world: World) -> Clock:
    with world.db.read() as session:
        hours = read_hours(session, world.services.hours)
        return sla.clocks(session, (1,), world.services.rules.sla, hours, world.clock())[1][1]


def test_the_year_is_shown_with_holidays_and_make_up_days(world: World) -> None:
    shown = world.browser("zhang").get("/console/calendar?year=2026")
    assert shown.status_code == 200
    assert shown.text.count("<caption>") == 12
    assert 'class="holiday" title="春节，不上班"' in shown.text
    assert 'class="makeup" title="春节，08:30-12:00、13:30-18:00"' in shown.text
    assert "国办发明电〔2025〕7号" in shown.text


def test_a_provisional_year_and_a_year_without_data_are_warned_of_in_red(world: World) -> None:
    in_november = world.browser("zhang").get("/console/calendar").text
    assert in_november.count('class="alert"') == 1
    assert "2027 年的放假调休通知尚未收录" in in_november
    assert "2030 年没有节假日数据" in world.browser("zhang").get("/console/calendar?year=2030").text
    assert "没有节假日数据" not in world.browser("zhang").get("/console/calendar?year=2025").text


@pytest.mark.parametrize(("login", "status"), [("zhang", 200), ("wang", 200), ("root", 200), ("chen", 403)])
def test_who_may_read_the_calendar(world: World, login: str, status: int) -> None:
    assert world.browser(login).get("/console/calendar").status_code == status


@pytest.mark.parametrize(("login", "status"), [("zhang", 403), ("chen", 403), ("wang", 303), ("root", 303)])
def test_who_may_change_the_calendar(world: World, login: str, status: int) -> None:
    assert change(world, login).status_code == status
    assert bool(decided(world)) is (status == 303)


def test_an_agent_sees_no_form(world: World) -> None:
    shown = world.browser("zhang").get("/console/calendar?day=2026-11-23").text
    assert 'method="post" action="/console/calendar"' not in shown


def test_a_change_is_kept_audited_and_shown(world: World) -> None:
    answer = change(world, until="2026-11-24", name="停电")
    assert answer.headers["location"] == "/console/calendar?year=2026&done=calendar_kept&n=2"
    assert decided(world) == dict.fromkeys((date(2026, 11, 23), date(2026, 11, 24)), SpecialDay("holiday", "停电"))
    with world.db.read() as session:
        lines = audit.listing(session, action="calendar.changed")
    assert [(line.subject, line.detail["old"]) for line in lines] == [
        ("day:2026-11-24", None),
        ("day:2026-11-23", None),
    ]
    assert lines[0].detail["new"] == {"kind": "holiday", "name": "停电", "weekday": None}
    page = world.browser("wang").get(answer.headers["location"]).text
    assert "已保存 2 天" in page
    assert page.count("停电，不上班（本单位改动）") >= 2
    assert "王海涛" in page


def test_open_tickets_are_counted_anew_at_once(world: World) -> None:
    world.ticket()  # Monday 10:00
    before = resolution(world).due_at
    change(world)
    after = resolution(world).due_at
    assert before is not None
    assert after is not None
    assert (f"{before:%d %H:%M}", f"{after:%d %H:%M}") == ("23 07:30", "24 06:00")  # UTC: 15:30, and 14:00 on Tuesday


def test_a_change_is_withdrawn(world: World) -> None:
    change(world)
    assert change(world, kind="withdraw").headers["location"].endswith("done=calendar_withdrawn&n=1")
    assert decided(world) == {}
    with world.db.read() as session:
        assert audit.listing(session, action="calendar.changed")[0].detail["new"] is None


def test_saving_what_is_so_already_changes_nothing(world: World) -> None:
    change(world)
    assert "calendar_same" in change(world).headers["location"]
    with world.db.read() as session:
        assert len(audit.listing(session, action="calendar.changed")) == 1


def test_a_workday_has_the_hours_of_the_weekday_that_was_chosen(world: World) -> None:
    change(world, day="2026-11-28", kind="workday", weekday="4")
    assert decided(world) == {date(2026, 11, 28): SpecialDay("workday", "", 4)}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"day": "明天"}, "“明天”不是日期"),
        ({"day": "1999-01-01"}, "年份在 2020 到 2099 之间"),
        ({"until": "2026-11-01"}, "结束日期不能早于开始日期"),
        ({"until": "2027-11-01"}, "一次最多改 31 天，这里是 344 天"),
        ({"name": "长" * 21}, "名称最多 20 个字，这里有 21 个"),
        ({"kind": "party"}, "请选择放假、上班或按星期"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_typed_is_lost(
    world: World, fields: dict[str, Any], sentence: str
) -> None:
    answer = change(world, **{"name": "团建日", **fields})
    assert answer.status_code == 422
    assert sentence in answer.text
    for value in {"name": "团建日", **fields}.values():
        if value != "party":
            assert f'value="{value}"' in answer.text
    assert decided(world) == {}


def test_a_name_is_shown_as_text(world: World) -> None:
    change(world, name="<script>alert(1)")
    assert "<script>alert" not in world.browser("wang").get("/console/calendar?day=2026-11-23").text


def test_leads_hear_of_a_year_that_nobody_has_confirmed_where_they_work(world: World) -> None:
    line = "2027 年放假调休还没有通知"
    shown = {login: line in world.browser(login).get("/console").text for login in ("zhang", "wang", "root")}
    assert shown == {"zhang": False, "wang": True, "root": True}
    assert 'href="/console/calendar?year=2027"' in world.browser("wang").get("/console").text


def test_a_confirmed_year_is_not_warned_of(staff: Staff, tmp_path: Path) -> None:
    sure = World(staff, tmp_path, hours=WorkingHours(confirmed=frozenset({2027})))
    assert "放假调休还没有通知" not in sure.browser("wang").get("/console").text
    sure.db.close()
