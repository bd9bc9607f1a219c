"""Going back to a page that the browser has kept as it was while later pages of the tab went on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from gateway.widget.fake_desk import FakeDesk
from tests.e2e.conftest import CHROMIUM, CHROMIUM_ARGUMENTS
from tests.e2e.pages import Widget
from tests.e2e.waiting import until
from tests.e2e.widget_site import desk, fake_site, opened, said, site

__all__ = ["desk", "fake_site", "site"]
pytestmark = pytest.mark.browser
UNLOCKED = "navigator.locks.query().then(({ held, pending }) => held.length + pending.length === 0)"


@pytest.fixture
def person(browser: Browser) -> Iterator[BrowserContext]:
    """Whose browser keeps pages that were left, as browsers do outside of tests."""
    keeping = browser.browser_type.launch(
        executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS, ignore_default_args=["--disable-back-forward-cache"]
    )
    context = keeping.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800})
    context.add_init_script("addEventListener('pageshow', ({ persisted }) => { window.kept = persisted; });")
    yield context
    keeping.close()


def identified(person: BrowserContext, site: str) -> Widget:
    """The first page of u-1, who has said something that is for nobody else."""
    widget = opened(person, site)
    widget.page.evaluate("gongda.identify({id: 'u-1', signature: 's'})")
    widget.say("我的合同号是 77")
    expect(widget.replies).to_have_count(1)
    widget.input.fill("还没发出去的话")
    return widget


def begun(person: BrowserContext, site: str, desk: FakeDesk) -> Widget:
    """Open, and its session begun."""
    widget = opened(person, site)
    until(lambda: [one for one in desk.conversations.values() if one.listeners], 20, "the events to be listened to")
    return widget


def go_on(widget: Widget, site: str) -> None:
    """To the next page of the same tab. A browser keeps no page that is left while it holds a lock."""
    until(lambda: widget.page.evaluate(UNLOCKED), 20, "nothing to be under way")
    widget.page.goto(f"{site}/demo/?next")
    widget.input.wait_for()


def go_back(widget: Widget) -> None:
    widget.page.go_back(wait_until="commit")
    until(lambda: widget.page.evaluate("window.kept"), 20, "the page to be the one that was left")


def said_by(desk: FakeDesk) -> list[tuple[str | None, list[str]]]:
    return [(c.whose, [m["text"] for m in c.messages if m["author"] == "user"]) for c in desk.conversations.values()]


def test_back_on_a_page_from_before_the_logout_nothing_of_the_one_who_left_is_shown_or_gone_on_with(
    person: BrowserContext, site: str, desk: FakeDesk
) -> None:
    widget = identified(person, site)
    go_on(widget, site)
    widget.page.evaluate("gongda.reset()")
    token = "localStorage.getItem('gongda:demo:token')"
    until(lambda: widget.page.evaluate(token), 20, "the next session")

    go_back(widget)

    expect(widget.panel.locator(".welcome")).to_be_visible()
    expect(widget.messages).to_have_count(0)
    expect(widget.input).to_have_value("")
    widget.say("我没有登录")
    expect(widget.replies).to_have_count(1)
    assert said_by(desk) == [("u-1", ["我的合同号是 77"]), (None, ["我没有登录"])]


def test_back_on_a_page_of_the_person_before_it_shows_the_present_one_and_keeps_what_they_typed(
    person: BrowserContext, site: str, desk: FakeDesk
) -> None:
    widget = identified(person, site)
    go_on(widget, site)
    widget.page.evaluate("gongda.identify({id: 'u-2', signature: 's'})")
    widget.say("我是第二个人")
    expect(widget.replies).to_have_count(1)
    widget.input.fill("第二个人写到一半")

    go_back(widget)

    expect(widget.panel.locator(".from-user .bubble")).to_have_text(["我是第二个人"])
    expect(widget.input).to_have_value("第二个人写到一半")
    widget.say("说完了")
    expect(widget.replies).to_have_count(2)
    assert said_by(desk) == [("u-1", ["我的合同号是 77"]), ("u-2", ["我是第二个人", "说完了"])]


def test_back_on_a_page_from_before_the_logout_one_session_is_begun(
    person: BrowserContext, site: str, desk: FakeDesk
) -> None:
    widget = identified(person, site)
    go_on(widget, site)
    widget.input.press("Escape")
    widget.page.evaluate("gongda.reset()")  # begins none while it is closed

    go_back(widget)

    widget.say("我没有登录")
    expect(widget.replies).to_have_count(1)
    assert [conversation.whose for conversation in desk.conversations.values()] == ["u-1", None]


def test_a_draft_sent_on_the_next_page_is_not_unsent_again_on_the_one_before(
    person: BrowserContext, site: str, desk: FakeDesk
) -> None:
    widget = begun(person, site, desk)
    widget.input.fill("图纸打不开")
    go_on(widget, site)
    expect(widget.input).to_have_value("图纸打不开")
    widget.input.press("Enter")
    expect(widget.replies).to_have_count(1)

    go_back(widget)

    expect(widget.panel.locator(".from-user .bubble")).to_have_text(["图纸打不开"])
    expect(widget.input).to_have_value("")
    assert said(desk) == ["图纸打不开"]


def test_a_form_sent_on_the_next_page_is_a_new_one_on_the_page_before(
    person: BrowserContext, site: str, desk: FakeDesk
) -> None:
    desk.on_duty = False
    widget = begun(person, site, desk)
    sheet = widget.panel.locator(".sheet")
    widget.panel.get_by_role("button", name="填写工单").click()
    sheet.locator("#field-question").fill("图纸打不开")
    sheet.locator("#field-phone").fill("13800001234")
    go_on(widget, site)
    widget.panel.get_by_role("button", name="填写工单").click()
    sheet.get_by_role("button", name="提交", exact=True).click()
    expect(sheet.locator(".done")).to_be_visible()

    go_back(widget)

    expect(sheet.locator("#field-phone")).to_have_value("")
