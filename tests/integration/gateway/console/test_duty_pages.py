from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from desk import agents, audit, duty
from desk.duty import Line
from tests.integration.desk.routing.routing_world import CHINA, moment
from tests.integration.gateway.console.world import World

PAGE = {"accept": "text/html"}


def form(world: World, **changed: str) -> dict[str, str]:
    typed = {
        "agent": str(world.agent("zhang").id),
        "kind": "on_call",
        "starts": "2026-11-23T18:00",
        "ends": "2026-11-24T08:30",
        "days": "1",
        "note": "",
        "week": "2026-11-23",
    }
    return {**typed, **changed}


def lines(world: World) -> tuple[Line, ...]:
    with world.db.read() as session:
        return duty.listing(session, world.clock() - timedelta(days=30), world.clock() + timedelta(days=400))


def test_a_lead_puts_somebody_on_call_for_five_nights(world: World) -> None:
    answer = world.browser("wang").post("/console/duty", data=form(world, days="5", note="电话 24 小时开机"))

    assert answer.headers["location"] == "/console/duty?week=2026-11-23&done=duty_added"
    added = lines(world)
    assert [line.starts_at for line in added] == [moment(f"{day} 18:00") for day in ("mo", "tu", "we", "th", "fr")]
    assert {(line.kind, line.note, line.created_by) for line in added} == {
        ("on_call", "电话 24 小时开机", world.agent("wang").actor)
    }
    page = world.browser("zhang").get("/console/duty", headers=PAGE).text
    assert "待命 18:00–24:00" in page
    assert "待命 00:00–08:30" in page
    assert "没有填电话" in page


def test_who_is_on_duty_now_and_on_call_tonight(world: World) -> None:
    world.browser("wang").post("/console/duty", data=form(world))
    with world.db.write() as session:
        agents.profile(session, world.agent("zhang").id, phone="138 0013 8000")
        agents.set_presence(session, world.agent("li").id, "busy", now=world.clock())
    page = world.browser("zhang").get("/console/duty").text
    assert 'href="tel:13800138000"' in page
    assert page.count('class="there online"') >= 1
    assert page.count('class="there busy"') == 1
    assert "陈静" not in page  # an editor


def test_nobody_on_call_is_said_loudly(world: World) -> None:
    assert "没有人待命：夜里的 P1 只能排队，并通知组长。" in world.browser("zhang").get("/console/duty").text


def test_after_midnight_tonight_is_this_night(world: World) -> None:
    world.browser("wang").post("/console/duty", data=form(world))
    world.clock.advance(timedelta(hours=17))  # Tuesday, 03:00
    assert "没有人待命" not in world.browser_later("wang").get("/console/duty").text
    world.clock.advance(timedelta(hours=6))
    assert "没有人待命" in world.browser_later("wang").get("/console/duty").text


def test_a_leave_takes_out_who_is_on_call(world: World) -> None:
    browser = world.browser("wang")
    browser.post("/console/duty", data=form(world))
    browser.post("/console/duty", data=form(world, kind="leave", starts="2026-11-23T17:00", ends="2026-11-25T08:30"))
    assert "没有人待命" in browser.get("/console/duty").text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"ends": "2026-11-23T18:00"}, "结束要晚于开始。跨夜的班，结束日期写第二天。"),
        ({"kind": "shift", "ends": "2026-11-25T08:30"}, "一条值班最长 24 小时，请分成几条。"),
        ({"kind": "shift", "starts": "2026-11-23T11:00", "ends": "2026-11-23T12:00"}, "已经有值班"),
        ({"starts": "明天"}, "时间不对，写成 2026-11-24 18:00 这样。"),
        ({"starts": ""}, "开始 不能为空。"),
        ({"starts": "2036-11-23T18:00"}, "时间离今天超过两年，请检查年份。"),
        ({"days": "32"}, "连续天数写 1 到 31。"),
        ({"kind": "party"}, "没有这个选项，请刷新页面后重选。"),
        ({"note": "长" * 101}, "备注最多 100 个字。"),
    ],
)
def test_what_cannot_be_arranged_is_said_and_nothing_typed_is_lost(
    world: World, changed: dict[str, str], said: str
) -> None:
    browser = world.browser("wang")
    shift = {"kind": "shift", "starts": "2026-11-23T08:30", "ends": "2026-11-23T18:00"}
    assert browser.post("/console/duty", data=form(world, **shift)).status_code == 303

    answer = browser.post("/console/duty", data=form(world, **{"note": "替李强", **changed}), headers=PAGE)

    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{changed.get("note", "替李强")}"' in answer.text
    assert len(lines(world)) == 1


def test_several_days_are_added_all_or_none(world: World) -> None:
    browser = world.browser("wang")
    browser.post("/console/duty", data=form(world, starts="2026-11-25T18:00", ends="2026-11-26T08:30"))
    refused = browser.post("/console/duty", data=form(world, days="5"), headers=PAGE)
    assert "这个人在 11-25 18:00 到 11-26 08:30 已经有待命" in refused.text
    assert len(lines(world)) == 1


def test_scripts_get_the_sentence_as_json(world: World) -> None:
    browser = world.browser("wang", accept="application/json")
    answer = browser.post("/console/duty", data=form(world, days="99"))
    assert (answer.status_code, answer.json()["error"]["message"]) == (422, "连续天数写 1 到 31。")


def test_who_has_left_cannot_be_put_on_duty(world: World) -> None:
    with world.db.write() as session:
        agents.update(session, world.agent("zhang").id, active=False)
    assert world.browser("wang").post("/console/duty", data=form(world)).status_code == 404


def test_a_line_is_removed(world: World) -> None:
    browser = world.browser("wang")
    browser.post("/console/duty", data=form(world))
    (line,) = lines(world)
    answer = browser.post(f"/console/duty/{line.id}/remove", data={"week": "2026-11-23"})
    assert answer.headers["location"] == "/console/duty?week=2026-11-23&done=duty_removed"
    assert lines(world) == ()
    assert browser.post(f"/console/duty/{line.id}/remove").status_code == 404
    with world.db.read() as session:
        assert [one.actor for one in audit.listing(session, action="duty.removed")] == [world.agent("wang").actor]


def test_last_week_is_copied_into_the_week_that_is_shown(world: World) -> None:
    browser = world.browser("wang")
    browser.post("/console/duty", data=form(world, days="2"))

    first = browser.post("/console/duty/copy", data={"week": "2026-11-30"})
    again = browser.post("/console/duty/copy", data={"week": "2026-11-30"})
    nothing = browser.post("/console/duty/copy", data={"week": "2026-12-21"})

    assert first.headers["location"].endswith("done=duty_copied&n=2&m=0")
    assert again.headers["location"].endswith("done=duty_copied_some&n=0&m=2")
    assert nothing.headers["location"].endswith("done=duty_nothing&n=0&m=0")
    assert [line.starts_at.astimezone(CHINA) for line in lines(world)][2:] == [
        datetime(2026, 11, 30, 18, 0, tzinfo=CHINA),
        datetime(2026, 12, 1, 18, 0, tzinfo=CHINA),
    ]
    assert "已从上周复制 2 条。" in browser.get(first.headers["location"]).text


@pytest.mark.parametrize(
    ("week", "monday"),
    [
        ("", "2026-11-23"),
        ("2026-12-02", "2026-11-30"),
        ("someday", "2026-11-23"),
        ("0001-01-01", "2026-11-23"),
        ("9999-12-31", "2026-11-23"),
    ],
)
def test_a_week_is_named_by_any_of_its_days(world: World, week: str, monday: str) -> None:
    assert f"<b>{monday} 至" in world.browser("zhang").get("/console/duty", params={"week": week}).text


def test_agents_read_and_have_no_buttons(world: World) -> None:
    world.browser("wang").post("/console/duty", data=form(world))
    page = world.browser("zhang").get("/console/duty").text
    assert "待命" in page
    assert "排上" not in page
    assert "/remove" not in page


def test_a_note_is_only_text(world: World) -> None:
    world.browser("wang").post("/console/duty", data=form(world, note='"><script>alert(1)</script>'))
    assert "<script>alert" not in world.browser("wang").get("/console/duty").text
