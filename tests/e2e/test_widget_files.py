"""Pictures and other files in the widget: how they get in, how they get out, and what may go wrong between."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, Route, expect

from gateway.widget.fake_desk import FakeDesk
from tests.e2e.pages import Widget
from tests.e2e.waiting import until
from tests.e2e.widget_site import FakeSite, Person, desk, fake_site, opened, picture, said, site, told

__all__ = ["desk", "fake_site", "site"]
pytestmark = pytest.mark.browser
# A real file as the clipboard or a drag brings it: the bytes travel as an array.
GIVE = """([selector, event, name, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
  const root = document.querySelector("gongda-widget").shadowRoot;
  const init = { bubbles: true, cancelable: true, composed: true };
  const made = event === "paste" ? new ClipboardEvent(event, { ...init, clipboardData: data })
    : new DragEvent(event, { ...init, dataTransfer: data });
  root.querySelector(selector).dispatchEvent(made);
}"""

SCREEN = """navigator.mediaDevices.getDisplayMedia = async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
  const pen = canvas.getContext("2d");
  setInterval(() => pen.fillRect(0, 0, 640, 360), 50);
  return canvas.captureStream(20);
};"""

UPLOAD = """async () => {
  const [{ Api }, { upload }, { keep }] =
    await Promise.all(["api", "upload", "blobs"].map((name) => import(`/widget/parts/${name}.js`)));
  await keep("client-0001", new File(["x"], "a.txt"));
  const api = Object.assign(new Api(""), { token: "the first" });
  const file = { client_id: "client-0001", file: { name: "a.txt" } };
  const going = upload(api, { path: "/web/attachments", body: file }, () => {});
  api.token = ""; // another session begins while the file is looked for
  await going;
}"""


def choose(widget: Widget, *files: FilePayload) -> None:
    widget.panel.locator(".composer input[type=file]").first.set_input_files(list(files))


def give(page: Page, event: str, selector: str, name: str = "image.png") -> None:
    page.evaluate(GIVE, [selector, event, name, list(picture()["buffer"])])


def waiting(widget: Widget) -> list[str]:
    return widget.panel.locator(".composer .files b").all_inner_texts()


def test_a_chosen_picture_is_shown_first_and_sent_with_the_words(desktop: Person, site: str, desk: FakeDesk) -> None:
    widget = opened(desktop("zh-CN"), site)

    choose(widget, picture("甲.png"), picture("乙.png"))
    expect(widget.panel.locator(".composer .files li")).to_have_count(2)
    widget.say("就是这个错误")

    shown = widget.panel.locator(".from-user .picture img")
    expect(shown).to_have_count(2)
    expect(shown.first).to_have_attribute("alt", "图片 甲.png")
    expect(widget.panel.locator(".from-user a.picture").first).to_have_attribute("target", "_blank")
    expect(widget.panel.locator(".composer .files li")).to_have_count(0)
    until(lambda: len(told(desk)) == 2, 20, "both pictures to arrive")
    assert [(one["kind"], one["text"]) for one in told(desk)] == [("image", "就是这个错误"), ("image", "")]
    expect(widget.replies.last).to_be_in_viewport(ratio=1)  # the pictures above it have taken their room
    assert desk.files["f1"].data == picture()["buffer"]
    assert widget.complaints == []


@pytest.mark.parametrize(("event", "where"), [("paste", "form.composer textarea"), ("drop", ".log")])
def test_a_picture_may_be_pasted_or_dropped(desktop: Person, site: str, event: str, where: str) -> None:
    widget = opened(desktop("zh-CN"), site)
    expect(widget.panel.locator(".tools")).to_be_visible()

    give(widget.page, event, where)
    expect(widget.panel.locator(".composer .files li")).to_have_count(1)
    assert waiting(widget) == ["粘贴的图片.png"]
    widget.input.press("Enter")

    expect(widget.panel.locator(".from-user .picture img")).to_have_count(1)


def test_a_screenshot_is_one_press_and_the_choice_of_a_window(desktop: Person, site: str) -> None:
    person = desktop("zh-CN")
    person.add_init_script(SCREEN)  # the browser's own dialog cannot be pressed from here
    widget = opened(person, site)

    widget.panel.get_by_role("button", name="截图").click()

    expect(widget.panel.locator(".composer .files b")).to_have_text("截图.png")
    widget.input.press("Enter")
    expect(widget.panel.locator(".from-user .picture img")).to_have_attribute("alt", "图片 截图.png")


def test_a_picture_can_be_taken_back_by_keyboard_alone(desktop: Person, site: str, desk: FakeDesk) -> None:
    widget = opened(desktop("zh-CN"), site)
    choose(widget, picture("甲.png"), picture("乙.png"))
    remove = widget.panel.get_by_role("button", name="移除 甲.png")
    remove.focus()

    widget.page.keyboard.press("Enter")
    assert waiting(widget) == ["乙.png"]
    expect(widget.panel.get_by_role("button", name="移除 乙.png")).to_be_focused()
    widget.page.keyboard.press("Enter")

    expect(widget.input).to_be_focused()
    expect(widget.panel.locator("button.send")).to_be_disabled()
    assert desk.files == {}


def test_what_cannot_be_sent_is_refused_before_anything_is_uploaded(desktop: Person, site: str) -> None:
    person = desktop("zh-CN")
    widget = opened(person, site)
    asked: list[str] = []
    person.on("request", lambda request: asked.append(request.url))

    choose(widget, {"name": "木马.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"})
    expect(widget.panel.locator(".tray .told")).to_contain_text("木马.exe 的类型不支持")
    choose(widget, {"name": "大.png", "mimeType": "image/png", "buffer": b"x" * (10 * 1024 * 1024 + 1)})
    expect(widget.panel.locator(".tray .told")).to_contain_text("10.0 MB")

    assert waiting(widget) == []
    assert [url for url in asked if "attachments" in url] == []


@pytest.mark.parametrize(("language", "sentence"), [("zh-CN", "不接收这种文件"), ("en", "not accepted")])
def test_what_the_gateway_refuses_keeps_its_words_after_a_reload(
    desktop: Person, site: str, desk: FakeDesk, language: str, sentence: str
) -> None:
    widget = opened(desktop("zh-CN"), site)
    widget.page.evaluate("locale => gongda.setLocale(locale)", language)
    choose(widget, {"name": "假的.png", "mimeType": "image/png", "buffer": b"not a picture"})

    widget.say("导入报错的截图")
    refused = widget.panel.locator(".delivery.refused")
    expect(refused).to_contain_text(sentence)
    widget.page.reload()

    expect(refused).to_contain_text(sentence)
    expect(widget.panel.locator(".from-user")).to_contain_text("导入报错的截图")
    refused.get_by_role("button").last.click()
    expect(widget.input).to_have_value("导入报错的截图")
    expect(widget.messages).to_have_count(0)
    widget.page.reload()
    expect(widget.input).to_have_value("导入报错的截图")
    assert said(desk) == []


def test_a_picture_sent_without_network_survives_a_reload_and_arrives_once(
    desktop: Person, site: str, desk: FakeDesk
) -> None:
    person = desktop("zh-CN")
    widget = opened(person, site)
    widget.say("在吗")
    expect(widget.replies).to_have_count(1)

    person.route("**/web/attachments", lambda route: route.abort())
    choose(widget, picture())
    expect(widget.panel.locator(".composer .files li")).to_have_count(1)
    widget.input.press("Enter")
    expect(widget.panel.locator(".from-user .picture img")).to_have_count(1)
    widget.page.reload()
    expect(widget.panel.locator(".from-user .picture img")).to_have_count(1)  # from where it waits
    person.unroute("**/web/attachments")
    widget.page.evaluate("window.dispatchEvent(new Event('online'))")

    until(lambda: len(desk.files) == 1, 20, "the picture to arrive")
    expect(widget.panel.locator(".from-user a.picture img")).to_have_count(1)
    expect(widget.panel.locator(".from-user")).to_have_count(2)


def test_a_file_is_sent_in_the_session_it_was_begun_in(desktop: Person, site: str) -> None:
    person = desktop("zh-CN")
    widget = opened(person, site)
    asked: list[str | None] = []

    def seen(route: Route) -> None:
        asked.append(route.request.headers.get("x-gongda-session"))
        route.fulfill(status=202, json={"seq": 1})

    person.route("**/web/attachments", seen)
    widget.page.evaluate(UPLOAD)

    assert asked == ["the first"]


def test_an_upload_whose_answer_was_lost_is_one_message(desktop: Person, site: str, desk: FakeDesk) -> None:
    person = desktop("zh-CN")
    widget = opened(person, site)
    lost: list[int] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)
            route.abort()

    person.route("**/web/attachments", lose)
    choose(widget, picture())
    expect(widget.panel.locator(".composer .files li")).to_have_count(1)
    widget.input.press("Enter")

    expect(widget.replies).to_have_count(1)
    until(lambda: not widget.page.evaluate("Object.keys(localStorage).some((key) => key.includes(':out:'))"), 20, "")
    assert lost == [202]
    assert len(told(desk)) == 1
    expect(widget.panel.locator(".from-user")).to_have_count(1)


def test_the_second_tab_shows_the_picture_too(desktop: Person, site: str) -> None:
    person = desktop("zh-CN")
    first, second = opened(person, site), opened(person, site)
    choose(first, picture())
    expect(first.panel.locator(".composer .files li")).to_have_count(1)

    first.input.press("Enter")

    expect(second.panel.locator(".from-user a.picture img")).to_have_count(1)
    expect(second.panel.locator(".from-user")).to_have_count(1)


def test_a_picture_not_sent_yet_is_there_after_a_reload_and_in_another_language(desktop: Person, site: str) -> None:
    widget = opened(desktop("zh-CN"), site)
    choose(widget, picture("没发.png"))
    expect(widget.panel.locator(".composer .files li")).to_have_count(1)

    widget.page.reload()
    expect(widget.panel.locator(".composer .files b")).to_have_text("没发.png")
    widget.page.evaluate("gongda.setLocale('zh-HK')")

    expect(widget.panel.get_by_role("button", name="移除 没发.png")).to_be_visible()
    expect(widget.panel.locator(".composer .files b")).to_have_text("没发.png")


def pressed_early(person: BrowserContext, site: str) -> tuple[Widget, Route]:
    """Enter, after a reload and before the code for the picture beside the words is back; and what it waits for."""
    widget = opened(person, site)
    widget.input.fill("图纸打不开")
    choose(widget, picture())
    expect(widget.panel.locator(".composer .files li")).to_have_count(1)
    held: list[Route] = []
    person.route("**/parts/pictures.js", lambda route: held.append(route))
    widget.page.reload()
    widget.input.press("Enter")
    until(lambda: widget.page.evaluate("1") and held, 20, "the code to be asked for")
    return widget, held[0]


def test_enter_right_after_a_reload_takes_the_picture_along(desktop: Person, site: str, desk: FakeDesk) -> None:
    widget, code = pressed_early(desktop("zh-CN"), site)

    code.continue_()

    expect(widget.panel.locator(".from-user a.picture img")).to_have_count(1)
    expect(widget.input).to_have_value("")
    assert [(one["kind"], one["text"]) for one in told(desk)] == [("image", "图纸打不开")]


def test_what_was_to_be_sent_with_a_picture_is_not_sent_for_the_next_person(
    desktop: Person, site: str, desk: FakeDesk
) -> None:
    widget, code = pressed_early(desktop("zh-CN"), site)
    widget.page.evaluate("gongda.reset()")

    code.continue_()
    choose(widget, picture("乙.png"))
    expect(widget.panel.locator(".composer .files b")).to_have_text("乙.png")  # the code is there
    widget.say("在吗")

    expect(widget.replies).to_have_count(1)
    assert said(desk) == ["在吗"]


def test_where_the_browser_keeps_no_files_it_says_so_and_sends_them_all_the_same(
    desktop: Person, site: str, desk: FakeDesk
) -> None:
    person = desktop("zh-CN")
    person.add_init_script("Object.defineProperty(window, 'indexedDB', {get() { throw new Error('forbidden'); }});")
    widget = opened(person, site)

    choose(widget, picture())
    expect(widget.panel.locator(".tray .told")).to_contain_text("请不要关闭或刷新页面")
    widget.input.press("Enter")

    until(lambda: len(desk.files) == 1, 20, "the picture to arrive")
    expect(widget.panel.locator(".from-user a.picture img")).to_have_count(1)


def test_a_gateway_that_cannot_keep_a_file_does_not_hold_up_the_words_after_it(
    desktop: Person, site: str, desk: FakeDesk
) -> None:
    person = desktop("zh-CN")
    person.add_init_script("Math.random = () => -0.45;")  # the pauses between the attempts are short
    widget = opened(person, site)
    person.route("**/web/attachments", lambda route: route.fulfill(status=503, json={"error": {"message": "存不下"}}))

    choose(widget, picture())
    expect(widget.panel.locator(".composer .files li")).to_have_count(1)
    widget.input.press("Enter")
    widget.say("导入报错")

    expect(widget.answers).to_have_count(1)
    expect(widget.panel.locator(".delivery.refused")).to_contain_text("存不下")
    person.unroute("**/web/attachments")
    widget.panel.locator(".delivery.refused").get_by_role("button", name="重新发送").click()
    until(lambda: len(desk.files) == 1, 20, "the picture to arrive")


def test_a_file_that_something_on_the_way_stops_does_not_hold_up_the_words_after_it(
    desktop: Person, site: str, desk: FakeDesk
) -> None:
    person = desktop("zh-CN")
    person.add_init_script("Math.random = () => -0.45;")  # the pauses between the attempts are short
    widget = opened(person, site)
    person.route("**/web/attachments", lambda route: route.abort("connectionreset"))

    choose(widget, picture())
    expect(widget.panel.locator(".composer .files li")).to_have_count(1)
    widget.input.press("Enter")
    widget.say("导入报错")

    expect(widget.answers).to_have_count(1)
    expect(widget.panel.locator(".delivery.refused")).to_contain_text("没有发送成功")
    person.unroute("**/web/attachments")
    widget.panel.locator(".delivery.refused").get_by_role("button", name="重新发送").click()
    until(lambda: len(desk.files) == 1, 20, "the picture to arrive")


def test_several_pictures_with_words_are_answered_once(desktop: Person, site: str, desk: FakeDesk) -> None:
    widget = opened(desktop("zh-CN"), site)
    choose(widget, picture("甲.png"), picture("乙.png"), picture("丙.png"))
    expect(widget.panel.locator(".composer .files li")).to_have_count(3)

    widget.say("就是这个错误")

    until(lambda: len(told(desk)) == 3, 20, "the pictures to arrive")
    expect(widget.replies).to_have_count(1)
    widget.page.wait_for_timeout(1_000)  # longer than the fake desk takes to answer
    expect(widget.replies).to_have_count(1)


@pytest.mark.parametrize(
    ("language", "kinds", "size", "full"),
    [
        ("zh-CN", "可以发：图片、PDF。", "1.0 MB", "一次最多 1 个文件。"),
        ("zh-TW", "可以傳送：圖片、PDF。", "1.0 MB", "一次最多 1 個檔案。"),
        ("en", "pictures, PDF.", "1.0 MB", "You can send up to 1 files at a time."),
    ],
)
def test_what_the_gateway_takes_is_what_may_be_chosen(
    fake_site: FakeSite, desktop: Person, language: str, kinds: str, size: str, full: str
) -> None:
    person = desktop("zh-CN")
    files = {"largest": 1024 * 1024, "most": 1, "kinds": ["picture", "pdf"]}

    def limited(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "features": {"attachments": True, "files": files}})

    person.route("**/web/session", limited)
    widget = opened(person, fake_site.url)
    widget.page.evaluate("locale => gongda.setLocale(locale)", language)
    expect(widget.panel.locator(".tools")).to_be_visible()
    complaint = widget.panel.locator(".tray .told")

    choose(widget, {"name": "a.zip", "mimeType": "application/zip", "buffer": b"PK"})
    expect(complaint).to_contain_text(kinds)
    choose(widget, {"name": "a.png", "mimeType": "image/png", "buffer": b"x" * (1024 * 1024 + 1)})
    expect(complaint).to_contain_text(size)
    choose(widget, picture("a.png"), picture("b.png"))

    expect(widget.panel.locator(".composer .files b")).to_have_text(["a.png"])
    expect(complaint).to_have_text(full)
    accepted = widget.panel.locator(".composer input[type=file]").first.get_attribute("accept")
    assert accepted == "image/png,image/jpeg,image/webp,image/gif,image/bmp,.pdf"


def test_without_the_feature_there_are_no_buttons_for_files(fake_site: FakeSite, desktop: Person) -> None:
    person = desktop("zh-CN")

    def without(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "features": {"attachments": False}})

    person.route("**/web/session", without)
    widget = opened(person, fake_site.url)
    expect(widget.panel.locator(".notice")).to_be_visible()

    give(widget.page, "paste", "form.composer textarea")

    expect(widget.panel.locator(".tools")).to_be_hidden()
    expect(widget.panel.locator(".composer .files li")).to_have_count(0)


def test_the_first_picture_may_be_pasted_without_network(desktop: Person, site: str, desk: FakeDesk) -> None:
    person = desktop("zh-CN")
    widget = opened(person, site)
    widget.say("在吗")
    expect(widget.replies).to_have_count(1)
    fetched = "performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/parts/cards.js'))"
    until(lambda: bool(widget.page.evaluate(fetched)), 20, "the code for files")

    person.set_offline(True)
    give(widget.page, "paste", "form.composer textarea")
    expect(widget.panel.locator(".composer .files li")).to_have_count(1)
    widget.input.press("Enter")
    expect(widget.panel.locator(".from-user .picture")).to_have_count(1)
    person.set_offline(False)

    until(lambda: len(desk.files) == 1, 20, "the picture to arrive")
