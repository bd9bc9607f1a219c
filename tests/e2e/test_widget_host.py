"""What a site's own page says to the widget and hears from it."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from gateway.widget.fake_desk import FakeDesk
from tests.e2e.pages import Widget
from tests.e2e.waiting import until
from tests.e2e.widget_site import Person, desk, fake_site, opened, picture, site

__all__ = ["desk", "fake_site", "site"]
pytestmark = pytest.mark.browser
HEAR = """() => {
  window.heard = [];
  for (const name of ["ready", "open", "close", "message", "unread", "ticket", "error"]) {
    window.addEventListener(`gongda:${name}`, ({ detail }) => window.heard.push([name, detail]));
  }
}"""

COUNT_FILES = """() => new Promise((resolve) => {
  const asked = indexedDB.open("gongda", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("files");
  asked.onsuccess = () => {
    const counted = asked.result.transaction("files").objectStore("files").count();
    counted.onsuccess = () => { asked.result.close(); resolve(counted.result); };
  };
})"""


def listening(person: BrowserContext) -> None:
    """Every page of this person writes down the widget's events in `heard`."""
    person.add_init_script(f"({HEAR})()")


def with_settings(person: BrowserContext, settings: str) -> None:
    person.add_init_script(f"window.gongdaSettings = {settings};")


def heard(page: Page, name: str) -> list[dict[str, object]]:
    events: list[list[object]] = page.evaluate("window.heard")
    return [detail for event, detail in events if event == name]  # type: ignore[misc]


def test_calls_made_before_the_script_has_loaded_are_carried_out(desktop: Person, site: str) -> None:
    person = desktop("zh-CN")
    person.add_init_script("window.gongda = {q: [['open', '先写好的问题']]};")

    widget = Widget(person, site)

    expect(widget.input).to_have_value("先写好的问题")


def test_a_call_right_after_the_tag_waits_for_the_widget(desktop: Person, site: str) -> None:
    person = desktop("zh-CN")

    def slow(route: Route) -> None:
        person.pages[0].wait_for_timeout(600)
        route.continue_()

    person.route("**/parts/element.js", slow)
    widget = Widget(person, site)
    widget.page.wait_for_function("window.gongda")

    widget.page.evaluate("() => { gongda.toggle(); }")

    expect(widget.panel).to_be_visible()


def test_the_page_hears_of_everything_and_of_nobodys_words(desktop: Person, site: str, desk: FakeDesk) -> None:
    person = desktop("zh-CN")
    listening(person)
    widget = opened(person, site)
    widget.say("工单 13800001234")
    expect(widget.tickets).to_have_count(1)
    widget.input.press("Escape")

    assert heard(widget.page, "ready") == [{"locale": "zh-CN"}]
    assert heard(widget.page, "open") == [{}]
    assert heard(widget.page, "message") == [{"author": "user"}, {"author": "bot"}]
    assert heard(widget.page, "ticket") == [{"number": "GD-20261120-0017-3"}]
    assert heard(widget.page, "close") == [{}]
    assert "13800001234" not in widget.page.evaluate("JSON.stringify(heard)")


def test_on_and_off_listen_for_one_event(desktop: Person, site: str) -> None:
    page = Widget(desktop("zh-CN"), site).page
    page.evaluate("""async () => {
      window.opens = 0;
      const count = () => { window.opens += 1; };
      gongda.on("open", count);
      await gongda.open();
      await gongda.close();
      gongda.off("open", count);
      await gongda.open();
    }""")

    assert page.evaluate("opens") == 1


def test_what_is_closed_while_it_opens_is_closed(desktop: Person, site: str) -> None:
    person = desktop("zh-CN")
    listening(person)
    page = Widget(person, site).page

    page.evaluate("async () => { const opening = gongda.open(); await gongda.close(); await opening; }")

    expect(page.locator("section.panel")).to_be_hidden()
    expect(page.locator("button.launcher")).to_be_visible()
    assert heard(page, "open") == []
    page.evaluate("gongda.open()")
    expect(page.locator("section.panel")).to_be_visible()


def test_what_is_closed_while_it_begins_anew_is_closed(desktop: Person, site: str) -> None:
    widget = opened(desktop("zh-CN"), site)

    widget.page.evaluate("async () => { const reset = gongda.reset(); await gongda.close(); await reset; }")

    expect(widget.panel).to_be_hidden()
    expect(widget.page.locator("button.launcher")).to_be_visible()


def test_what_is_unread_is_told_when_it_changes(desktop: Person, site: str, desk: FakeDesk) -> None:
    person = desktop("zh-CN")
    listening(person)
    widget = opened(person, site)
    widget.say("在吗")
    expect(widget.replies).to_have_count(1)
    widget.input.press("Escape")
    (conversation,) = desk.conversations.values()
    desk.say(conversation, "agent", {"name": "王工", "text": "您好，还需要帮忙吗？"})

    until(lambda: heard(widget.page, "unread") == [{"count": 1}], 20, "the agent's greeting to be unread")
    widget.page.locator("button.launcher").click()

    until(lambda: heard(widget.page, "unread")[-1] == {"count": 0}, 20, "it to be read")


def test_who_and_where_the_site_says_reach_the_gateway(desktop: Person, site: str, desk: FakeDesk) -> None:
    person = desktop("zh-CN")
    with_settings(person, "{hint: {module: '进度计划', version: '6.2', other: 'not ours'}}")
    widget = opened(person, site)
    until(lambda: [c for c in desk.conversations.values() if c.hints], 20, "the first hint to arrive")
    widget.page.evaluate("gongda.identify({id: 'u-7', name: '赵敏', signature: 'ab12', password: 'secret'})")
    widget.page.evaluate("gongda.hint({module: '质量', page: '/quality/7'})")
    widget.say("在吗")
    expect(widget.replies).to_have_count(1)
    (conversation,) = desk.conversations.values()

    last = {"module": "质量", "version": "", "page": "/quality/7"}
    until(lambda: conversation.hints[-1] == last, 20, "the second hint to arrive")
    assert conversation.hints[0] == {"module": "进度计划", "version": "6.2", "page": ""}
    assert conversation.identity == {"id": "u-7", "name": "赵敏", "signature": "ab12"}


def test_of_two_places_the_one_said_last_stays(desktop: Person, site: str, desk: FakeDesk) -> None:
    person = desktop("zh-CN")
    held: list[Route] = []
    person.route("**/web/hints", lambda route: held.append(route) if not held else route.continue_())
    with_settings(person, "{hint: {module: '进度计划'}}")
    widget = opened(person, site)
    widget.say("在吗")
    expect(widget.replies).to_have_count(1)

    widget.page.evaluate("gongda.hint({module: '质量'})")
    widget.page.wait_for_timeout(500)
    held[0].continue_()
    person.unroute("**/web/hints")

    (conversation,) = desk.conversations.values()
    until(lambda: len(conversation.hints) == 2, 20, "both hints to arrive")
    assert [hint["module"] for hint in conversation.hints] == ["进度计划", "质量"]


def test_another_person_on_the_same_computer_sees_nothing_of_the_one_before(desktop: Person, site: str) -> None:
    person = desktop("zh-CN")
    widget = opened(person, site)
    widget.page.evaluate("gongda.identify({id: 'u-1'})")
    widget.say("我的任务不见了")
    expect(widget.replies).to_have_count(1)
    widget.input.fill("还没发出去的话")

    widget.page.evaluate("gongda.identify({id: 'u-2'})")

    expect(widget.messages).to_have_count(0)
    expect(widget.input).to_have_value("")
    widget.page.reload()
    expect(widget.panel.locator(".welcome")).to_be_visible()
    expect(widget.messages).to_have_count(0)


def test_whoever_is_recognised_while_the_line_is_still_coming_hears_their_own_conversation(
    desktop: Person, site: str, desk: FakeDesk
) -> None:
    home = opened(desktop("zh-CN"), site)
    home.page.evaluate("gongda.identify({id: 'u-1', signature: 's'})")
    home.say("我在家说的")
    expect(home.replies).to_have_count(1)
    person = desktop("zh-CN")
    widget = opened(person, site)
    widget.say("没有登录时说的")
    expect(widget.replies).to_have_count(1)
    held: list[Route] = []
    person.route("**/web/events*", lambda route: held.append(route) if not held else route.continue_())
    widget.page.reload()
    until(lambda: widget.page.evaluate("1") and held, 20, "the events to be asked for")

    widget.page.evaluate("gongda.identify({id: 'u-1', signature: 's'})")
    held[0].continue_()

    expect(widget.panel.locator(".from-user .bubble")).to_have_text(["我在家说的"])
    widget.say("我到公司了")
    expect(widget.replies).to_have_count(2)
    expect(widget.panel.locator(".from-user .bubble")).to_have_text(["我在家说的", "我到公司了"])
    own, before = desk.conversations.values()

    def lines() -> tuple[int, int]:
        widget.page.evaluate("1")  # routes are handed over only while Playwright waits for the page
        return len(own.listeners), len(before.listeners)

    until(lambda: lines() == (2, 0), 60, "the line of the one before to be closed")


def kept_files(page: Page) -> int:
    """How many files the browser keeps for sending."""
    count: int = page.evaluate(COUNT_FILES)
    return count


def logged_in_twice(person: BrowserContext, site: str) -> tuple[Widget, Widget]:
    """Two tabs of u-1, who has said something that is for nobody else."""
    first, second = opened(person, site), opened(person, site)
    for window in (first, second):
        window.page.evaluate("gongda.identify({id: 'u-1', signature: 's'})")
    first.say("我的合同号是 77")
    expect(second.replies).to_have_count(1)
    return first, second


def test_whoever_logs_out_in_one_tab_is_forgotten_in_the_other_and_comes_back_in_none(
    desktop: Person, site: str, desk: FakeDesk
) -> None:
    person = desktop("zh-CN")
    first, second = logged_in_twice(person, site)
    second.input.fill("还没发出去的话")

    first.page.evaluate("gongda.reset()")
    first.say("我没有登录")
    expect(first.replies).to_have_count(1)
    first.page.wait_for_timeout(1_500)  # the tabs would pass the session to each other

    for window in (first, second):
        expect(window.panel.locator(".from-user")).to_have_count(1)
        expect(window.panel.locator(".from-user")).to_contain_text("我没有登录")
    expect(second.input).to_have_value("")
    assert [(c.whose, len(c.messages)) for c in desk.conversations.values()] == [("u-1", 2), (None, 2)]


def test_a_conversation_ended_in_one_tab_is_ended_in_the_other_though_no_new_one_begins(
    desktop: Person, site: str
) -> None:
    person = desktop("zh-CN")
    first, second = opened(person, site), opened(person, site)
    first.say("在吗")
    expect(second.replies).to_have_count(1)
    person.route("**/web/session", lambda route: route.abort())

    first.page.evaluate("() => { gongda.reset(); }")

    expect(second.messages).to_have_count(0)


def test_whoever_logs_in_after_another_in_one_tab_is_the_one_in_both(
    desktop: Person, site: str, desk: FakeDesk
) -> None:
    person = desktop("zh-CN")
    first, second = logged_in_twice(person, site)
    asked: list[str] = []
    person.on("request", lambda request: asked.append(request.url))

    first.page.evaluate("gongda.identify({id: 'u-2', signature: 's'})")
    first.say("我是第二个人")
    expect(first.replies).to_have_count(1)
    expect(second.panel.locator(".from-user")).to_contain_text("我是第二个人")
    first.page.wait_for_timeout(1_500)

    for window in (first, second):
        expect(window.panel.locator(".from-user")).to_have_count(1)
    assert len([url for url in asked if url.endswith("/web/session")]) <= 5
    said_by = {c.whose: [m["text"] for m in c.messages if m["author"] == "user"] for c in desk.conversations.values()}
    assert (said_by["u-1"], said_by["u-2"]) == (["我的合同号是 77"], ["我是第二个人"])


def test_a_tab_that_was_elsewhere_while_somebody_logged_out_shows_nothing_of_theirs(desktop: Person, site: str) -> None:
    person = desktop("zh-CN")
    first, second = opened(person, site), opened(person, site)
    for window in (first, second):
        window.page.evaluate("gongda.identify({id: 'u-1', signature: 's'})")
    second.input.fill("还没发出去的话")
    second.page.goto("about:blank")

    first.page.evaluate("gongda.reset()")
    second.page.goto(f"{site}/demo/")
    second.open()

    expect(second.panel.locator(".welcome")).to_be_visible()
    expect(second.input).to_have_value("")


def test_another_person_who_is_known_from_the_start_finds_no_files_of_the_one_before(
    desktop: Person, site: str
) -> None:
    person = desktop("zh-CN")
    widget = opened(person, site)
    widget.page.evaluate("gongda.identify({id: 'u-1'})")
    widget.panel.locator(".composer input[type=file]").first.set_input_files([picture()])
    until(lambda: kept_files(widget.page) == 1, 20, "the file to be kept")

    with_settings(person, "{identity: {id: 'u-2'}}")
    widget.page.reload()

    until(lambda: kept_files(widget.page) == 0, 20, "the file to be forgotten")


def test_a_draft_of_the_page_never_replaces_what_the_visitor_typed(desktop: Person, site: str) -> None:
    widget = opened(desktop("zh-CN"), site)

    widget.page.evaluate("gongda.open('先写好的问题')")
    expect(widget.input).to_have_value("先写好的问题")
    widget.page.evaluate("gongda.open('另一个问题')")
    expect(widget.input).to_have_value("另一个问题")
    widget.input.fill("我自己写的")
    widget.page.evaluate("gongda.open('第三个问题')")

    expect(widget.input).to_have_value("我自己写的")


def test_reset_begins_an_empty_conversation(desktop: Person, site: str, desk: FakeDesk) -> None:
    widget = opened(desktop("zh-CN"), site)
    widget.say("在吗")
    expect(widget.replies).to_have_count(1)

    widget.page.evaluate("gongda.reset()")
    expect(widget.messages).to_have_count(0)
    widget.say("导入报错")

    expect(widget.answers).to_have_count(1)
    assert len(desk.conversations) == 2


def test_a_reset_while_the_session_is_still_beginning_forgets_it_all_the_same(
    desktop: Person, site: str, desk: FakeDesk
) -> None:
    person = desktop("zh-CN")
    widget = opened(person, site)
    widget.say("前一个人的话")
    expect(widget.replies).to_have_count(1)
    held: list[Route] = []
    person.route("**/web/session", lambda route: held.append(route))
    widget.page.reload()
    until(lambda: widget.page.evaluate("1") and len(held) == 1, 20, "the session to begin")

    widget.page.evaluate("gongda.reset()")
    person.unroute("**/web/session")  # lets the one that is held go on
    widget.input.wait_for()
    widget.say("导入报错")

    expect(widget.answers).to_have_count(1)
    expect(widget.panel.locator(".from-user")).to_have_count(1)
    assert [len([m for m in c.messages if m["author"] == "user"]) for c in desk.conversations.values()] == [1, 1]


@pytest.mark.parametrize(
    ("locale", "human", "placeholder"),
    [
        ("zh-TW", "轉真人", "描述問題或貼上錯誤訊息"),
        ("zh-HK", "轉真人", "描述問題或貼上錯誤訊息"),
        ("en", "Agent", "Describe the problem"),
    ],
)
def test_the_language_changes_while_the_panel_is_open(
    desktop: Person, site: str, locale: str, human: str, placeholder: str
) -> None:
    widget = opened(desktop("zh-CN"), site)
    widget.say("打分")
    expect(widget.panel.locator(".star")).to_have_count(5)
    widget.input.fill("写到一半")

    widget.page.evaluate("locale => gongda.setLocale(locale)", locale)

    expect(widget.panel.locator("button.human")).to_contain_text(human)
    expect(widget.input).to_have_attribute("placeholder", placeholder)
    expect(widget.input).to_have_value("写到一半")
    expect(widget.panel.locator(".star")).to_have_count(5)


def test_of_two_languages_the_one_asked_for_last_stays_though_its_texts_come_first(desktop: Person, site: str) -> None:
    person = desktop("zh-CN")
    widget = opened(person, site)
    held: list[Route] = []
    person.route("**/lang/en.json", lambda route: held.append(route))
    widget.page.evaluate("() => { window.older = gongda.setLocale('en'); }")
    until(lambda: widget.page.evaluate("1") and held, 20, "the English texts to be asked for")

    widget.page.evaluate("gongda.setLocale('zh-TW')")
    held[0].continue_()
    widget.page.evaluate("older")

    expect(widget.panel.locator("button.human")).to_contain_text("轉真人")
    assert widget.page.evaluate("localStorage.getItem('gongda:demo:locale')") == '"zh-TW"'


def test_in_english_a_suggestion_asks_in_the_language_of_the_knowledge(desktop: Person, site: str) -> None:
    widget = opened(desktop("zh-CN"), site)
    widget.page.evaluate("gongda.setLocale('en')")

    widget.panel.get_by_role("button", name="Forgotten password").click()

    expect(widget.panel.locator(".from-user")).to_contain_text("忘记密码了")
    expect(widget.answers).to_have_count(1)


def test_a_site_may_hide_the_button_and_choose_the_theme(desktop: Person, site: str) -> None:
    person = desktop("zh-CN")
    with_settings(person, "{launcher: 'hidden', theme: 'dark', position: 'left'}")
    widget = Widget(person, site)
    widget.page.evaluate("gongda.open()")

    expect(widget.panel).to_be_visible()
    paper = widget.panel.evaluate("panel => getComputedStyle(panel).backgroundColor")
    box = widget.panel.bounding_box()
    assert paper == "rgb(27, 34, 44)"
    assert box is not None
    assert box["x"] < 100
    widget.page.evaluate("gongda.close()")
    expect(widget.page.locator("button.launcher")).to_be_hidden()


def test_a_page_that_nobody_asks_anything_on_sends_nothing(desktop: Person, site: str) -> None:
    person = desktop("zh-CN")
    asked: list[str] = []
    person.on("request", lambda request: asked.append(request.url))
    widget = Widget(person, site)
    widget.page.evaluate("gongda.ready")

    assert [url for url in asked if "/web/" in url or "panel" in url or "conversation" in url] == []
    assert all(url.startswith(site) for url in asked)
    assert widget.complaints == []
