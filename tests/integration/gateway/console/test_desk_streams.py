from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from desk import agents, conversations, messages
from tests.integration.gateway.console.streaming import Stream
from tests.integration.gateway.console.world import World


def token(world: World, login: str) -> str:
    return world.browser(login).cookies["gongda_console"]


def ticket_stream(world: World, login: str, number: str, after: int = 0, **headers: str) -> Stream:
    return Stream(world, f"/console/tickets/{number}/events?after={after}", token(world, login), **headers)


async def test_a_new_ticket_is_told_to_everybody_on_the_team(world: World) -> None:
    async with Stream(world, "/console/events", token(world, "li")) as stream:
        first = await stream.read("desk")
        number = await asyncio.to_thread(world.ticket)
        news = await stream.read("desk")
    assert (first.data["badge"], first.data["calls"]) == (0, [])
    assert (news.data["badge"], news.data["calls"]) == (1, [f"free:{number}"])
    assert news.data["version"] != first.data["version"]


def test_a_message_on_my_ticket_calls_me_and_nobody_else(world: World) -> None:
    number = world.ticket(of="zhang")
    world.say(number, "好了吗", "in-2")
    mine, theirs = (world.browser(login).get("/console/news").json() for login in ("zhang", "li"))
    assert (mine["badge"], mine["calls"]) == (1, [f"said:{number}:1"])
    assert (theirs["badge"], theirs["calls"]) == (0, [])


async def test_what_the_customer_writes_comes_through_at_once_with_its_number(world: World) -> None:
    number = await asyncio.to_thread(world.ticket, of="zhang")
    seen = (await asyncio.to_thread(world.messages, number))[-1].seq
    async with ticket_stream(world, "zhang", number, seen) as stream:
        state = await stream.read("state")
        await asyncio.to_thread(world.say, number, "还是不行", "in-2")
        said = await stream.read("message")
    assert state.data["speaks"] is True
    assert (said.data["seq"], said.data["author"], said.data["text"], said.id) == (
        seen + 1, "user", "还是不行", str(seen + 1),
    )  # fmt: skip
    assert "还是不行" in said.data["html"]


async def test_a_browser_that_comes_back_gets_what_it_has_missed_and_nothing_twice(world: World) -> None:
    number = await asyncio.to_thread(world.ticket, of="zhang")
    for index, text in enumerate(("一", "二", "三")):
        await asyncio.to_thread(world.say, number, text, f"in-2-{index}")
    last = (await asyncio.to_thread(world.messages, number))[-1].seq
    async with ticket_stream(world, "zhang", number, 0, last_event_id=str(last - 1)) as stream:
        missed = await stream.read("message")
        await asyncio.to_thread(world.say, number, "四", "in-3")
        fresh = await stream.read("message")
    assert [missed.data["text"], fresh.data["text"]] == ["三", "四"]


async def test_a_change_of_the_ticket_is_told_as_another_version(world: World) -> None:
    number = await asyncio.to_thread(world.ticket, of="zhang")
    async with ticket_stream(world, "zhang", number) as stream:
        before = await stream.read("state")
        await asyncio.to_thread(world.browser("wang").post, f"/console/tickets/{number}/take")
        after = await stream.read("state")
    assert (before.data["speaks"], after.data["speaks"]) == (True, False)
    assert before.data["version"] != after.data["version"]


async def test_colleagues_who_look_and_write_are_named(world: World) -> None:
    number = await asyncio.to_thread(world.ticket, of="zhang")
    li, path = world.browser("li"), f"/console/tickets/{number}/look"
    async with ticket_stream(world, "zhang", number) as stream:
        assert (await stream.read("state")).data["viewers"] == []
        await asyncio.to_thread(li.post, path, data={"mode": "writing"})
        writing = await stream.read("state")
        await asyncio.to_thread(li.post, path, data={"mode": "gone"})
        gone = await stream.read("state")
    assert writing.data["viewers"] == [{"name": "李强", "mode": "writing", "says": "正在回复"}]
    assert gone.data["viewers"] == []


async def test_a_stream_carries_one_ticket_only(world: World) -> None:
    mine = await asyncio.to_thread(world.ticket, of="zhang", customer="a")
    theirs = await asyncio.to_thread(world.ticket, of="li", customer="b")
    async with ticket_stream(world, "zhang", mine, 99) as stream:
        await stream.read("state")
        await asyncio.to_thread(world.say, theirs, "别人的秘密", "in-2")
        await asyncio.to_thread(world.browser("li").post, f"/console/tickets/{theirs}/note", data={"note": "备注"})
        news = await stream.read("desk")
    assert "别人的秘密" not in str(news.data)


@pytest.mark.parametrize("path", ["/console/events", "/console/tickets/{number}/events"])
async def test_logging_out_ends_the_stream(world: World, path: str) -> None:
    number = await asyncio.to_thread(world.ticket, of="zhang")
    browser = world.browser_later("zhang")
    async with Stream(world, path.format(number=number), browser.cookies["gongda_console"]) as stream:
        await stream.read("desk")
        await asyncio.to_thread(browser.post, "/console/logout")
        await stream.read("ended")
        assert await stream.ended()


async def test_a_session_that_runs_out_ends_the_stream(world: World) -> None:
    async with Stream(world, "/console/events", token(world, "zhang")) as stream:
        await stream.read("desk")
        world.clock.advance(timedelta(hours=13))
        await stream.read("ended")


async def test_who_may_no_longer_see_tickets_hears_no_more_of_them(world: World) -> None:
    def demote() -> None:
        with world.db.write() as session:
            agents.update(session, world.agent("li").id, role="editor")

    async with Stream(world, "/console/events", token(world, "li")) as stream:
        await stream.read("desk")
        await asyncio.to_thread(demote)
        await asyncio.to_thread(world.ticket)
        await stream.read("ended")


async def test_a_stream_is_a_sign_of_life_of_its_agent(world: World) -> None:
    async with Stream(world, "/console/events", token(world, "zhang")) as stream:
        await stream.read("desk")
        for _ in range(100):
            if world.agent("zhang").seen_at is not None:
                break
            await asyncio.sleep(0.05)
    assert world.agent("zhang").seen_at == world.clock()


async def test_streams_are_event_streams_that_no_proxy_keeps(world: World) -> None:
    async with Stream(world, "/console/events", token(world, "zhang")) as stream:
        await stream.read("desk")
    assert stream.status == 200
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert (stream.headers["cache-control"], stream.headers["x-accel-buffering"]) == ("no-store", "no")


def test_streams_are_refused_to_strangers_and_to_other_roles(world: World) -> None:
    number = world.ticket()
    for path in ("/console/events", f"/console/tickets/{number}/events", "/console/news"):
        assert world.browser(accept="application/json").get(path).status_code == 401
        assert world.browser("chen", accept="application/json").get(path).status_code == 403


def test_looking_is_for_the_team_and_for_tickets_that_exist(world: World) -> None:
    number = world.ticket()
    path, form = f"/console/tickets/{number}/look", {"mode": "reading"}
    assert world.browser("chen").post(path, data=form).status_code == 403
    assert world.browser("zhang").post(path, data=form).json() == {"viewers": []}
    assert world.browser("li").post(path, data=form).json()["viewers"][0]["name"] == "张敏"
    wrong = world.browser("li", accept="application/json").post(path, data={"mode": "sleeping"})
    assert wrong.status_code == 422


def test_passwords_in_messages_reach_no_agent(world: World) -> None:
    number = world.ticket(of="zhang", said="我的密码是 Abc12345xyz，登录不了", summary="密码：Abc12345xyz 登录不了")
    for path in (f"/console/tickets/{number}", f"/console/tickets/{number}/messages", "/console?tab=mine"):
        page = world.browser("zhang").get(path)
        assert page.status_code == 200
        assert "Abc12345xyz" not in page.text


def test_a_reply_after_a_colleague_has_answered_asks_first_and_then_goes_out(world: World) -> None:
    number, li = world.ticket(of="li"), world.agent("li")
    seen = world.messages(number)[-1].seq
    wang, form = world.browser("wang"), {"text": "请重启客户端。", "key": "w"}
    wang.post(f"/console/tickets/{number}/take")
    wang.post(f"/console/tickets/{number}/reply", data=form)
    wang.post(f"/console/tickets/{number}/transfer", data={"agent": str(li.id)})
    mine = {"text": "请清理缓存。", "key": "l", "after": str(seen)}
    refused = world.browser("li", accept="application/json").post(f"/console/tickets/{number}/reply", data=mine)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "answered")
    assert "王海涛刚刚已经回复了客户" in refused.json()["error"]["message"]
    assert [one.text for one in world.messages(number) if one.author == "agent"] == ["请重启客户端。"]
    assert len(world.events(number, "replied")) == 1
    again = world.browser("li").post(f"/console/tickets/{number}/reply", data={**mine, "anyway": "yes"})
    assert again.status_code == 303
    assert [one.text for one in world.messages(number) if one.author == "agent"] == ["请重启客户端。", "请清理缓存。"]


def test_customers_and_my_own_words_are_no_reason_to_ask(world: World) -> None:
    number, browser = world.ticket(of="zhang"), world.browser("zhang")
    seen = world.messages(number)[-1].seq
    world.say(number, "在吗", "in-2")
    for key in ("a", "b"):
        form = {"text": f"您好{key}", "key": key, "after": str(seen)}
        assert browser.post(f"/console/tickets/{number}/reply", data=form).status_code == 303


def test_wechat_says_before_sending_what_the_follower_can_still_get(world: World) -> None:
    number = world.ticket(of="zhang", channel="wechat", customer="openid-7")
    browser, path = world.browser("zhang"), f"/console/tickets/{number}"
    assert "还能发 5 条" in browser.get(path).text
    browser.post(f"{path}/reply", data={"text": "您好", "key": "a"})
    assert "还能发 4 条" in browser.get(path).text
    with world.db.write() as session:
        for index in range(4):
            talk = conversations.get(session, world.talk(number).id)
            messages.add(session, talk.id, "agent", f"第{index}条", agent_id=1, now=world.clock())
    assert "5 条已用完：发出的内容将等客户下次发消息时送达" in browser.get(path).text
    world.clock.advance(timedelta(hours=49))
    world.say(number, "好了吗", "in-9")
    assert "还能发 5 条" in world.browser_later("zhang").get(path).text
    world.clock.advance(timedelta(hours=49))
    assert "超过 48 小时" in world.browser_later("zhang").get(path).text
