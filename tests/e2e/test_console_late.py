"""What comes late, out of turn or not at all on the pages of agents, in a browser."""

from __future__ import annotations

import re
from collections.abc import Sized

import pytest
from playwright.sync_api import APIResponse, Page, Response, Route, expect

from desk import agents, announcements, inbox, incidents, messages, tickets
from desk.clock import system_clock
from desk.database import Database
from desk.tickets import Status
from tests.e2e.console_site import db, sign_in, site
from tests.e2e.ticket_screen import MINE, REPLY, customer_says, mine, opened

__all__ = ["db", "sign_in", "site"]  # fixtures
pytestmark = pytest.mark.browser


def said(db: Database, text: str) -> int:
    """How often the customer reads it."""
    ticket = mine(db)
    assert ticket.conversation_id is not None
    with db.read() as session:
        return [one.text for one in messages.latest(session, ticket.conversation_id)].count(text)


def unread(db: Database) -> int:
    """What the customer has said since we spoke last."""
    ticket = mine(db)
    assert ticket.conversation_id is not None
    with db.read() as session:
        return inbox.unread(session, [ticket.conversation_id])[ticket.conversation_id]


def move(db: Database, to: Status) -> None:
    """As another process would: nothing rings here."""
    ticket = mine(db)
    if ticket.status == to:
        return
    with db.write() as session:
        tickets.move(session, ticket.number, to, by="agent:2", now=system_clock())


def note(db: Database, text: str) -> None:
    with db.write() as session:
        tickets.note(session, mine(db).number, text, by="agent:2", now=system_clock())


def stream_has_told(page: Page, db: Database, text: str) -> None:
    """All that happened before the customer says this; of that, nothing will be told again."""
    customer_says(db, text)
    expect(page.locator("#transcript")).to_contain_text(text)


def count_fresh(page: Page) -> None:
    """From now on the page counts in `fresh` how often parts of it were exchanged."""
    page.evaluate("window.fresh = 0; document.addEventListener('console:fresh', () => { window.fresh += 1; })")


def until_asked(page: Page, routes: Sized, times: int = 1) -> None:
    """Playwright hands routes over only while it is waiting for the page."""
    for _ in range(400):
        if len(routes) >= times:
            return
        page.wait_for_timeout(50)
    raise AssertionError("nothing was asked for")


class Late:
    """The first answer of an address: the server has given it, the page waits for it. Later ones come at once."""

    def __init__(self, page: Page, address: str) -> None:
        self._page, self._address = page, re.compile(address)
        self._held: list[tuple[Route, APIResponse]] = []
        page.route(self._address, self._hold)

    def _hold(self, route: Route) -> None:
        if self._held:
            route.continue_()
        else:
            self._held.append((route, route.fetch()))

    def wait(self) -> None:
        """Until the server has given it."""
        until_asked(self._page, self._held)

    def arrives(self) -> None:
        """And has been dealt with: what the page asks for afterwards is there, too."""
        route, answer = self._held[0]
        with self._page.expect_response(lambda response: response.url == route.request.url):
            route.fulfill(response=answer)
        self._page.evaluate("() => fetch('/console/news').then((answer) => answer.json())")

    def gets_lost(self) -> None:
        self._held[0][0].abort()


def reply_and_lose_the_answer(page: Page, text: str) -> None:
    """The server has it and the page has been told of it; the answer itself does not come."""
    answer = Late(page, "/reply$")
    count_fresh(page)
    page.fill(REPLY, text)
    page.press(REPLY, "Control+Enter")
    answer.wait()
    expect(page.locator("#transcript")).to_contain_text(text)
    page.wait_for_function("() => window.fresh")
    answer.gets_lost()
    expect(page.locator(REPLY)).to_be_editable()


def test_a_reply_whose_answer_was_lost_is_sent_again_and_goes_out_once(sign_in, db: Database) -> None:
    page = opened(sign_in, "zhang")
    reply_and_lose_the_answer(page, "只该发一次的话")

    page.press(REPLY, "Control+Enter")

    expect(page.locator(REPLY)).to_have_value("")
    assert said(db, "只该发一次的话") == 1


def test_a_reply_whose_answer_breaks_off_is_sent_again_and_goes_out_once(sign_in, db: Database) -> None:
    page = opened(sign_in, "zhang")
    page.evaluate("""() => {
      const { text } = Response.prototype;
      Response.prototype.text = function () {
        if (!this.url.includes("done=")) return text.call(this);
        Response.prototype.text = text;
        return Promise.reject(new TypeError("network error"));
      };
    }""")
    page.fill(REPLY, "说到一半断线的话")
    page.press(REPLY, "Control+Enter")
    expect(page.locator("#transcript")).to_contain_text("说到一半断线的话")
    expect(page.locator(REPLY)).to_be_editable()
    expect(page.locator(REPLY)).to_have_value("说到一半断线的话")

    page.press(REPLY, "Control+Enter")

    expect(page.locator(REPLY)).to_have_value("")
    assert said(db, "说到一半断线的话") == 1


def test_other_words_after_a_lost_answer_are_asked_about_and_then_go_out(sign_in, db: Database) -> None:
    page = opened(sign_in, "zhang")
    reply_and_lose_the_answer(page, "其实已经发出的话")

    page.fill(REPLY, "另一句话")
    page.press(REPLY, "Control+Enter")
    expect(page.locator("#toast")).to_contain_text("刚才那条已经发出去了")
    expect(page.locator(REPLY)).to_be_editable()
    page.press(REPLY, "Control+Enter")

    expect(page.locator(REPLY)).to_have_value("")
    assert (said(db, "其实已经发出的话"), said(db, "另一句话")) == (1, 1)


# -- the newest page -----------------------------------------------------------------------------


def test_an_older_page_of_a_ticket_does_not_come_over_a_newer_one(sign_in, db: Database) -> None:
    move(db, "in_progress")
    page = opened(sign_in, "zhang")
    older = Late(page, f"/{mine(db).number}$")
    note(db, "同事看过了")
    older.wait()
    page.get_by_role("button", name="转现场").click()
    expect(page.locator(".bar .status")).to_have_text("现场处理")
    stream_has_told(page, db, "一：在吗")

    older.arrives()

    expect(page.locator(".bar .status")).to_have_text("现场处理")


def test_a_page_asked_for_while_a_form_was_on_its_way_does_not_come_over_its_answer(sign_in, db: Database) -> None:
    move(db, "in_progress")
    page = opened(sign_in, "zhang")
    forms: list[Route] = []
    page.route(re.compile("/move$"), lambda route: forms.append(route))
    page.get_by_role("button", name="转现场").click()
    older = Late(page, f"/{mine(db).number}$")
    note(db, "同事又看过了")
    older.wait()
    forms[0].continue_()
    expect(page.locator(".bar .status")).to_have_text("现场处理")
    stream_has_told(page, db, "二：在吗")

    older.arrives()

    expect(page.locator(".bar .status")).to_have_text("现场处理")


def test_what_a_colleague_does_while_an_answer_is_on_its_way_is_seen_in_the_end(sign_in, db: Database) -> None:
    move(db, "in_progress")
    page = opened(sign_in, "zhang")
    answer = Late(page, "/note$")
    page.get_by_role("tab", name="内部备注").click()
    page.fill("[data-form=note] textarea", "我的备注")
    page.press("[data-form=note] textarea", "Control+Enter")
    answer.wait()
    move(db, "on_site")
    expect(page.locator(".bar .status")).to_have_text("现场处理")

    answer.arrives()

    expect(page.locator("#toast")).to_contain_text("备注已保存")
    expect(page.locator(".bar .status")).to_have_text("现场处理")


@pytest.mark.parametrize("status", [0, 503], ids=["cut", "busy"])
def test_a_page_that_could_not_be_had_is_asked_for_again(sign_in, db: Database, status: int) -> None:
    move(db, "in_progress")
    page = opened(sign_in, "zhang")
    page.clock.install()
    failed: list[Route] = []

    def fail_once(route: Route) -> None:
        if failed:
            return route.continue_()
        failed.append(route)
        return route.fulfill(status=status) if status else route.abort()

    page.route(re.compile(f"/{mine(db).number}$"), fail_once)
    move(db, "on_site")
    stream_has_told(page, db, f"三：在吗 {status}")
    until_asked(page, failed)

    page.clock.run_for(3000)

    expect(page.locator(".bar .status")).to_have_text("现场处理")


def test_a_page_that_is_refused_is_not_asked_for_again(sign_in, db: Database) -> None:
    move(db, "in_progress")
    page = opened(sign_in, "zhang")
    page.clock.install()
    refused: list[Route] = []

    def refuse(route: Route) -> None:
        refused.append(route)
        route.fulfill(status=403, json={"error": {"code": "forbidden", "message": "没有权限"}})

    page.route(re.compile(f"/{mine(db).number}$"), refuse)
    move(db, "on_site")
    until_asked(page, refused)
    stream_has_told(page, db, "四：在吗")

    page.clock.run_for(20_000)

    stream_has_told(page, db, "五：在吗")
    assert len(refused) == 1


def test_an_older_list_does_not_come_over_a_newer_one(sign_in, db: Database) -> None:
    page = sign_in("zhang").page
    page.goto("/console?tab=mine")
    page.locator("html.scripted").wait_for()
    chip = page.locator("tr[data-id]", has_text=MINE).locator(".chip.news")
    older = Late(page, r"/console\?tab=mine$")
    customer_says(db, "第一句")
    older.wait()
    customer_says(db, "第二句")
    expect(chip).to_have_text(f"客户有新消息 {unread(db)}")

    older.arrives()

    expect(chip).to_have_text(f"客户有新消息 {unread(db)}")


def test_an_older_preview_does_not_come_over_a_newer_one(sign_in) -> None:
    page = sign_in("zhang").page
    page.goto("/console/new-entry")
    older = Late(page, "/console/preview$")
    page.fill("[name=title]", "打印机找不到")
    page.fill("[name=answer]", "先看**驱动**")
    older.wait()
    page.fill("[name=answer]", "先看**电源**")
    bold = page.locator("[data-preview] .answer-card strong")
    expect(bold).to_have_text("电源")

    older.arrives()

    expect(bold).to_have_text("电源")


# -- ready replies -------------------------------------------------------------------------------


def test_the_list_of_ready_replies_is_for_the_words_that_stand_there(sign_in) -> None:
    page = opened(sign_in, "zhang")
    older = Late(page, r"/canned\?q=$")
    page.locator(REPLY).press_sequentially("/")
    older.wait()
    page.locator(REPLY).press_sequentially("截图")
    expect(page.locator("#canned b")).to_have_text(["/截图"])

    older.arrives()

    expect(page.locator("#canned b")).to_have_text(["/截图"])
    page.fill(REPLY, "")


@pytest.mark.parametrize("leave", ["Escape", "Tab"])
def test_no_list_opens_for_somebody_who_has_left(sign_in, leave: str) -> None:
    page = opened(sign_in, "zhang")
    answer = Late(page, "/canned")
    page.locator(REPLY).press_sequentially("/")
    answer.wait()
    page.keyboard.press(leave)

    answer.arrives()

    expect(page.locator("#canned")).to_be_hidden()
    page.fill(REPLY, "")


def test_no_list_is_asked_for_by_somebody_who_has_left_at_once(sign_in) -> None:
    page = opened(sign_in, "zhang")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.locator(REPLY).evaluate("""box => {
      box.focus();
      box.value = "/";
      box.dispatchEvent(new Event("input"));
      box.blur();
    }""")
    page.wait_for_timeout(400)  # three times what it waits before it asks

    assert not [address for address in asked if "/canned" in address]


def test_words_of_an_input_method_are_looked_for_when_they_are_whole(sign_in) -> None:
    page = opened(sign_in, "zhang")
    page.locator(REPLY).press_sequentially("/")
    expect(page.locator("#canned b").nth(1)).to_be_visible()
    keyboard = page.context.new_cdp_session(page)

    keyboard.send("Input.imeSetComposition", {"text": "截图", "selectionStart": 2, "selectionEnd": 2})
    expect(page.locator("#canned")).to_be_hidden()
    keyboard.send("Input.insertText", {"text": "截图"})

    expect(page.locator("#canned b")).to_have_text(["/截图"])
    page.fill(REPLY, "")


# -- presence ------------------------------------------------------------------------------------


def presence(db: Database, login: str) -> str:
    with db.read() as session:
        return next(one.presence for one in agents.listing(session, active=None) if one.login == login)


def test_the_last_choice_of_presence_is_the_last_one_stored(sign_in, db: Database) -> None:
    page = sign_in("li").page
    page.locator("html.scripted").wait_for()
    held: list[Route] = []
    answers: list[Response] = []
    page.route("**/console/presence", lambda route: route.continue_() if held else held.append(route))
    page.on("response", lambda response: answers.append(response) if response.url.endswith("/presence") else None)
    box = page.locator("form.presence select")
    box.select_option("offline")
    until_asked(page, held)
    box.select_option("busy")
    page.wait_for_timeout(300)

    held[0].continue_()
    until_asked(page, answers, 2)

    assert presence(db, "li") == "busy"
    expect(box).to_have_value("busy")
    expect(page.locator("form.presence[data-presence=busy]")).to_be_visible()


@pytest.mark.parametrize("status", [0, 503], ids=["cut", "busy"])
def test_a_presence_that_could_not_be_stored_goes_back(sign_in, db: Database, status: int) -> None:
    page = sign_in("wang").page
    page.locator("html.scripted").wait_for()
    before = presence(db, "wang")
    refusal = {"error": {"code": "busy", "message": "系统繁忙，没有保存。"}}
    page.route(
        "**/console/presence",
        lambda route: route.fulfill(status=status, json=refusal) if status else route.abort(),
    )

    page.locator("form.presence select").select_option("offline")

    expect(page.locator("form.presence select")).to_have_value(before)
    if status:
        expect(page.locator("#toast")).to_have_text("系统繁忙，没有保存。")


def test_a_presence_changed_elsewhere_is_seen_when_the_box_is_left(sign_in, db: Database) -> None:
    page = sign_in("wang").page
    page.locator("html.scripted").wait_for()
    page.evaluate("document.addEventListener('console:desk', ({ detail }) => { window.told = detail.presence; })")
    box = page.locator("form.presence select")
    box.focus()
    with db.write() as session:
        wang = next(one for one in agents.listing(session) if one.login == "wang")
        agents.set_presence(session, wang.id, "busy", now=system_clock())
    page.wait_for_function("() => window.told === 'busy'")

    box.blur()

    expect(box).to_have_value("busy")


# -- the same form twice -------------------------------------------------------------------------


class Posts:
    """What is posted to an address: the server has it, but the page that would come next does not."""

    def __init__(self, page: Page, address: str) -> None:
        self._page = page
        self._posts: list[APIResponse] = []
        page.route(address, self._store)

    def _store(self, route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        self._posts.append(route.fetch())
        return route.fulfill(status=204)  # browsers then stay where they are

    def press(self, name: str) -> None:
        self._page.get_by_role("button", name=name, exact=True).click()

    def came(self, times: int) -> None:
        """So often and, after a while, no more often."""
        until_asked(self._page, self._posts, times)
        self._page.wait_for_timeout(300)
        assert len(self._posts) == times


def announced(db: Database, text: str) -> int:
    with db.read() as session:
        return [one.text for one in announcements.listing(session)].count(text)


def test_a_button_pressed_twice_announces_once(sign_in, db: Database) -> None:
    page = sign_in("wang").page
    page.goto("/console/announcements")
    page.fill("[name=text]", "今晚十点升级")
    posts = Posts(page, "**/console/announcements")

    posts.press("发布")
    posts.came(1)
    posts.press("发布")
    posts.came(1)

    assert announced(db, "今晚十点升级") == 1


def test_a_button_pressed_twice_proposes_one_incident(sign_in, db: Database) -> None:
    page = sign_in("wang").page
    page.goto("/console/incidents/new")
    page.fill("[name=title]", "登录页打不开")
    posts = Posts(page, "**/console/incidents/new")

    posts.press("提出")
    posts.came(1)
    posts.press("提出")
    posts.came(1)

    with db.read() as session:
        assert [one.title for one in incidents.listing(session, incidents.GOING_ON)].count("登录页打不开") == 1


def test_another_button_of_the_same_form_is_another_matter(sign_in, db: Database) -> None:
    page = sign_in("wang").page
    page.goto("/console/announcements")
    page.fill("[name=text]", "先预览再发布")
    posts = Posts(page, "**/console/announcements")

    posts.press("预览")
    posts.came(1)
    posts.press("发布")
    posts.came(2)

    assert announced(db, "先预览再发布") == 1


@pytest.mark.parametrize("meanwhile", ["back", "later"])
def test_a_form_can_be_sent_again_on_purpose(sign_in, meanwhile: str) -> None:
    page = sign_in("wang").page
    page.goto("/console/announcements")
    page.clock.install()
    page.fill("[name=text]", "再看一遍")
    posts = Posts(page, "**/console/announcements")
    posts.press("预览")
    posts.came(1)

    if meanwhile == "back":
        page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    else:
        page.clock.fast_forward(3000)
    posts.press("预览")

    posts.came(2)
