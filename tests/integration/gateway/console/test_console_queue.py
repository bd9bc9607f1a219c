from __future__ import annotations

import re
from datetime import timedelta

from tests.integration.gateway.console.world import World


def listed(world: World, tab: str, login: str = "zhang") -> list[str]:
    page = world.browser(login).get("/console", params={"tab": tab})
    return re.findall(r'data-id="([^"]+)"', page.text)


def test_the_urgent_come_first_then_those_who_wait_longest(world: World) -> None:
    old = world.ticket(customer="a")
    world.clock.advance(timedelta(minutes=5))
    new = world.ticket(customer="b")
    world.clock.advance(timedelta(minutes=5))
    urgent = world.ticket(customer="c")
    world.browser("zhang").post(f"/console/tickets/{urgent}/correct", data={"category": "crash", "priority": "P1"})
    assert listed(world, "todo") == [urgent, old, new]


def test_each_tab_has_its_tickets(world: World) -> None:
    free, mine, theirs, done = (world.ticket(customer=name) for name in "abcd")
    for login, number in (("zhang", mine), ("li", theirs), ("zhang", done)):
        world.browser(login).post(f"/console/tickets/{number}/take")
    world.browser("zhang").post(f"/console/tickets/{done}/resolve", data={"solution": "已完成"})
    assert listed(world, "todo") == [free]
    assert listed(world, "mine") == [mine]
    assert listed(world, "all") == [free, mine, theirs]
    assert listed(world, "done") == [done]


def test_what_was_solved_last_comes_first(world: World) -> None:
    first, second = (world.ticket(of="zhang", customer=name) for name in "ab")
    for number in (second, first):
        world.clock.advance(timedelta(minutes=1))
        world.browser("zhang").post(f"/console/tickets/{number}/resolve", data={"solution": "已完成"})
    assert listed(world, "done") == [first, second]


def test_new_tickets_are_counted_for_the_badge(world: World) -> None:
    world.ticket(customer="a")
    world.ticket(customer="b", of="li")
    assert 'data-badge="1"' in world.browser("zhang").get("/console").text


def test_a_row_says_who_waits_and_for_how_long(world: World) -> None:
    world.ticket(channel="wechat")
    world.clock.advance(timedelta(minutes=65))
    page = world.browser("zhang").get("/console").text
    for shown in ("P3 中", "导入导出", "导入材料价报 ERR-1042", "访客", "微信", "1 小时 5 分", "待受理"):
        assert shown in page


def test_a_customer_who_has_answered_is_marked_on_my_tickets(world: World) -> None:
    number = world.ticket(of="zhang")
    assert "客户有新消息" not in world.browser("zhang").get("/console?tab=mine").text
    world.say(number, "好了吗", "in-2")
    assert "客户有新消息" in world.browser("zhang").get("/console?tab=mine").text


def test_an_empty_queue_says_so(world: World) -> None:
    assert "没有待处理的工单" in world.browser("zhang").get("/console").text
