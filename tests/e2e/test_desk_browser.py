"""The ticket pages in a browser, against the console's own fake server: two agents and what they see of each other."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from desk.database import Database
from tests.e2e.console_site import PHONE, WINDOW, db, overflow, sign_in, site
from tests.e2e.ticket_screen import MINE, REPLY, SEND, customer_says, opened, ready

__all__ = ["db", "sign_in", "site"]  # fixtures
pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "options",
    [{}, {"viewport": {"width": 1024, "height": 768}}, {"viewport": PHONE}, {"color_scheme": "dark"}],
    ids=["desktop", "small", "phone", "dark"],
)
def test_no_ticket_page_complains_or_is_wider_than_the_window(sign_in, options: dict, shots, request) -> None:
    view = request.node.callspec.id
    wang = sign_in("wang", **{"viewport": WINDOW, **options})
    for path in ("/console", "/console?tab=all", "/console?tab=done", "/console?tab=mine&priority=P1", "/console/settings",
                 "/console/password"):  # fmt: skip
        wang.page.goto(path)
        wang.page.wait_for_timeout(300)
        assert overflow(wang.page) <= 0, path
        shots.take(wang.page, f"console-{view}-{re.sub('[^a-z]+', '-', path.removeprefix('/console')) or 'queue'}")
    wang.page.goto("/console?tab=all")
    for index in range(3):
        wang.page.locator("td.number a").nth(index).click()
        wang.page.locator("[data-ticket]").wait_for()
        wang.page.wait_for_timeout(300)
        assert overflow(wang.page) <= 0
        shots.take(wang.page, f"console-{view}-ticket-{index}")
        wang.page.go_back()
    assert wang.complaints == []


def test_two_agents_and_a_customer_see_everything_once_and_in_order(sign_in, db: Database) -> None:
    zhang, li = opened(sign_in, "zhang"), opened(sign_in, "li")
    customer_says(db, "一：还在吗")
    expect(zhang.locator("#transcript")).to_contain_text("一：还在吗")
    zhang.fill(REPLY, "二：在的")
    zhang.press(REPLY, "Control+Enter")
    expect(li.locator("#transcript")).to_contain_text("二：在的")
    customer_says(db, "三：好")
    for page in (zhang, li):
        expect(page.locator("#transcript")).to_contain_text("三：好")
        said = page.locator("#transcript .said").all_inner_texts()
        assert [one[0] for one in said if one[:2] in ("一：", "二：", "三：")] == ["一", "二", "三"]


def test_without_a_stream_everything_comes_by_asking(sign_in, db: Database) -> None:
    page = sign_in("zhang").page
    page.route(re.compile(r"/events"), lambda route: route.abort())
    page.goto("/console?tab=mine")
    page.locator("a.summary", has_text=MINE).click()
    page.locator("[data-ticket]").wait_for()
    customer_says(db, "没有推送也能收到")
    expect(page.locator("#transcript")).to_contain_text("没有推送也能收到")
    expect(page.locator("article", has_text="没有推送也能收到")).to_have_count(1)


def test_colleagues_see_that_somebody_looks_and_writes(sign_in) -> None:
    zhang, wang = opened(sign_in, "zhang"), opened(sign_in, "wang")
    expect(zhang.locator("#viewers")).to_contain_text("王海涛正在查看")
    zhang.locator(REPLY).press_sequentially("我来")
    expect(wang.locator("#viewers")).to_contain_text("张敏正在回复")
    wang.goto("/console")
    expect(zhang.locator("#viewers")).not_to_contain_text("王海涛")
    zhang.fill(REPLY, "")


def test_a_reply_begun_before_a_colleague_answered_asks_before_it_goes_out(sign_in) -> None:
    zhang, wang = opened(sign_in, "zhang"), opened(sign_in, "wang")
    zhang.locator(REPLY).press_sequentially("请重装")
    wang.get_by_role("button", name="接手").click()
    expect(wang.locator(SEND)).to_be_enabled()
    wang.fill(REPLY, "不用重装，清缓存即可")
    wang.press(REPLY, "Control+Enter")
    expect(zhang.locator("#transcript")).to_contain_text("不用重装")
    wang.click("[data-opens=transfer]")
    wang.locator("#transfer select").select_option(
        wang.locator("#transfer option", has_text="张敏").get_attribute("value")
    )
    wang.click("#transfer .primary")
    expect(zhang.locator(SEND)).to_be_enabled()
    zhang.press(REPLY, "Control+Enter")
    expect(zhang.locator("#answered")).to_contain_text("王海涛刚刚已经回复了客户")
    expect(zhang.locator(REPLY)).to_have_value("请重装")
    zhang.get_by_role("button", name="仍要发送").click()
    expect(zhang.locator(".bubble.agent .said").last).to_have_text("请重装")
    expect(zhang.locator("#answered")).to_be_hidden()


def test_a_slash_opens_the_ready_replies_and_the_keyboard_puts_one_in(sign_in) -> None:
    page = opened(sign_in, "zhang")
    page.locator(REPLY).press_sequentially("/")
    second = page.locator("#canned [role=option]").nth(1)
    expect(second).to_be_visible()
    text = second.locator("small").inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#canned")).to_be_hidden()
    assert page.input_value(REPLY).split("\n")[0][:10] == text[:10]
    page.fill(REPLY, "")
    page.locator(REPLY).press_sequentially("/")
    expect(second).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#canned")).to_be_hidden()
    page.fill(REPLY, "")


def test_a_suggested_entry_goes_into_the_reply(sign_in) -> None:
    page = opened(sign_in, "zhang")
    page.locator("[data-insert]").first.click()
    assert "**" not in page.input_value(REPLY)
    assert len(page.input_value(REPLY)) > 10
    page.fill(REPLY, "")


def test_a_draft_outlives_logging_out(sign_in) -> None:
    page = opened(sign_in, "zhang")
    address = page.url
    page.fill(REPLY, "写到一半")
    page.get_by_role("button", name="退出").click()
    page.fill("[name=login]", "zhang")
    page.fill("[name=password]", "console-demo-1")
    page.click("button.primary")
    page.wait_for_url(re.compile(r"/console$"))
    page.goto(address)
    expect(page.locator(REPLY)).to_have_value("写到一半")
    page.fill(REPLY, "")


def test_shortcuts_work_everywhere_but_where_somebody_types(sign_in) -> None:
    page = sign_in("zhang").page
    page.goto("/console?tab=all")
    page.locator("html.scripted").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    chosen = page.locator("tr.chosen").get_attribute("data-id")
    assert chosen == page.locator("tr[data-id]").first.get_attribute("data-id")
    page.keyboard.press("o")
    page.locator(f"[data-ticket='{chosen}']").wait_for()
    ready(page)
    page.keyboard.press("n")
    expect(page.locator("[data-form=note] textarea")).to_be_focused()
    page.keyboard.type("jkt?")
    expect(page.locator("[data-form=note] textarea")).to_have_value("jkt?")
    expect(page.locator("#shortcuts")).to_be_hidden()
    page.fill("[data-form=note] textarea", "")
    page.locator("#transcript").focus()
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("q")
    page.wait_for_url("**/console?tab=all")


def test_words_and_conditions_go_into_the_address_and_stay(sign_in) -> None:
    page = sign_in("zhang").page
    page.goto("/console?tab=all")
    page.locator("html.scripted").wait_for()
    page.keyboard.press("/")
    page.keyboard.type("甘特")
    expect(page.locator("tr[data-id]")).to_have_count(1)
    page.locator("td.number a").click()
    ready(page)
    page.locator(".back").click()
    page.wait_for_url(re.compile("q="))
    expect(page.locator("tr[data-id]")).to_have_count(1)


def test_the_number_in_the_title_and_the_list_follow_without_a_reload(sign_in, db: Database) -> None:
    page = opened(sign_in, "zhang")
    page.fill(REPLY, "稍等")
    page.press(REPLY, "Control+Enter")
    expect(page.locator(REPLY)).to_have_value("")
    page.goto("/console?tab=mine")
    expect(page.locator(".chip.news")).to_have_count(0)
    before = int(re.sub(r"\D", "", page.title().split(")")[0]) or 0)
    customer_says(db, "我发了日志")
    expect(page.locator(".chip.news")).to_have_count(1)
    page.wait_for_function("count => document.title.startsWith(`(${count + 1})`)", arg=before)
