"""Above and beside the conversation: the announcement, the office hours and the ticket form."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Locator, Route, expect

from gateway.widget.fake_desk import FakeConversation, FakeDesk
from tests.e2e.pages import Widget
from tests.e2e.waiting import until
from tests.e2e.widget_site import DISK, Person, desk, fake_site, opened, picture, site

__all__ = ["desk", "fake_site", "site"]
pytestmark = pytest.mark.browser
FIELDS = ("question", "name", "phone", "email", "company")


@pytest.fixture
def closed(desk: FakeDesk) -> FakeDesk:
    """Nobody is on duty."""
    desk.on_duty = False
    return desk


def form_of(person: BrowserContext, site: str) -> tuple[Widget, Locator]:
    widget = opened(person, site)
    return widget, open_form(widget)


def open_form(widget: Widget) -> Locator:
    widget.panel.get_by_role("button", name="填写工单").click()
    sheet = widget.panel.locator(".sheet")
    sheet.wait_for()
    return sheet


def fill(sheet: Locator, **values: str) -> None:
    for name, value in values.items():
        sheet.locator(f"#field-{name}").fill(value)


def tickets(desk: FakeDesk) -> list[dict[str, object]]:
    return [ticket for conversation in desk.conversations.values() for ticket in conversation.tickets]


def only(desk: FakeDesk) -> FakeConversation:
    (conversation,) = desk.conversations.values()
    return conversation


def test_the_form_is_offered_only_while_nobody_is_there(desktop: Person, site: str, desk: FakeDesk) -> None:
    widget = opened(desktop("zh-CN"), site)
    expect(widget.panel.locator(".tools")).to_be_visible()
    expect(widget.panel.locator(".office")).to_have_count(0)

    desk.on_duty = False
    widget.page.reload()

    expect(widget.panel.locator(".office")).to_contain_text("人工服务时间")
    expect(widget.panel.locator("button.human")).to_be_visible()


def test_a_filled_form_is_one_ticket_with_its_pictures(desktop: Person, site: str, closed: FakeDesk) -> None:
    widget = opened(desktop("zh-CN"), site)
    widget.say("导入报错")
    expect(widget.answers).to_have_count(1)
    sheet = open_form(widget)
    expect(sheet.locator("#field-question")).to_have_value("导入报错")  # asked last
    expect(sheet.locator("#field-question")).to_be_focused()
    fill(sheet, name="赵敏", phone="138 0000 1234", company="某某监理")
    sheet.locator("input[type=file]").set_input_files([picture()])
    expect(sheet.locator(".files li")).to_have_count(1)

    sheet.get_by_role("button", name="提交", exact=True).click()

    expect(sheet.locator(".done")).to_contain_text("GD-20261122-0001-3")
    expect(sheet.get_by_role("link", name="查看进度")).to_have_attribute("target", "_blank")
    (ticket,) = tickets(closed)
    assert {name: ticket[name] for name in FIELDS} == {
        "question": "导入报错",
        "name": "赵敏",
        "phone": "138 0000 1234",
        "email": "",
        "company": "某某监理",
    }
    assert ticket["attachments"] == [only(closed).messages[2]["client_id"]]
    sheet.get_by_role("button", name="返回对话").last.click()
    expect(widget.tickets).to_contain_text("GD-20261122-0001-3")
    expect(open_form(widget).locator("#field-name")).to_have_value("")  # the next one is another
    assert widget.complaints == []


def test_what_is_missing_is_said_at_its_field_and_gets_the_focus(desktop: Person, site: str, closed: FakeDesk) -> None:
    widget, sheet = form_of(desktop("zh-CN"), site)
    submit = sheet.get_by_role("button", name="提交", exact=True)

    submit.click()
    expect(sheet.locator("#question-wrong")).to_have_text("请描述您的问题。")
    expect(sheet.locator("#field-question")).to_be_focused()
    fill(sheet, question="登录不了", phone="abc", email="x@")
    submit.click()
    expect(sheet.locator("#phone-wrong")).to_have_text("电话号码格式不正确。")
    expect(sheet.locator("#field-phone")).to_have_attribute("aria-invalid", "true")
    widget.page.evaluate("gongda.setLocale('en')")
    sheet.get_by_role("button", name="Send request").click()

    expect(sheet.locator("#email-wrong")).to_have_text("This does not look like an e-mail address.")
    assert tickets(closed) == []


def test_what_was_typed_is_there_after_closing_a_reload_and_in_another_language(
    desktop: Person, site: str, closed: FakeDesk
) -> None:
    widget, sheet = form_of(desktop("zh-CN"), site)
    fill(sheet, question="台账导不出来", email="zhao@example.com")
    sheet.locator("input[type=file]").set_input_files([picture("台账.png")])
    expect(sheet.locator(".files li")).to_have_count(1)

    widget.page.keyboard.press("Escape")
    expect(widget.panel).to_be_visible()  # Escape closes the form only
    expect(sheet).to_have_count(0)
    widget.page.reload()
    open_form(widget)
    expect(sheet.locator("#field-question")).to_have_value("台账导不出来")
    expect(sheet.locator(".files b")).to_have_text("台账.png")
    widget.page.evaluate("gongda.setLocale('zh-TW')")

    expect(sheet.locator("label[for=field-email]")).to_have_text("電子郵件")
    expect(sheet.locator("#field-email")).to_have_value("zhao@example.com")
    expect(sheet.locator(".files b")).to_have_text("台账.png")


def submitted_early(person: BrowserContext, site: str) -> tuple[Widget, Locator]:
    """While its picture is still being stored."""
    person.add_init_script(DISK)
    widget, sheet = form_of(person, site)
    fill(sheet, question="图纸打不开", phone="13800001234")
    widget.page.evaluate("holdDisk()")
    sheet.locator("input[type=file]").set_input_files([picture()])
    sheet.get_by_role("button", name="提交", exact=True).dblclick()
    return widget, sheet


def test_a_form_submitted_while_its_picture_is_being_stored_is_one_ticket_with_the_picture(
    desktop: Person, site: str, closed: FakeDesk
) -> None:
    widget, sheet = submitted_early(desktop("zh-CN"), site)
    widget.page.evaluate("releaseDisk()")

    expect(sheet.locator(".done")).to_be_visible()
    (ticket,) = tickets(closed)
    assert ticket["attachments"] == [only(closed).messages[0]["client_id"]]
    assert len(closed.files) == 1
    assert widget.page.evaluate("sessionStorage.getItem('gongda:demo:form')") is None


def test_a_form_submitted_before_its_picture_is_back_after_a_reload_is_a_ticket_with_the_picture(
    desktop: Person, site: str, closed: FakeDesk
) -> None:
    person = desktop("zh-CN")
    person.add_init_script(DISK)
    widget, sheet = form_of(person, site)
    fill(sheet, question="图纸打不开", phone="13800001234")
    sheet.locator("input[type=file]").set_input_files([picture()])
    expect(sheet.locator(".files li")).to_have_count(1)
    widget.page.reload()
    widget.input.wait_for()
    widget.page.evaluate("holdDisk()")
    open_form(widget)

    sheet.get_by_role("button", name="提交", exact=True).click()
    widget.page.evaluate("releaseDisk()")

    expect(sheet.locator(".done")).to_be_visible()
    (ticket,) = tickets(closed)
    assert ticket["attachments"] == [only(closed).messages[0]["client_id"]]


def test_a_form_whose_writer_left_while_its_picture_was_being_stored_is_not_sent(
    desktop: Person, site: str, closed: FakeDesk
) -> None:
    widget, _ = submitted_early(desktop("zh-CN"), site)
    widget.page.evaluate("gongda.reset()")
    widget.page.evaluate("releaseDisk()")

    widget.say("在吗")
    expect(widget.replies).to_have_count(1)
    assert tickets(closed) == []


def test_a_form_whose_answer_was_lost_is_one_ticket(desktop: Person, site: str, closed: FakeDesk) -> None:
    person = desktop("zh-CN")
    _, sheet = form_of(person, site)
    lost: list[int] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)
            route.abort()

    person.route("**/web/tickets", lose)
    fill(sheet, question="登录不了", phone="13800001234")
    sheet.get_by_role("button", name="提交", exact=True).dblclick()

    expect(sheet.locator(".done")).to_contain_text("GD-20261122-0001-3")
    assert lost == [201]
    assert len(tickets(closed)) == 1


def test_a_form_sent_without_network_is_a_ticket_when_it_is_back_even_after_a_reload(
    desktop: Person, site: str, closed: FakeDesk
) -> None:
    person = desktop("zh-CN")
    widget, sheet = form_of(person, site)
    person.route("**/web/tickets", lambda route: route.abort())
    fill(sheet, question="登录不了", phone="13800001234")
    sheet.get_by_role("button", name="提交", exact=True).click()
    expect(sheet.locator("form > .told")).to_contain_text("正在提交")

    widget.page.reload()
    open_form(widget)
    expect(sheet.locator("#field-phone")).to_be_disabled()
    person.unroute("**/web/tickets")
    widget.page.evaluate("window.dispatchEvent(new Event('online'))")

    expect(sheet.locator(".done")).to_contain_text("GD-20261122-0001-3")
    assert len(tickets(closed)) == 1


def test_a_form_the_gateway_refuses_can_be_changed_and_sent_again(desktop: Person, site: str, closed: FakeDesk) -> None:
    person = desktop("zh-CN")
    _, sheet = form_of(person, site)
    body = {"error": {"code": "unusable", "message": "请换一个电话号码。"}}
    person.route("**/web/tickets", lambda route: route.fulfill(status=422, json=body))
    fill(sheet, question="登录不了", phone="13800001234")
    sheet.get_by_role("button", name="提交", exact=True).click()

    expect(sheet.locator("form > .told")).to_have_text("请换一个电话号码。")
    expect(sheet.locator("#field-question")).to_have_value("登录不了")
    person.unroute("**/web/tickets")
    fill(sheet, phone="13900001234")
    sheet.get_by_role("button", name="提交", exact=True).click()

    expect(sheet.locator(".done")).to_be_visible()
    assert [ticket["phone"] for ticket in tickets(closed)] == ["13900001234"]


@pytest.mark.parametrize(
    ("code", "sentence"), [("bad_phone", "This does not look like a phone number."), ("too_many_files", "Not sent")]
)
def test_why_a_form_is_refused_is_said_in_the_visitors_language(
    desktop: Person, site: str, closed: FakeDesk, code: str, sentence: str
) -> None:
    person = desktop("zh-CN")
    widget, sheet = form_of(person, site)
    widget.page.evaluate("gongda.setLocale('en')")
    body = {"error": {"code": code, "message": "电话号码不对。"}}
    person.route("**/web/tickets", lambda route: route.fulfill(status=422, json=body))
    fill(sheet, question="登录不了", phone="13800001234")

    sheet.get_by_role("button", name="Send request", exact=True).click()

    expect(sheet.locator("form > .told")).to_have_text(sentence)


def test_the_pictures_of_a_form_are_not_asked_about(desktop: Person, site: str, closed: FakeDesk) -> None:
    widget, sheet = form_of(desktop("zh-CN"), site)
    fill(sheet, question="登录不了", phone="13800001234")
    sheet.locator("input[type=file]").set_input_files([picture("甲.png"), picture("乙.png")])
    expect(sheet.locator(".files li")).to_have_count(2)

    sheet.get_by_role("button", name="提交", exact=True).click()

    expect(sheet.locator(".done")).to_be_visible()
    widget.page.wait_for_timeout(1_000)  # longer than the fake desk takes to answer
    said_by_bot = [m["kind"] for m in only(closed).messages if m["author"] == "bot"]
    assert said_by_bot in ([], ["ticket"])


def test_the_ticket_of_somebody_who_has_left_is_not_kept_for_the_next(
    desktop: Person, site: str, closed: FakeDesk
) -> None:
    person = desktop("zh-CN")
    widget, sheet = form_of(person, site)
    held: list[Route] = []
    person.route("**/web/tickets", lambda route: held.append(route))
    fill(sheet, question="登录不了", phone="13800001234")
    sheet.get_by_role("button", name="提交", exact=True).click()
    until(lambda: widget.page.evaluate("1") and len(held) == 1, 20, "the form to be on its way")

    widget.page.evaluate("gongda.reset()")
    person.unroute("**/web/tickets")  # lets the one that is held go on
    until(lambda: len(tickets(closed)) == 1, 20, "the ticket to be made")
    widget.page.wait_for_timeout(500)  # its answer has come

    expect(widget.panel.locator(".sheet")).to_have_count(0)
    assert widget.page.evaluate("Object.keys(localStorage).filter((key) => key.endsWith(':made'))") == []


def test_the_form_keeps_the_focus_and_gives_it_back(desktop: Person, site: str, closed: FakeDesk) -> None:
    widget, sheet = form_of(desktop("zh-CN"), site)
    inside = "document.querySelector('gongda-widget').shadowRoot.activeElement?.closest('.sheet') !== null"

    for _ in range(14):
        widget.page.keyboard.press("Tab")
        assert widget.page.evaluate(inside)
    widget.page.keyboard.press("Escape")

    expect(sheet).to_have_count(0)
    expect(widget.input).to_be_focused()


def test_an_announcement_stands_there_until_it_is_dismissed(desktop: Person, site: str, desk: FakeDesk) -> None:
    desk.announcement = {"id": 1, "text": "今晚升级维护。", "level": "warning", "link": "javascript:alert(1)"}
    person = desktop("zh-CN")
    widget = opened(person, site)
    shown = widget.panel.locator(".announcement")
    expect(shown).to_contain_text("今晚升级维护。")
    assert shown.locator("a").count() == 0  # no link of that kind

    shown.get_by_role("button", name="关闭公告").click()
    expect(shown).to_have_count(0)
    widget.page.reload()
    expect(widget.panel.locator(".tools")).to_be_visible()
    expect(shown).to_have_count(0)

    desk.announcement = {"id": 2, "text": "升级完成。", "level": "info", "link": "/news"}
    only(desk).drop_streams()  # the next look is after a reconnection
    expect(shown).to_contain_text("升级完成。")
    expect(shown.get_by_role("link", name="查看详情")).to_have_attribute("href", "/news")


def test_a_critical_announcement_is_read_out_at_once(desktop: Person, site: str, desk: FakeDesk) -> None:
    desk.announcement = {"id": 1, "text": "服务中断，正在抢修。", "level": "critical", "link": None}

    widget = opened(desktop("zh-CN"), site)

    expect(widget.panel.get_by_role("alert").filter(has_text="抢修")).to_be_visible()


def test_a_ticket_made_by_another_tab_is_shown_where_the_form_is(desktop: Person, site: str, closed: FakeDesk) -> None:
    person = desktop("zh-CN")
    first, sheet = form_of(person, site)
    second = opened(person, site)
    first.page.route("**/web/tickets", lambda route: route.abort())  # only this tab has no way out
    fill(sheet, question="登录不了", phone="13800001234")
    sheet.get_by_role("button", name="提交", exact=True).click()

    until(lambda: second.page.evaluate("window.dispatchEvent(new Event('online'))") and tickets(closed), 20, "a ticket")

    expect(sheet.locator(".done")).to_contain_text("GD-20261122-0001-3")
    assert len(tickets(closed)) == 1


def test_a_form_refused_while_another_tab_sends_it_can_be_changed_where_it_is(
    desktop: Person, site: str, closed: FakeDesk
) -> None:
    person = desktop("zh-CN")
    writer, sheet = form_of(person, site)
    sender = opened(person, site)
    body = {"error": {"code": "unusable", "message": "请换一个电话号码。"}}
    held: list[Route] = []
    sender.page.route("**/web/messages", lambda route: held.append(route))
    person.route("**/web/tickets", lambda route: route.fulfill(status=422, json=body))
    sender.say("在吗")
    until(lambda: sender.page.evaluate("1") and len(held) == 1, 20, "a message to be on its way")
    fill(sheet, question="登录不了", phone="13800001234")
    for _ in range(2):  # the same words again are told again
        sheet.get_by_role("button", name="提交", exact=True).click()
        if held:
            expect(sheet.locator("form > .told")).to_contain_text("正在提交")
            sender.page.unroute("**/web/messages")  # lets the one that is held go on
            held.clear()
        expect(sheet.locator("form > .told")).to_have_text("请换一个电话号码。")
        expect(sheet.locator("#field-phone")).to_be_enabled()

    assert writer.page.evaluate("Object.values(localStorage).filter((value) => value.includes('13800001234'))") == []


def test_office_hours_are_asked_for_again_after_a_while(desktop: Person, site: str, desk: FakeDesk) -> None:
    widget = opened(desktop("zh-CN"), site)
    expect(widget.panel.locator(".tools")).to_be_visible()
    desk.on_duty = False
    widget.page.evaluate("() => { const now = Date.now; Date.now = () => now() + 11 * 60_000; }")

    widget.input.press("Escape")
    widget.open()

    expect(widget.panel.locator(".office")).to_be_visible()
