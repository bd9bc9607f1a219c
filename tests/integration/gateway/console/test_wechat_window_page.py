"""What an agent reads above the reply box about a follower of the official account."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from desk import agents, outbox, tickets, windows
from gateway.channels.known import all_channels
from gateway.channels.wechat.delivering import rows
from gateway.channels.wechat.hearing.contact import open_window
from gateway.console.desk.card import live
from gateway.console.desk.window import Window, window
from gateway.wording import Wording
from tests.integration.gateway.console.world import Staff, World

FOLLOWER = "openid-7"


@pytest.fixture
def world(staff: Staff, tmp_path: Path) -> World:
    return World(staff, tmp_path)


@pytest.fixture
def number(world: World) -> str:
    number = world.ticket(of="zhang", channel="wechat", customer=FOLLOWER)
    with world.db.write() as session:
        open_window(session, FOLLOWER, "message", now=world.clock())
    return number


def seen(world: World, number: str) -> Window:
    with world.db.read() as session:
        found = window(session, world.talk(number), world.services.channels, world.clock())
    assert found is not None
    return found


def page(world: World, number: str) -> str:
    return world.browser_later("zhang").get(f"/console/tickets/{number}").text


def say(world: World, number: str, *texts: str, pushes: bool = True) -> None:
    with world.db.write() as session:
        for text in texts:
            made = rows.drafts(text, openid=FOLLOWER, conversation_id=world.talk(number).id, key=str(hash(text)))
            rows.queue(session, made, pushes=pushes, now=world.clock())


def test_it_says_how_many_and_how_long(world: World, number: str) -> None:
    world.clock.advance(timedelta(hours=16, minutes=30))
    assert "微信：还能发 5 条（共 5 条），窗口还有 31 小时，到" in page(world, number)
    world.clock.advance(timedelta(hours=31))
    assert "窗口不到 1 小时" in page(world, number)


def test_what_is_on_its_way_counts_as_spent(world: World, number: str) -> None:
    say(world, number, "长" * 500, "长" * 600)  # one part, and two
    assert seen(world, number).left == 2


def test_a_click_counts_for_its_minute(world: World, number: str) -> None:
    with world.db.write() as session:
        open_window(session, FOLLOWER, "event", now=world.clock())
    assert (seen(world, number).left, seen(world, number).of) == (8, 8)
    world.clock.advance(timedelta(minutes=1))
    assert seen(world, number).left == 5


@pytest.mark.parametrize(
    ("says", "told"),
    [
        (windows.emptied, "5 条已用完：发出的内容将等客户下次发消息时送达"),
        (windows.ended, "超过 48 小时：发出的内容将等客户下次发消息时送达"),
    ],
)
def test_what_wechat_has_said_is_believed(world: World, number: str, says, told: str) -> None:
    with world.db.write() as session:
        says(session, "wechat", FOLLOWER, as_of=world.clock())
    assert told in page(world, number)
    assert not seen(world, number).open


def test_one_who_has_unsubscribed_is_shown_as_gone(world: World, number: str) -> None:
    with world.db.write() as session:
        windows.closed(session, "wechat", FOLLOWER, now=world.clock())
    assert "客户已取消关注" in page(world, number)


def test_an_account_that_cannot_push_says_so_first(staff: Staff, tmp_path: Path) -> None:
    world = World(staff, tmp_path, channels=all_channels(Wording.load(), pushes=False))
    number = world.ticket(of="zhang", channel="wechat", customer=FOLLOWER)
    assert "公众号没有客服消息权限：发出的内容将等客户下次发消息时送达" in page(world, number)


def test_what_is_parked_is_shown_begun_and_as_text(world: World, number: str) -> None:
    say(world, number, "<b>第一条</b>\n换行", *(f"第{index}条" + "长" * 80 for index in range(6)), pushes=False)
    found = seen(world, number)
    assert (found.parked, found.waiting[0]) == (7, "<b>第一条</b> 换行")
    assert found.waiting[1] == "第0条" + "长" * 57 + "…"
    shown = page(world, number)
    assert "另有 7 条等着送达，会先发" in shown
    assert "&lt;b&gt;第一条&lt;/b&gt; 换行" in shown
    assert "还有 2 条" in shown


def test_sent_rows_wait_no_longer(world: World, number: str) -> None:
    say(world, number, "一")
    with world.db.write() as session:
        outbox.mark_sent(session, outbox.lease(session, now=world.clock())[0], now=world.clock())
    assert (seen(world, number).parked, seen(world, number).left) == (0, 5)  # the sender has spent it, or nobody


def test_in_traditional_our_words_are_converted_and_the_customers_are_not(world: World, number: str) -> None:
    say(world, number, "工单处理完毕", pushes=False)
    with world.db.write() as session:
        agents.profile(session, world.agent("zhang").id, locale="zh-TW")
        windows.closed(session, "wechat", FOLLOWER, now=world.clock())
    shown = page(world, number)
    assert "客戶已取消關注" in shown
    assert "工单处理完毕" in shown
    assert "等著送達" in shown


def test_other_channels_have_no_window(world: World) -> None:
    number = world.ticket(of="zhang")
    with world.db.read() as session:
        assert window(session, world.talk(number), world.services.channels, world.clock()) is None
    assert "data-window" not in page(world, number)


def done(world: World, number: str, key: str, text: str = "您好") -> str:
    """What the page says of a reply once it is sent."""
    browser = world.browser_later("zhang")
    answer = browser.post(f"/console/tickets/{number}/reply", data={"text": text, "key": key})
    return browser.get(answer.headers["location"]).text


def test_nobody_is_told_that_a_reply_is_sent_before_wechat_has_it(world: World, number: str) -> None:
    assert "已交给微信发送。" in done(world, number, "reply-01", "长" * 700)  # two parts
    assert "已交给微信发送，超出次数的部分" in done(world, number, "reply-02", "长" * 1998)  # four, and three are left


def test_a_reply_to_one_who_cannot_be_reached_is_said_to_wait(world: World, number: str) -> None:
    with world.db.write() as session:
        windows.emptied(session, "wechat", FOLLOWER, as_of=world.clock())
    told = done(world, number, "reply-01")
    assert "已保存，现在发不出去，等客户下次发消息时送达" in told
    assert "已发送" not in told


def test_the_page_is_another_one_when_the_follower_writes_or_a_reply_has_gone(world: World, number: str) -> None:
    versions = [version(world, number)]
    world.say(number, "好了吗", "in-2")
    versions.append(version(world, number))
    say(world, number, "一")
    versions.append(version(world, number))
    with world.db.write() as session:
        outbox.mark_sent(session, outbox.lease(session, now=world.clock())[0], now=world.clock())
    versions.append(version(world, number))
    assert all(one != following for one, following in pairwise(versions))


def version(world: World, number: str) -> str:
    """What tells a page that looks at the ticket to fetch what is around the transcript."""
    with world.db.read() as session:
        return live(session, tickets.get(session, number), world.agent("zhang")).version
