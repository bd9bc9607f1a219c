from __future__ import annotations

import pytest

from desk import canned
from desk.canned import Canned
from tests.integration.gateway.console.world import World

FORM = {"shortcut": "截图", "title": "要截图", "text": "$contact您好，请发截图。"}


def replies(world: World, login: str = "root") -> dict[str, Canned]:
    with world.db.read() as session:
        return {one.shortcut: one for one in canned.listing(session, world.agent(login).id)}


def test_an_agent_keeps_replies_of_their_own(world: World) -> None:
    browser = world.browser("zhang")
    added = browser.post("/console/canned", data=FORM)
    assert (added.status_code, added.headers["location"]) == (303, "/console/canned?done=canned_saved")
    one = replies(world, "zhang")["截图"]
    assert (one.title, one.owner_id, one.updated_by) == ("要截图", world.agent("zhang").id, world.agent("zhang").actor)
    assert "请发截图" in browser.get("/console/canned").text

    assert browser.post(f"/console/canned/{one.id}", data={**FORM, "text": "新的"}).status_code == 303
    assert replies(world, "zhang")["截图"].text == "新的"
    assert browser.post(f"/console/canned/{one.id}/remove").status_code == 303
    assert replies(world, "zhang") == {}


def test_nobody_sees_or_changes_a_colleagues(world: World) -> None:
    world.browser("zhang").post("/console/canned", data=FORM)
    one = replies(world, "zhang")["截图"]
    for login in ("li", "wang", "root"):
        browser = world.browser(login)
        assert "请发截图" not in browser.get("/console/canned").text
        assert browser.get(f"/console/canned/{one.id}").status_code == 403
        assert browser.post(f"/console/canned/{one.id}", data=FORM).status_code == 403
        assert browser.post(f"/console/canned/{one.id}/remove").status_code == 403
    assert replies(world, "zhang")["截图"] == one


def test_leaders_keep_what_all_share(world: World) -> None:
    assert world.browser("wang").post("/console/canned", data={**FORM, "shared": "yes"}).status_code == 303
    one = replies(world, "zhang")["截图"]
    assert one.owner_id is None
    agent = world.browser("zhang")
    assert f"/console/canned/{one.id}" not in agent.get("/console/canned").text
    assert agent.post(f"/console/canned/{one.id}", data={**FORM, "shared": "yes"}).status_code == 403
    assert agent.post(f"/console/canned/{one.id}/remove").status_code == 403
    assert agent.post("/console/canned", data={**FORM, "shortcut": "b", "shared": "yes"}).status_code == 403
    assert world.browser("root").post(f"/console/canned/{one.id}/remove").status_code == 303


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"shortcut": "a b"}, "快捷词只能用"),
        ({"shortcut": ""}, "快捷词不能为空"),
        ({"shortcut": "x" * 21}, "快捷词最多 20 个字，现在有 21 个"),
        ({"title": " "}, "标题不能为空"),
        ({"text": "长" * 1001}, "内容最多 1000 个字，现在有 1001 个"),
        ({"shortcut": "有了"}, "“有了”已经有人用了"),
    ],
)
def test_a_mistake_is_told_and_nothing_typed_is_lost(world: World, change: dict[str, str], says: str) -> None:
    browser = world.browser("zhang")
    browser.post("/console/canned", data={**FORM, "shortcut": "有了"})
    form = {**FORM, "title": "不能丢的标题", **change}
    answer = browser.post("/console/canned", data=form)
    assert answer.status_code == 422
    assert says in answer.text
    assert form["title"].strip() in answer.text
    assert list(replies(world, "zhang")) == ["有了"]


def test_a_look_keeps_nothing(world: World) -> None:
    form = {**FORM, "text": "$contact您好，我是$agent，$price 元 <b>", "action": "preview"}
    answer = world.browser("zhang").post("/console/canned", data=form)
    assert answer.status_code == 200
    assert "王工您好，我是张敏，$price 元 &lt;b&gt;" in answer.text
    assert "<code>$price</code>" in answer.text
    assert replies(world, "zhang") == {}


def test_a_slash_before_the_shortcut_and_capitals_are_understood(world: World) -> None:
    world.browser("zhang").post("/console/canned", data={**FORM, "shortcut": "/Log"})
    assert list(replies(world, "zhang")) == ["log"]


def test_a_reply_that_is_gone_is_not_found(world: World) -> None:
    browser = world.browser("zhang")
    assert browser.get("/console/canned/99").status_code == 404
    assert browser.post("/console/canned/99/remove").status_code == 404
    assert browser.get("/console/canned/x").status_code == 400
