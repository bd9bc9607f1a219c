"""Bad lines, full disks, sleeping laptops and several tabs: nothing is lost, nothing is said twice."""

from __future__ import annotations

from time import monotonic

import pytest
from playwright.sync_api import Route, expect

from gateway.widget.fake_desk import FakeDesk
from tests.e2e.waiting import until
from tests.e2e.widget_site import FakeSite, Person, desk, fake_site, opened, said, site

__all__ = ["desk", "fake_site", "site"]
pytestmark = pytest.mark.browser
CUT_S = 30
# Locks and storage reach another tab by different ways: what was stored under a lock may be seen later than the lock.
LATE_STORE = """
  const request = LockManager.prototype.request, getItem = Storage.prototype.getItem;
  let blind = Infinity;
  LockManager.prototype.request = function (name, work) {
    return request.call(this, name, (lock) => {
      if (name.endsWith(":session")) blind = Math.min(blind, performance.now() + 10);
      return work(lock);
    });
  };
  Storage.prototype.getItem = function (key) {
    return key.endsWith(":token") && (blind === Infinity || performance.now() < blind) ? null : getItem.call(this, key);
  };
"""
UNSENT = "Object.keys(localStorage).filter((key) => key.includes(':out:'))"
FULL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"
FORBIDDEN = """for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });
}"""


def test_thirty_seconds_without_network_lose_and_double_nothing(desktop: Person, site: str, desk: FakeDesk) -> None:
    person = desktop("zh-CN")
    widget, other = opened(person, site), opened(person, site)
    widget.say("在吗")
    expect(other.replies).to_have_count(1)

    person.set_offline(True)
    widget.say("第一句")
    other.say("第二句")
    widget.page.wait_for_timeout(CUT_S * 1000 / 2)
    widget.say("第三句")
    expect(widget.panel.locator(".delivery").last).to_contain_text("等待网络恢复")
    widget.page.wait_for_timeout(CUT_S * 1000 / 2)
    person.set_offline(False)

    until(lambda: len(said(desk)) == 4, 20, "all of it to arrive")
    assert sorted(said(desk)) == sorted(["在吗", "第一句", "第二句", "第三句"])
    for window in (widget, other):
        expect(window.panel.locator(".from-user")).to_have_count(4)
        expect(window.panel.locator(".banner")).to_be_hidden()
        until(lambda page=window.page: not page.evaluate(UNSENT), 20, "nothing to be left to send")


def test_a_restart_of_the_gateway_loses_and_doubles_nothing(
    desktop: Person, fake_site: FakeSite, desk: FakeDesk
) -> None:
    widget = opened(desktop("zh-CN"), fake_site.url)
    widget.say("在吗")
    expect(widget.replies).to_have_count(1)

    fake_site.stop()
    widget.say("重启时写的")
    widget.page.wait_for_timeout(2_500)
    fake_site.start()

    until(lambda: len(said(desk)) == 2, 30, "the message to arrive")
    expect(widget.replies).to_have_count(2, timeout=30_000)
    assert said(desk) == ["在吗", "重启时写的"]
    expect(widget.panel.locator(".from-user")).to_have_count(2)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("zh-CN", "连接中断，正在重新连接"), ("zh-TW", "連線中斷，正在重新連線"), ("en", "Connection lost, reconnecting")],
)
def test_a_dead_line_is_told_in_the_visitors_language(
    fake_site: FakeSite, desktop: Person, desk: FakeDesk, language: str, sentence: str
) -> None:
    widget = opened(desktop("zh-CN"), fake_site.url)
    widget.page.evaluate("locale => gongda.setLocale(locale)", language)
    widget.say("在吗")
    expect(widget.replies).to_have_count(1)

    fake_site.stop()

    expect(widget.panel.locator(".banner")).to_have_text(sentence)


def test_two_tabs_that_write_at_once_show_the_same(desktop: Person, site: str, desk: FakeDesk) -> None:
    person = desktop("zh-CN")
    first, second = opened(person, site), opened(person, site)
    for number in range(4):
        first.say(f"甲{number}")
        second.say(f"乙{number}")

    wanted = sorted(f"{tab}{number}" for tab in "甲乙" for number in range(4))
    until(lambda: len(said(desk)) == 8, 20, "all of it to arrive")
    assert sorted(said(desk)) == wanted
    for window in (first, second):
        shown = window.panel.locator(".from-user .bubble")
        expect(shown).to_have_count(8)
        expect(shown).to_have_text(said(desk))  # in the gateway's order


@pytest.mark.parametrize("script", [FULL, FORBIDDEN], ids=["full", "forbidden"])
def test_a_browser_that_stores_nothing_can_talk_all_the_same(
    desktop: Person, site: str, desk: FakeDesk, script: str
) -> None:
    person = desktop("zh-CN")
    person.add_init_script(script)
    widget = opened(person, site)

    widget.say("导入报错")
    expect(widget.answers).to_have_count(1)
    widget.answers.get_by_role("button", name="有帮助").click()
    widget.say("在吗")

    expect(widget.replies).to_have_count(2)
    assert said(desk) == ["导入报错", "在吗"]
    assert len(desk.conversations) == 1
    assert [line for line in widget.complaints if "uncaught" in line] == []


def test_a_clock_set_back_changes_neither_order_nor_delivery(desktop: Person, site: str, desk: FakeDesk) -> None:
    person = desktop("zh-CN")
    widget = opened(person, site)
    widget.say("在吗")
    expect(widget.replies).to_have_count(1)

    person.set_offline(True)
    widget.say("先写的")
    widget.page.evaluate("() => { const now = Date.now; Date.now = () => now() - 86_400_000; }")
    widget.say("后写的")
    person.set_offline(False)

    until(lambda: len(said(desk)) == 3, 20, "all of it to arrive")
    assert said(desk) == ["在吗", "先写的", "后写的"]


def test_after_sleeping_the_line_is_made_anew(desktop: Person, site: str, desk: FakeDesk) -> None:
    widget = opened(desktop("zh-CN"), site)
    widget.say("在吗")
    expect(widget.replies).to_have_count(1)
    (conversation,) = desk.conversations.values()
    (before,) = conversation.listeners
    conversation.listeners.clear()  # the line looks alive on this side and nothing comes through it
    desk.say(conversation, "agent", {"name": "王工", "text": "您好，请看一下日志。"})

    widget.page.evaluate("() => { const now = Date.now; Date.now = () => now() + 3_600_000; }")  # an hour of sleep

    expect(widget.replies).to_have_count(2)
    assert before not in conversation.listeners


def test_a_page_taken_from_the_back_forward_cache_goes_on(desktop: Person, site: str, desk: FakeDesk) -> None:
    widget = opened(desktop("zh-CN"), site)
    widget.say("在吗")
    expect(widget.replies).to_have_count(1)
    (conversation,) = desk.conversations.values()

    widget.page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    until(lambda: not conversation.listeners, 20, "the stream to be closed")
    desk.say(conversation, "agent", {"name": "王工", "text": "您回来啦。"})
    widget.page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")

    expect(widget.replies).to_have_count(2)


def test_a_tab_that_sees_the_token_late_does_not_begin_another_conversation(
    desktop: Person, site: str, desk: FakeDesk
) -> None:
    person = desktop("zh-CN")
    opened(person, site).say("在吗")
    until(lambda: said(desk) == ["在吗"], 20, "the first tab to have its conversation")
    person.add_init_script(LATE_STORE)

    late = opened(person, site)

    expect(late.replies).to_have_count(1)
    assert len(desk.conversations) == 1


def test_asked_to_wait_the_widget_waits_and_sends_once(desktop: Person, site: str, desk: FakeDesk) -> None:
    person = desktop("zh-CN")
    widget = opened(person, site)
    turned_away: list[str] = []

    def busy(route: Route) -> None:
        if turned_away:
            route.continue_()
        else:
            turned_away.append(route.request.url)
            body = {"error": {"code": "too_many", "message": "发送太快了，请 2 秒后再试。"}}
            route.fulfill(status=429, headers={"Retry-After": "2"}, json=body)

    person.route("**/web/messages", busy)
    widget.say("导入报错")

    expect(widget.panel.locator(".delivery")).to_contain_text("发送太快了")
    expect(widget.answers).to_have_count(1)
    assert said(desk) == ["导入报错"]


def test_what_happens_meanwhile_does_not_cut_the_wait_short(desktop: Person, site: str, desk: FakeDesk) -> None:
    person = desktop("zh-CN")
    streams: list[Route] = []
    messages: list[Route] = []
    person.route("**/web/events**", lambda route: streams.append(route))
    person.route("**/web/messages", lambda route: messages.append(route))
    widget = opened(person, site)
    widget.say("导入报错")
    until(lambda: widget.page.evaluate("1") and streams and messages, 20, "both to be on their way")
    person.unroute("**/web/messages")

    (conversation,) = desk.conversations.values()
    streams[0].continue_()
    until(lambda: conversation.listeners, 20, "the stream to be open")
    expect(widget.panel.locator(".banner")).to_be_hidden()
    told = {"error": {"code": "too_many", "message": "发送太快了，请 3 秒后再试。"}}
    messages[0].fulfill(status=429, headers={"Retry-After": "3"}, json=told)
    refused_at = monotonic()
    expect(widget.panel.locator(".delivery")).to_contain_text("发送太快了")
    widget.say("在吗")

    expect(widget.answers).to_have_count(1)
    assert monotonic() - refused_at > 2.9
    expect(widget.replies).to_have_count(2)
    assert said(desk) == ["导入报错", "在吗"]


def test_a_long_wait_is_told_and_the_words_can_be_sent_again(desktop: Person, site: str, desk: FakeDesk) -> None:
    widget = opened(desktop("zh-CN"), site)

    widget.say("429")  # the fake gateway asks for 90 seconds
    refused = widget.panel.locator(".delivery.refused")
    expect(refused).to_contain_text("90 秒")
    widget.page.reload()
    expect(widget.panel.locator(".from-user")).to_contain_text("429")
    refused.get_by_role("button", name="修改").click()

    expect(widget.input).to_have_value("429")
    widget.say("在吗")
    expect(widget.replies).to_have_count(1)
    assert said(desk) == ["在吗"]


def test_what_is_said_while_the_code_for_it_cannot_be_fetched_appears_later(desktop: Person, site: str) -> None:
    person = desktop("zh-CN")
    person.route("**/parts/cards.js", lambda route: route.abort())
    widget = opened(person, site)
    widget.say("导入报错")
    expect(widget.panel.locator(".from-user")).to_have_count(1)

    person.unroute("**/parts/cards.js")

    expect(widget.answers).to_have_count(1)


def test_what_is_refused_while_another_tab_sends_it_is_told_where_it_was_written(desktop: Person, site: str) -> None:
    person = desktop("zh-CN")
    writer, sender = opened(person, site), opened(person, site)
    held: list[Route] = []
    sender.page.route("**/web/messages", lambda route: held.append(route))
    sender.say("在吗")
    until(lambda: sender.page.evaluate("1") and len(held) == 1, 20, "the first message to be on its way")
    writer.say("长" * 2_001)  # waits behind it, and the tab that sends that one sends this one too
    expect(writer.panel.locator(".delivery")).to_contain_text("正在发送")

    sender.page.unroute("**/web/messages")  # lets the one that is held go on

    for window in (writer, sender):
        expect(window.panel.locator(".delivery.refused")).to_contain_text("2000")
    writer.page.reload()
    expect(writer.panel.locator(".delivery.refused")).to_contain_text("2000")
    writer.panel.locator(".delivery.refused").get_by_role("button", name="修改").click()
    expect(sender.panel.locator(".delivery.refused")).to_have_count(0)


def test_changing_a_refused_message_keeps_what_was_typed_meanwhile(desktop: Person, site: str) -> None:
    widget = opened(desktop("zh-CN"), site)
    widget.say("429")
    refused = widget.panel.locator(".delivery.refused")
    widget.input.fill("写到一半")

    refused.get_by_role("button", name="修改").click()

    expect(widget.input).to_have_value("写到一半\n429")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh-CN", "正在自动重试"),
        ("zh-TW", "會自動重試"),
        ("zh-HK", "正自動重試"),
        ("en", "there is nothing you need to do"),
    ],
)
def test_a_busy_gateway_is_tried_again_and_the_visitor_told_so(
    desktop: Person, site: str, desk: FakeDesk, language: str, sentence: str
) -> None:
    person = desktop("zh-CN")
    widget = opened(person, site)
    widget.page.evaluate("locale => gongda.setLocale(locale)", language)
    body = {"error": {"code": "busy", "message": "系统繁忙，这次没有处理成功，请稍后再试。"}}
    person.route(
        "**/web/messages", lambda route: route.fulfill(status=503, headers={"Retry-After": "2"}, json=body), times=1
    )

    widget.say("导入报错")

    expect(widget.panel.locator(".delivery")).to_contain_text(sentence)
    expect(widget.answers).to_have_count(1)
    assert said(desk) == ["导入报错"]
