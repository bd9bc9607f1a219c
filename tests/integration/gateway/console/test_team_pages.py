from __future__ import annotations

from datetime import timedelta

import pytest

from desk import agents, audit
from tests.integration.gateway.console.world import PASSWORD, World

PAGE = {"accept": "text/html"}
WHOLE = {
    "name": "李强",
    "role": "agent",
    "tier": "L2",
    "max_load": "5",
    "fast_response": "yes",
    "email": "li@vendor.example",
    "phone": "138 0000 0002",
    "mention": "liqiang",
    "wechat_kf": "kf2001@gh_1",
    "skill": ["BIM", "移动端"],
    "more": "插件，国产化、BIM",
}


def test_an_administrator_says_what_somebody_can_do(world: World) -> None:
    li, root = world.agent("li"), world.browser("root")

    assert root.post(f"/console/agents/{li.id}", data=WHOLE).headers["location"] == "/console/agents?done=agent_saved"

    changed = world.agent("li")
    assert (changed.tier, changed.max_load, changed.fast_response) == ("L2", 5, True)
    assert (changed.email, changed.phone, changed.mention) == ("li@vendor.example", "138 0000 0002", "liqiang")
    assert changed.wechat_kf == "kf2001@gh_1"
    with world.db.read() as session:
        assert agents.skills_of(session, li.id) == ("BIM", "国产化", "插件", "移动端")
        (line,) = audit.listing(session, action="agent.changed")
    assert (line.actor, line.detail["old"]["tier"], line.detail["new"]["tier"]) == (
        world.agent("root").actor,
        "L1",
        "L2",
    )
    page = root.get("/console/agents").text
    assert "快速响应" in page
    assert "国产化" in page


def test_what_nobody_ticks_is_gone(world: World) -> None:
    li, root = world.agent("li"), world.browser("root")
    root.post(f"/console/agents/{li.id}", data=WHOLE)
    root.post(f"/console/agents/{li.id}", data={"name": "李强", "tier": "L1", "max_load": "8"})
    changed = world.agent("li")
    assert (changed.fast_response, changed.email) == (False, None)
    with world.db.read() as session:
        assert agents.skills_of(session, li.id) == ()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"max_load": "0"}, "同时处理的工单数要写 1 到 99 的整数。"),
        ({"max_load": "100"}, "1 到 99"),
        ({"max_load": "许多"}, "1 到 99"),
        ({"tier": "L9"}, "层级只有 L1、L2、L3。"),
        ({"email": "li@"}, "邮箱格式不对"),
        ({"phone": "电话"}, "电话只写数字"),
        ({"mention": "李 强"}, "不能有空格"),
        ({"wechat_kf": "kf2001"}, "kf2001@"),
        ({"more": "长" * 21}, "每项技能最多 20 个字"),
        ({"more": "，".join(f"技能{n}" for n in range(20))}, "技能最多 20 项"),
        ({"name": ""}, "姓名 不能为空。"),
        ({"name": "长" * 41}, "姓名 最多 40 个字，现在有 41 个。"),
        ({"role": "king"}, "角色 没有这个选项"),
    ],
)
def test_a_mistake_is_said_in_words_and_nothing_typed_is_lost(world: World, changed: dict[str, str], said: str) -> None:
    li = world.agent("li")
    answer = world.browser("root").post(f"/console/agents/{li.id}", data={**WHOLE, **changed}, headers=PAGE)
    assert answer.status_code == 422
    assert said in answer.text
    for typed in ({**WHOLE, **changed}["email"], {**WHOLE, **changed}["phone"]):
        assert f'value="{typed}"' in answer.text
    assert "插件" in answer.text or "more" in changed
    assert world.agent("li") == li


def test_a_new_colleague_comes_with_everything(world: World) -> None:
    new = {**WHOLE, "login": "sun", "name": "孙悦", "password": PASSWORD}
    assert world.browser("root").post("/console/agents", data=new).status_code == 303
    sun = world.agent("sun")
    assert (sun.tier, sun.fast_response, sun.max_load) == ("L2", True, 5)
    with world.db.read() as session:
        assert "BIM" in agents.skills_of(session, sun.id)
        assert audit.listing(session, action="agent.created")[0].actor == world.agent("root").actor


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"login": "li"}, 409, "这个账号名已经有人用了"),
        ({"password": "short"}, 422, "密码要 10 到 200 个字符。"),
        ({"max_load": "0"}, 422, "1 到 99"),
    ],
)
def test_who_cannot_be_added_is_not_typed_again(world: World, changed: dict[str, str], status: int, said: str) -> None:
    new = {**WHOLE, "login": "sun", "name": "孙悦", "password": PASSWORD, **changed}
    answer = world.browser("root").post("/console/agents", data=new, headers=PAGE)
    assert answer.status_code == status
    assert said in answer.text
    assert 'value="孙悦"' in answer.text
    assert PASSWORD not in answer.text


def test_an_administrator_does_not_change_their_own_role_here_either(world: World) -> None:
    root = world.agent("root")
    form = {"name": "管理员", "tier": "L1", "max_load": "8"}
    browser = world.browser("root")
    assert browser.post(f"/console/agents/{root.id}", data={**form, "role": "agent"}).status_code == 403
    assert browser.post(f"/console/agents/{root.id}", data=form).status_code == 303
    assert world.agent("root").role == "admin"


def test_everybody_says_for_themselves_whether_they_are_there(world: World) -> None:
    browser = world.browser("zhang")
    assert browser.post("/console/presence", data={"presence": "busy"}).status_code == 303
    assert (world.agent("zhang").presence, world.agent("li").presence) == ("busy", "online")
    assert browser.post("/console/presence", data={"presence": "asleep"}).status_code == 422


def test_who_has_been_silent_is_shown_as_offline(world: World) -> None:
    world.clock.advance(timedelta(minutes=11))
    page = world.browser("root").get("/console/agents").text
    assert 'class="there offline"' in page
    assert 'class="there online"' not in page


def test_what_the_rules_ask_for_and_what_others_know_can_be_ticked(world: World) -> None:
    with world.db.write() as session:
        agents.set_skills(session, world.agent("zhang").id, ["钢筋翻样"])
    page = world.browser("root").get(f"/console/agents/{world.agent('li').id}").text
    for skill in ("BIM", "造价", "移动端", "账号权限", "系统运维", "钢筋翻样"):
        assert f'value="{skill}"' in page


def test_an_agent_who_does_not_exist(world: World) -> None:
    assert world.browser("root").get("/console/agents/404").status_code == 404
    assert world.browser("root").post("/console/agents/404", data=WHOLE).status_code == 404
