from __future__ import annotations

from datetime import timedelta

import pytest

from desk import announcements, incidents
from desk.announcements import Announcement
from desk.incidents import Wanted
from tests.integration.gateway.console.world import World

FORM = {"text": "今晚 22:00 升级，请提前保存。", "level": "info", "link": "https://status.example.com/"}
PATH = "/console/announcements"


def current(world: World) -> Announcement | None:
    with world.db.read() as session:
        return announcements.current(session, world.clock())


def test_a_lead_announces_something_and_it_is_shown(world: World) -> None:
    browser = world.browser("wang")
    done = browser.post(PATH, data=FORM)
    assert (done.status_code, done.headers["location"]) == (303, f"{PATH}?done=announcement_running")
    shown = current(world)
    assert shown is not None
    assert (shown.text, shown.level, shown.link, shown.created_by) == (
        FORM["text"], "info", FORM["link"], world.agent("wang").actor
    )  # fmt: skip
    read = browser.get(PATH).text
    assert FORM["text"] in read
    assert "正在显示" in read


def test_times_are_those_of_the_team(world: World) -> None:
    world.browser("wang").post(PATH, data={**FORM, "starts": "2026-11-23T22:00", "ends": "2026-11-24T00:00"})
    assert current(world) is None
    world.clock.advance(timedelta(hours=12))  # 22:00 in Beijing
    assert current(world) is not None
    world.clock.advance(timedelta(hours=2))
    assert current(world) is None


def test_other_words_end_the_first_ones(world: World) -> None:
    browser = world.browser("root")
    browser.post(PATH, data={**FORM, "ends": "2026-11-24T00:00"})
    first = current(world)
    assert first is not None
    form = browser.get(f"{PATH}?replaces={first.id}").text
    assert FORM["text"] in form
    assert 'value="2026-11-24T00:00"' in form

    browser.post(PATH, data={**FORM, "text": "升级推迟到明晚。", "replaces": str(first.id)})
    second = current(world)
    assert second is not None
    assert (second.text, second.id > first.id) == ("升级推迟到明晚。", True)
    with world.db.read() as session:
        assert announcements.get(session, first.id).phase(world.clock()) == "over"


def test_a_preview_is_in_every_script_and_keeps_nothing(world: World) -> None:
    read = world.browser("wang").post(PATH, data={**FORM, "text": "数据库维护 <b>", "action": "preview"})
    assert read.status_code == 200
    assert "数据库维护 &lt;b&gt;" in read.text
    assert "資料庫維護 &lt;b&gt;" in read.text
    assert current(world) is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"text": " "}, "请填写内容"),
        ({"text": "长" * 121}, "最多 120 个字，现在有 121 个"),
        ({"level": "loud"}, "没有这种级别"),
        ({"link": "http://status.example.com"}, "https://"),
        ({"link": "javascript:alert(1)"}, "https://"),
        ({"starts": "soon"}, "时间不对"),
        ({"ends": "2026-11-23T09:00"}, "结束要晚于开始"),
        ({"starts": "2029-01-01T00:00"}, "366 天以内"),
    ],
)
def test_a_mistake_in_an_announcement_is_told_and_nothing_typed_is_lost(
    world: World, change: dict[str, str], says: str
) -> None:
    form = {**FORM, "starts": "", **change}
    answer = world.browser("wang").post(PATH, data=form)
    assert answer.status_code == 422
    assert says in answer.text
    assert form["text"].strip() in answer.text
    assert form["link"].replace("&", "&amp;") in answer.text
    assert current(world) is None


def test_one_that_is_ended_is_shown_no_longer(world: World) -> None:
    browser = world.browser("wang")
    browser.post(PATH, data=FORM)
    shown = current(world)
    assert shown is not None
    for _ in range(2):  # a second click does no harm
        ended = browser.post(f"{PATH}/{shown.id}/end")
        assert ended.headers["location"] == f"{PATH}?done=announcement_ended"
    assert current(world) is None
    assert browser.post(f"{PATH}/99/end").status_code == 404
    assert browser.get(f"{PATH}?replaces=99").status_code == 404


def test_an_incident_becomes_an_announcement_with_two_clicks(world: World) -> None:
    told = Wanted(title="登录服务故障", category="login", words=("登录不上去",), message="工程师正在抢修。")
    with world.db.write() as session:
        made = incidents.propose(session, told, by="agent:3", now=world.clock())
        incidents.confirm(session, made.id, told, by="agent:3", now=world.clock())
    browser = world.browser("wang")
    assert f"{PATH}?incident={made.id}" in browser.get(f"/console/incidents/{made.id}").text
    form = browser.get(f"{PATH}?incident={made.id}").text
    assert "登录服务故障：工程师正在抢修。" in form
    assert '<option value="warning" selected>' in form
    assert current(world) is None
    assert f"{PATH}?incident=" not in world.browser("zhang").get(f"/console/incidents/{made.id}").text
