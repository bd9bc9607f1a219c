"""The widget alone, against its own fake gateway: what a browser does to it and what strangers type into it."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Browser, Route, ViewportSize, expect

from gateway.widget.fake_desk import FakeDesk
from retrieval.knowledge import tables
from tests.e2e.pages import Widget
from tests.e2e.waiting import until
from tests.e2e.widget_site import Person, desk, fake_site, opened, said, site

__all__ = ["desk", "fake_site", "site"]
pytestmark = pytest.mark.browser
CELLS = """async (text) => {
  const { markdown } = await import("/widget/parts/markdown.js");
  const cells = (row) => [...row.cells].map((cell) => cell.textContent);
  return markdown(text).map((node) => [...node.querySelectorAll("tr")].map(cells));
}"""


def answering(desk: FakeDesk, *blocks: str) -> None:
    """From now on this is the answer to everything."""
    card = {"title": "各角色的权限", "blocks": blocks, "entry_id": "faq-roles", "feedback": True}
    desk.script["rules"].insert(0, {"match": "", "replies": [{"kind": "answer", "card": card}]})


def table(columns: int, rows: int) -> str:
    lines = [[f"列名{column}" for column in range(columns)], ["---"] * columns]
    lines += [[f"第 {row} 行的内容" for _ in range(columns)] for row in range(rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def test_enter_sends_but_not_while_the_input_method_is_composing(desktop: Person, site: str, desk: FakeDesk) -> None:
    widget = opened(desktop("zh-CN"), site)
    widget.input.fill("导入报错")

    widget.input.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    widget.input.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, "bubbles": True})
    expect(widget.input).to_have_value("导入报错")
    widget.input.press("Shift+Enter")
    expect(widget.input).to_have_value("导入报错\n")
    assert said(desk) == []

    widget.input.press("Enter")
    expect(widget.answers).to_have_count(1)
    assert [text.strip() for text in said(desk)] == ["导入报错"]


@pytest.mark.parametrize("locale", ["zh-CN", "zh-TW", "zh-HK", "en"])
def test_the_first_hour_of_a_day_is_the_hour_zero(desktop: Person, site: str, locale: str) -> None:
    page = Widget(desktop("zh-CN"), site).page
    time = """async (locale) => {
      const { clockTime } = await import("/widget/parts/clock.js");
      return clockTime("2026-11-20T00:05:00", locale, new Date("2026-11-20T09:00:00"));
    }"""

    assert page.evaluate(time, locale) == "00:05"


def test_history_is_there_after_a_reload_and_in_a_second_tab(desktop: Person, site: str) -> None:
    person = desktop("zh-CN")
    first = opened(person, site)
    first.input.fill("导入报错")
    first.input.press("Enter")
    expect(first.answers).to_have_count(1)

    first.page.reload()
    expect(first.answers).to_have_count(1)

    second = opened(person, site)
    expect(second.answers).to_have_count(1)
    first.input.fill("import 还是不行")
    first.input.press("Enter")
    expect(second.answers).to_have_count(2)
    assert first.complaints == []


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=\"document.title='owned'\">",
        "<script>document.title='owned'</script>",
        "[click](javascript:document.title='owned')",
        "**<b onmouseover=document.title='owned'>x</b>**",
    ],
)
def test_what_strangers_type_stays_text(desktop: Person, site: str, text: str) -> None:
    widget = opened(desktop("zh-CN"), site)
    title = widget.page.title()

    widget.input.fill(text)
    widget.input.press("Enter")

    expect(widget.panel.locator(".message.from-user")).to_contain_text(text)
    expect(widget.replies.last).to_be_visible()
    assert widget.page.title() == title
    assert widget.panel.locator("img[src=x], script, a[href^=javascript]").count() == 0


def test_without_network_nothing_is_lost_or_doubled(desktop: Person, site: str, desk: FakeDesk) -> None:
    person = desktop("zh-CN")
    widget = opened(person, site)
    widget.input.fill("导入报错")
    widget.input.press("Enter")
    expect(widget.answers).to_have_count(1)

    person.set_offline(True)
    widget.input.fill("ERR-1042 断网时写的")
    widget.input.press("Enter")
    expect(widget.panel.locator(".message.from-user")).to_have_count(2)
    expect(widget.panel.locator(".banner")).to_be_visible()
    widget.page.wait_for_timeout(5_000)
    assert said(desk) == ["导入报错"]
    person.set_offline(False)

    expect(widget.answers).to_have_count(2)
    assert said(desk) == ["导入报错", "ERR-1042 断网时写的"]
    expect(widget.panel.locator(".message.from-user")).to_have_count(2)
    expect(widget.panel.locator(".banner")).to_be_hidden()


def test_a_message_written_offline_survives_a_reload(desktop: Person, site: str, desk: FakeDesk) -> None:
    person = desktop("zh-CN")
    widget = opened(person, site)
    widget.say("在吗")
    expect(widget.replies).to_have_count(1)

    person.route("**/web/messages", lambda route: route.abort())
    widget.say("导入报错")
    expect(widget.panel.locator(".message.from-user")).to_have_count(2)
    person.unroute("**/web/messages")
    widget.page.reload()

    expect(widget.answers).to_have_count(1)
    assert said(desk) == ["在吗", "导入报错"]


def test_a_cut_stream_goes_on_where_it_was(desktop: Person, site: str, desk: FakeDesk) -> None:
    widget = opened(desktop("zh-CN"), site)
    widget.say("在吗")
    expect(widget.replies).to_have_count(1)
    (conversation,) = desk.conversations.values()

    conversation.drop_streams()
    widget.say("导入报错")

    expect(widget.answers).to_have_count(1)
    expect(widget.messages).to_have_count(4)


def test_a_session_the_gateway_has_forgotten_is_replaced_and_the_message_kept(
    desktop: Person, site: str, desk: FakeDesk
) -> None:
    widget = opened(desktop("zh-CN"), site)
    widget.say("在吗")
    expect(widget.replies).to_have_count(1)

    desk.conversations.clear()
    widget.say("导入报错")

    expect(widget.answers).to_have_count(1)
    assert said(desk) == ["导入报错"]


def test_a_quick_reply_sends_its_choice_and_can_be_pressed_once(desktop: Person, site: str) -> None:
    widget = opened(desktop("zh-CN"), site)
    widget.say("我的任务不见了")
    chips = widget.panel.locator(".message .chip")
    expect(chips).to_have_count(3)

    chips.first.click()

    expect(widget.answers.locator("h3")).to_have_text("任务列表里少了任务")
    for chip in chips.all():
        expect(chip).to_be_disabled()
    expect(chips.first).to_contain_class("picked")


def test_a_person_is_called_and_the_call_taken_back_once_however_often_it_is_pressed(
    desktop: Person, site: str, desk: FakeDesk
) -> None:
    desk.delay_s = 5  # nobody takes the call before it is taken back
    widget = opened(desktop("zh-CN"), site)

    widget.panel.locator("button.human").dblclick()
    expect(widget.tickets).to_have_count(1)
    widget.panel.get_by_role("button", name="取消", exact=True).dblclick()
    widget.expect_state("bot")
    widget.say("不用了")  # goes out behind everything that was pressed

    until(lambda: "不用了" in said(desk), 20, "the last words to arrive")
    assert said(desk) == ["转人工", "取消人工", "不用了"]


def test_a_person_can_be_called_again_after_a_refusal(desktop: Person, site: str, desk: FakeDesk) -> None:
    person = desktop("zh-CN")
    widget = opened(person, site)
    human = widget.panel.locator("button.human")
    held: list[Route] = []
    person.route("**/web/human", lambda route: held.append(route))
    widget.call_human()
    until(lambda: widget.page.evaluate("1") and held, 20, "the call to be on its way")
    expect(human).to_have_attribute("aria-disabled", "true")

    held[0].fulfill(status=422, json={"error": {"code": "unusable", "message": "现在不行。"}})
    expect(human).to_have_attribute("aria-disabled", "false")
    person.unroute("**/web/human")
    widget.call_human()

    widget.expect_state("waiting")
    assert said(desk) == ["转人工"]


def test_a_person_can_be_called_again_when_the_assistant_has_answered_first(
    desktop: Person, site: str, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "human", lambda whose, client_id: desk.receive(whose, client_id, "转人工", None))
    widget = opened(desktop("zh-CN"), site)

    for answers in (1, 2):
        widget.call_human()
        expect(widget.replies).to_have_count(answers)

    assert said(desk) == ["转人工", "转人工"]


def test_a_thumb_reaches_the_desk_and_stays_pressed(desktop: Person, site: str, desk: FakeDesk) -> None:
    widget = opened(desktop("zh-CN"), site)
    widget.say("导入报错")
    down = widget.answers.get_by_role("button", name="没解决")

    down.click()

    (conversation,) = desk.conversations.values()
    until(lambda: conversation.feedback, 20, "the thumb to arrive")
    assert [(one["seq"], one["helpful"]) for one in conversation.feedback] == [(2, False)]
    widget.page.reload()
    expect(down).to_have_attribute("aria-pressed", "true")


def test_what_comes_while_the_panel_is_closed_is_counted_until_it_is_read(
    desktop: Person, site: str, desk: FakeDesk
) -> None:
    widget = opened(desktop("zh-CN"), site)
    widget.say("在吗")
    expect(widget.replies).to_have_count(1)
    widget.input.press("Escape")
    (conversation,) = desk.conversations.values()
    desk.say(conversation, "agent", {"name": "王工", "text": "您好，还需要帮忙吗？"})
    launcher = widget.page.locator("button.launcher")

    expect(launcher.locator(".badge")).to_have_text("1")
    expect(launcher).to_have_attribute("aria-label", "在线咨询，1 条未读消息")
    launcher.click()
    widget.input.press("Escape")

    expect(launcher.locator(".badge")).to_be_hidden()


def test_on_a_phone_the_panel_covers_the_page_and_keeps_the_focus(browser: Browser, site: str) -> None:
    size: ViewportSize = {"width": 390, "height": 844}
    phone = browser.new_context(locale="zh-CN", viewport=size, is_mobile=True, has_touch=True, reduced_motion="reduce")
    widget = Widget(phone, site)
    widget.open()

    def covers() -> bool:
        box = widget.panel.bounding_box() or {}
        return {side: round(value) for side, value in box.items()} == {"x": 0, "y": 0, **size}

    until(covers, 20, "the panel to cover the page")  # it slides in
    widget.input.focus()
    widget.page.keyboard.press("Tab")
    assert widget.page.evaluate("Boolean(document.activeElement.shadowRoot?.activeElement?.closest('.panel'))")
    expect(widget.panel).to_have_attribute("aria-modal", "true")
    phone.close()


def test_a_refused_message_says_why_and_stays_with_the_visitor(desktop: Person, site: str) -> None:
    widget = opened(desktop("zh-CN"), site)

    widget.input.fill("长" * 2_001)
    widget.input.press("Enter")

    expect(widget.panel).to_contain_text("2000")
    widget.say("导入报错")
    expect(widget.answers).to_have_count(1)
    expect(widget.messages.first).to_contain_text("2000")  # it stays where it was written


def test_escape_closes_and_gives_the_focus_back(desktop: Person, site: str) -> None:
    widget = opened(desktop("zh-CN"), site)

    widget.input.press("Escape")

    expect(widget.panel).to_be_hidden()
    focused = widget.page.evaluate("document.activeElement?.shadowRoot?.activeElement?.className ?? ''")
    assert "launcher" in focused


def test_an_answer_shows_its_title_once_and_from_its_beginning(desktop: Person, site: str) -> None:
    widget = opened(desktop("zh-CN"), site)

    widget.input.fill("导入报错")
    widget.input.press("Enter")

    heading = widget.answers.locator("h3")
    expect(heading).to_be_in_viewport()
    assert widget.answers.inner_text().count(heading.inner_text()) == 1


def test_a_table_has_its_header_and_its_rows_between_the_paragraphs(desktop: Person, site: str, desk: FakeDesk) -> None:
    rights = "| 角色 | 说明 |\n| :-- | --- |\n| **造价员** | 授权 `a \\| b`，见【用户管理】 |\n| 资料员 |  |"
    answering(desk, "默认如下：", rights, "可以改。")
    widget = opened(desktop("zh-CN"), site)

    widget.say("权限")

    shown = widget.answers.locator("table")
    expect(shown.locator("thead th[scope=col]")).to_have_text(["角色", "说明"])
    expect(shown.locator("tbody td")).to_have_text(["造价员", "授权 a | b，见【用户管理】", "资料员", ""])
    expect(shown.locator("td :is(strong, code, .label)")).to_have_text(["造价员", "a | b", "【用户管理】"])
    expect(widget.answers.locator("article > p:not(.origin)")).to_have_text(["默认如下：", "可以改。"])
    assert widget.complaints == []


def test_what_a_table_holds_stays_text(desktop: Person, site: str, desk: FakeDesk) -> None:
    evil = "<img src=x onerror=\"document.title='owned'\">"
    answering(desk, f"| {evil} |\n| --- |\n| {evil} |")
    widget = opened(desktop("zh-CN"), site)
    title = widget.page.title()

    widget.say("权限")

    expect(widget.answers.locator(":is(th, td)")).to_have_text([evil, evil])
    assert widget.page.title() == title
    assert widget.panel.locator("img[src=x]").count() == 0


def test_a_wide_and_long_table_scrolls_by_itself_with_its_header_in_sight(
    desktop: Person, site: str, desk: FakeDesk
) -> None:
    answering(desk, table(12, 50))
    widget = opened(desktop("zh-CN"), site)
    widget.say("权限")
    box = widget.answers.locator(".table")
    box.wait_for()

    across, down = box.evaluate("box => [box.scrollWidth > box.clientWidth, box.scrollHeight > box.clientHeight]")
    log = widget.panel.locator(".log").evaluate("log => log.scrollWidth <= log.clientWidth")
    assert (across, down, log) == (True, True, True)

    box.focus()  # for those without a mouse
    widget.page.keyboard.press("End")
    expect(box.locator("tr").last).to_be_in_viewport()
    expect(box.locator("th").first).to_be_in_viewport()
    assert box.evaluate("box => box.clientHeight < box.closest('.log').clientHeight")


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_header_of_a_table_can_be_told_from_its_rows(
    browser: Browser, site: str, desk: FakeDesk, colours: Literal["light", "dark"]
) -> None:
    answering(desk, table(2, 2))
    window = browser.new_context(locale="zh-CN", color_scheme=colours)
    widget = opened(window, site)
    widget.say("权限")

    background = "cell => getComputedStyle(cell).backgroundColor"
    header = widget.answers.locator("th").first.evaluate(background)
    bubble = widget.answers.locator(".bubble").evaluate(background)

    assert "rgba(0, 0, 0, 0)" not in (header, bubble)  # rows would shine through a header that stays
    assert header != bubble
    window.close()


def test_the_browser_reads_the_same_tables_as_the_index(desktop: Person, site: str) -> None:
    page = opened(desktop("zh-CN"), site).page
    blocks = [
        "| 角色 | 说明 |\n|:--|:-:|\n| 甲 | a \\| b |\n| 乙 |",
        "角色 | 说明\n- | -\n1. 甲 | - | 多\n| |",
        "| 只有一列 |\n| --- |\n| --- |",
        "| 甲 |\n| --- |",
    ]
    others = ["| 角色 | 说明 |\n| --- |\n| 甲 |", "| 角色 |\n| 甲 |", "```\n| 甲 |\n| --- |\n```", "甲 || 乙\n---"]

    for block in blocks:
        read = tables.read(block)
        assert read is not None
        assert page.evaluate(CELLS, block) == [[list(row) for row in (read.header, *read.rows)]]
    for block in others:
        assert tables.read(block) is None
        assert [rows for rows in page.evaluate(CELLS, block) if rows] == []


@pytest.mark.parametrize("locale", ["zh-CN", "zh-TW", "zh-HK", "en"])
def test_a_score_and_a_thumb_need_no_mouse_in_any_language(
    desktop: Person, site: str, desk: FakeDesk, locale: str
) -> None:
    widget = opened(desktop("zh-CN"), site)
    widget.page.evaluate("locale => gongda.setLocale(locale)", locale)
    widget.say("打分")
    star = widget.panel.locator(".star").nth(3)
    star.focus()
    widget.page.keyboard.press("Enter")
    expect(star).to_contain_class("picked")
    widget.say("导入报错")

    down, why = widget.answers.locator(".thumb.down"), widget.answers.locator(".reasons button").first
    down.focus()
    widget.page.keyboard.press("Space")
    expect(why).to_be_visible()
    why.focus()
    widget.page.keyboard.press("Enter")

    expect(down).to_be_focused()  # what was pressed is gone
    (conversation,) = desk.conversations.values()
    until(lambda: len(conversation.feedback) == 2, 20, "thumb and reason to arrive")
    assert [(one["helpful"], one["reason"]) for one in conversation.feedback] == [(False, ""), (False, "off_topic")]
    assert said(desk) == ["打分", "满意", "导入报错"]
