from __future__ import annotations

import re
from datetime import timedelta

import pytest

from desk import accounts, agents, contacts, tickets
from desk.accounts import AccountDraft
from gateway.console.desk import queue
from tests.integration.gateway.console.world import World


def listed(world: World, query: str, login: str = "zhang") -> list[str]:
    return re.findall(r'data-id="([^"]+)"', world.browser(login).get(f"/console?{query}").text)


def correct(world: World, number: str, category: str, priority: str) -> None:
    form = {"category": category, "priority": priority}
    world.browser("wang").post(f"/console/tickets/{number}/correct", data=form)


def test_each_condition_narrows_the_list(world: World) -> None:
    crash, wechat = world.ticket(customer="a"), world.ticket(channel="wechat", customer="b")
    lis, plain = world.ticket(customer="c", of="li"), world.ticket_without_conversation()
    correct(world, crash, "crash", "P1")
    with world.db.write() as session:
        tickets.change(session, wechat, skill="BIM", by="agent:1", now=world.clock())
        tickets.move_tier(session, wechat, "L2", reason="BIM", by="agent:1", now=world.clock())
    for query, expected in (
        ("priority=P1", {crash}),
        ("category=crash", {crash}),
        ("tier=L2", {wechat}),
        ("skill=BIM", {wechat}),
        ("channel=wechat", {wechat}),
        ("channel=none", {plain}),
        (f"assignee={world.agent('li').id}", {lis}),
        ("assignee=none", {crash, wechat, plain}),
        ("priority=P1&category=login", set()),
        ("priority=P9", {crash, wechat, lis, plain}),  # what nobody offers is no condition
    ):
        assert set(listed(world, f"tab=all&{query}")) == expected, query


def test_words_are_found_in_number_summary_name_and_phone(world: World) -> None:
    first, second = (
        world.ticket(customer="a", summary="甘特图打不开"),
        world.ticket(customer="b", summary="报表 50% 空白"),
    )
    with world.db.write() as session:
        contacts.describe(session, world.of(second).contact_id, name="刘工", phone="13800000007")
    for words, expected in (
        ("甘特图", [first]),
        (first[-8:], [first]),
        (second.lower(), [second]),
        ("刘工", [second]),
        ("138 0000 0007", [second]),
        ("0007", [second]),
        ("50%", [second]),
        ("%", [second]),
        ("没有这样的", []),
    ):
        assert listed(world, f"tab=all&q={words.replace('%', '%25')}") == expected, words


def test_the_tickets_of_a_company_are_found_and_named_with_their_badge(world: World) -> None:
    number, other = world.ticket(customer="a"), world.ticket(customer="b")
    with world.db.write() as session:
        account = accounts.save(session, AccountDraft("华东路桥", vip=True), by="agent:1", now=world.clock())
        accounts.attach_contact(session, world.of(number).contact_id, account.id, by="agent:1", now=world.clock())
    page = world.browser("zhang").get(f"/console?tab=all&company={account.id}").text
    assert re.findall(r'data-id="([^"]+)"', page) == [number]
    assert "VIP" in page
    assert "华东路桥" in page
    assert other in world.browser("zhang").get("/console?tab=all").text


def test_the_clock_that_runs_out_first_comes_first(world: World) -> None:
    slow = world.ticket(customer="a")
    correct(world, slow, "howto", "P4")
    quick = world.ticket(customer="b")
    waiting = world.ticket(customer="c", of="zhang")
    world.browser("zhang").post(f"/console/tickets/{waiting}/reply", data={"text": "请发日志", "key": "k"})
    world.browser("zhang").post(f"/console/tickets/{waiting}/move", data={"status": "waiting"})
    assert listed(world, "tab=all") == [quick, slow, waiting]


def test_a_row_has_its_clock_with_the_moment_it_runs_out(world: World) -> None:
    number = world.ticket()
    page = world.browser("zhang").get("/console").text
    due = (world.clock() + timedelta(hours=1)).isoformat()
    assert f'class="dial calm" data-due="{due}"' in page
    world.clock.advance(timedelta(minutes=50))
    assert 'class="dial near"' in world.browser("zhang").get("/console").text
    world.clock.advance(timedelta(minutes=11))
    assert 'class="dial late"' in world.browser("zhang").get("/console").text
    take = world.browser("zhang").post(f"/console/tickets/{number}/take")
    assert take.status_code == 303
    world.browser("zhang").post(f"/console/tickets/{number}/reply", data={"text": "请发日志", "key": "k"})
    world.browser("zhang").post(f"/console/tickets/{number}/move", data={"status": "waiting"})
    assert "暂停" in world.browser("zhang").get("/console?tab=mine").text


def test_conditions_stay_when_the_tab_is_changed(world: World) -> None:
    page = world.browser("zhang").get("/console?tab=all&priority=P1&q=%E5%AF%BC%E5%85%A5").text
    assert "/console?tab=mine&amp;priority=P1&amp;q=%E5%AF%BC%E5%85%A5" in page
    assert "没有符合条件的工单" in page


def test_long_lists_have_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "SHOWN", 2)
    made = []
    for customer in "abcde":
        made.append(world.ticket(customer=customer))
        world.clock.advance(timedelta(minutes=1))
    assert [listed(world, f"tab=all&page={page}") for page in (1, 2, 3, 4)] == [made[:2], made[2:4], made[4:], []]
    assert "第 2 / 3 页" in world.browser("zhang").get("/console?tab=all&page=2").text
    for number in made:
        world.browser("wang").post(f"/console/tickets/{number}/resolve", data={"solution": "已完成"})
    assert [len(listed(world, f"tab=done&page={page}")) for page in (1, 3)] == [2, 1]


def test_unread_messages_are_counted_until_we_answer(world: World) -> None:
    number = world.ticket(of="zhang")
    for index in range(2):
        world.say(number, "好了吗", f"in-{index}")
    assert "客户有新消息 2" in world.browser("zhang").get("/console?tab=mine").text
    world.browser("zhang").post(f"/console/tickets/{number}/reply", data={"text": "在看", "key": "k"})
    assert "客户有新消息" not in world.browser("zhang").get("/console?tab=mine").text


def test_colleagues_are_offered_with_their_presence_and_load(world: World) -> None:
    number = world.ticket(of="zhang")
    world.ticket(of="li", customer="b")
    with world.db.write() as session:
        for login, presence in (("li", "online"), ("wang", "busy"), ("root", "offline")):
            agents.set_presence(session, world.agent(login).id, presence, now=world.clock())
        agents.set_skills(session, world.agent("li").id, ["BIM"])
    page = world.browser("zhang").get(f"/console/tickets/{number}").text
    assert re.search(r'<optgroup label="在线"><option value="\d+" translate="no">李强（L1 BIM，1/8）', page)
    assert re.search(r'<optgroup label="离线"><option value="\d+" translate="no">管理员', page)


def test_the_settings_say_what_support_toml_says(world: World) -> None:
    page = world.browser("wang").get("/console/settings").text
    for shown in ("08:30-12:00，13:30-18:00", "首次回复", "15 分钟", "改 <code>support.toml</code> 后重启"):
        assert shown in page
