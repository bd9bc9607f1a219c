"""The widget and the demo site: nothing that axe finds, and nothing that needs a mouse."""

# ruff: noqa: F811 - fixtures are asked for by their names

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from gateway.widget.fake_desk import FakeDesk
from tests.e2e.axe import violations
from tests.e2e.pages import Watched, Widget
from tests.e2e.waiting import until
from tests.e2e.widget_site import Person, desk, fake_site, picture, site  # noqa: F401 - fixtures

pytestmark = pytest.mark.browser

LANGUAGES = ("zh-CN", "zh-TW", "zh-HK", "en")
PAGES = {"zh-CN": "demo/", "zh-TW": "demo/zh-TW/", "en": "demo/en/"}
LOOKS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
    "dark phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "color_scheme": "dark"},
}
WARNING = {"id": 1, "text": "今晚 22:00 升级，请提前保存。", "level": "warning", "link": "https://status.example.com/"}
FOCUSED = """() => {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  const name = found?.getAttribute('aria-label') || found?.labels?.[0]?.textContent || found?.textContent;
  return found ? [found.tagName, found.className, name.trim().slice(0, 60)].join('|') : '';
}"""
# Whether having the focus changes how it looks, or what is around it.
MARKED = """() => {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  const parts = ({outline, boxShadow, borderColor, backgroundColor}) => [outline, boxShadow, borderColor, backgroundColor];
  const look = () => [found, found.closest('form') ?? found].map((one) => parts(getComputedStyle(one))).join();
  const focused = look();
  found.blur();
  const plain = look();
  found.focus({preventScroll: true, focusVisible: true});
  return focused !== plain;
}"""
LONGEST_WAY = 80  # presses of Tab from anywhere to anything


@pytest.fixture
def looking(browser: Browser) -> Iterator[Callable[[str], BrowserContext]]:
    """Makes a window by its look."""
    made: list[BrowserContext] = []

    def window(look: str, locale: str = "zh-CN") -> BrowserContext:
        made.append(browser.new_context(locale=locale, reduced_motion="reduce", **LOOKS[look]))
        return made[-1]

    yield window
    for context in made:
        context.close()


class Inspector:
    """Looks again and again at one widget, and remembers where what was found."""

    def __init__(self, widget: Widget) -> None:
        self._page = widget.page
        self.found: dict[str, list[str]] = {}

    def look(self, at: str) -> None:
        broken = violations(self._page)
        if broken:
            self.found[at] = broken


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_in_a_conversation(
    looking: Callable[[str], BrowserContext],
    site: str,
    desk: FakeDesk,
    look: str,
) -> None:
    desk.announcement = WARNING
    widget = Widget(looking(look), site)
    widget.page.locator("button.launcher").wait_for()
    inspector = Inspector(widget)
    inspector.look("closed")
    widget.open()
    expect(widget.panel.get_by_text("今晚 22:00 升级")).to_be_visible()
    inspector.look("open")
    widget.ask("导入报错 ERR-1042", "来源")
    inspector.look("answer")
    widget.panel.get_by_role("button", name="没解决").first.click()
    inspector.look("reasons")
    widget.ask("我的任务不见了", "哪一种")
    inspector.look("choices")
    widget.ask("请打分", "打个分")
    inspector.look("survey")
    widget.panel.locator("input[type=file]").first.set_input_files(picture())
    widget.panel.locator(".tray img, .tray .file").first.wait_for()
    inspector.look("a picture to be sent")
    widget.input.press("Enter")
    widget.reply("图片收到了")
    inspector.look("a picture that was sent")
    widget.call_human()
    widget.reply("我是王工")
    inspector.look("ticket and engineer")
    assert inspector.found == {}
    assert widget.complaints == []


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_in_the_ticket_form(
    looking: Callable[[str], BrowserContext],
    site: str,
    desk: FakeDesk,
    look: str,
) -> None:
    desk.on_duty = False
    widget = Widget(looking(look), site)
    widget.open()
    widget.panel.locator(".office button").click()
    sheet = widget.panel.locator(".sheet")
    expect(sheet).to_be_visible()
    inspector = Inspector(widget)
    inspector.look("empty")
    sheet.locator("button[type=submit]").click()
    inspector.look("with mistakes")
    sheet.locator("textarea").fill("导入报错")
    sheet.locator("input[type=tel]").fill("13800000000")
    sheet.locator("button[type=submit]").click()
    expect(sheet.get_by_text("GD-")).to_be_visible()
    inspector.look("done")
    assert inspector.found == {}


@pytest.mark.parametrize("locale", LANGUAGES)
def test_axe_finds_nothing_in_any_language(looking: Callable[..., BrowserContext], site: str, locale: str) -> None:
    widget = Widget(looking("desktop", locale), site)
    widget.page.locator("button.launcher").wait_for()
    widget.page.evaluate("(locale) => gongda.setLocale(locale)", locale)
    expect(widget.page.locator("gongda-widget")).to_have_attribute("lang", locale)
    widget.open()
    widget.ask("导入报错 ERR-1042", "ERR-1042")
    assert violations(widget.page) == []


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("locale", PAGES)
def test_axe_finds_nothing_on_the_demo_site(
    looking: Callable[..., BrowserContext], site: str, look: str, locale: str
) -> None:
    seen = Watched(looking(look, locale))
    seen.page.goto(f"{site}/{PAGES[locale]}")
    seen.page.locator("button.launcher").wait_for()
    assert violations(seen.page) == []
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert seen.complaints == []


def test_axe_does_look_into_the_widget(looking: Callable[[str], BrowserContext], site: str) -> None:
    widget = Widget(looking("desktop"), site)
    widget.open()
    widget.input.evaluate("field => { field.removeAttribute('aria-label'); field.removeAttribute('placeholder'); }")
    assert any(one.startswith("label") for one in violations(widget.page))


# ---- by keyboard alone


class Keyboard:
    """Somebody without a mouse: presses keys, and looks where the focus is."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def at(self) -> str:
        return str(self.page.evaluate(FOCUSED))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def go_to(self, wanted: str, key: str = "Tab") -> None:
        """Press Tab until the focus is on what is wanted, by its name or class; the focus must be seen there."""
        way = []
        for _ in range(LONGEST_WAY):
            self.press(key)
            way.append(self.at)
            if wanted in way[-1]:
                assert self.page.evaluate(MARKED), f"no focus to be seen on {way[-1]}"
                return
        raise AssertionError(f"{LONGEST_WAY} presses of {key} did not lead to {wanted!r}: {way}")


def test_a_question_is_asked_answered_and_judged_by_keyboard_alone(desktop: Person, site: str, desk: FakeDesk) -> None:
    widget = Widget(desktop("zh-CN"), site)
    widget.page.locator("button.launcher").wait_for()
    keys = Keyboard(widget.page)
    keys.go_to("launcher")
    keys.press("Enter")
    expect(widget.input).to_be_focused()

    widget.page.keyboard.type("导入报错 ERR-1042")
    keys.press("Enter")
    widget.reply("来源")
    keys.go_to("有帮助", "Shift+Tab")
    keys.press("Enter")
    expect(widget.panel.get_by_text("感谢")).to_be_visible()
    (conversation,) = desk.conversations.values()
    until(lambda: conversation.feedback, 20, "the thumb to arrive")
    assert [one["helpful"] for one in conversation.feedback] == [True]

    keys.go_to("TEXTAREA")
    widget.page.keyboard.type("我的任务不见了")
    keys.press("Enter")
    widget.reply("哪一种")
    keys.go_to("换岗后看不到项目任务", "Shift+Tab")
    keys.press("Space")
    expect(widget.panel.locator(".from-user").last).to_contain_text("换岗后看不到项目任务")

    keys.press("Escape")
    expect(widget.panel).to_be_hidden()
    assert "launcher" in keys.at


def test_a_picture_is_sent_and_a_person_called_by_keyboard_alone(desktop: Person, site: str) -> None:
    widget = Widget(desktop("zh-CN"), site)
    widget.page.on("filechooser", lambda choosing: choosing.set_files(picture()))  # listened to before the key is there
    widget.page.locator("button.launcher").wait_for()
    keys = Keyboard(widget.page)
    keys.go_to("launcher")
    keys.press("Enter")
    expect(widget.input).to_be_focused()

    widget.panel.get_by_role("button", name="添加图片或文件").wait_for()
    keys.press("Tab")
    assert "添加图片或文件" in keys.at
    keys.press("Enter")
    widget.panel.locator(".tray").first.wait_for()
    keys.go_to("send")
    keys.press("Enter")
    widget.reply("图片收到了")

    keys.go_to("转人工", "Shift+Tab")
    keys.press("Enter")
    widget.reply("我是王工")
    keys.press("Escape")
    assert "launcher" in keys.at


def test_the_ticket_form_is_filled_by_keyboard_alone_and_gives_the_focus_back(
    desktop: Person,
    site: str,
    desk: FakeDesk,
) -> None:
    desk.on_duty = False
    widget = Widget(desktop("zh-CN"), site)
    widget.page.locator("button.launcher").wait_for()
    keys = Keyboard(widget.page)
    keys.go_to("launcher")
    keys.press("Enter")
    widget.panel.locator(".office").wait_for()
    name = widget.panel.locator(".office button").inner_text()
    keys.go_to(name, "Shift+Tab")
    keys.press("Enter")
    sheet = widget.panel.locator(".sheet")
    expect(sheet.locator("textarea")).to_be_focused()

    widget.page.keyboard.type("夜里导入报错")
    keys.go_to("电话")
    widget.page.keyboard.type("13800000000")
    keys.go_to("solid")
    keys.press("Enter")
    expect(sheet.get_by_text("GD-")).to_be_visible()
    assert "H3" in keys.at
    keys.go_to("solid")
    keys.press("Enter")
    expect(sheet).to_be_hidden()
    assert keys.at.split("|")[0] != "BODY"
    (conversation,) = desk.conversations.values()
    assert [one["question"] for one in conversation.tickets] == ["夜里导入报错"]

    keys.press("Escape")
    expect(widget.panel).to_be_hidden()
    assert "launcher" in keys.at


def test_the_demo_site_is_read_and_a_question_taken_from_it_by_keyboard_alone(desktop: Person, site: str) -> None:
    widget = Widget(desktop("zh-CN"), site)
    widget.page.locator("button.launcher").wait_for()
    keys = Keyboard(widget.page)
    keys.press("Tab")
    assert "跳到正文" in keys.at
    keys.go_to("繁體")
    keys.press("Enter")
    widget.page.wait_for_url("**/demo/zh-TW/")
    expect(widget.page.locator("html")).to_have_attribute("lang", "zh-TW")
    expect(widget.page.locator("gongda-widget")).to_have_attribute("lang", "zh-TW")

    keys.go_to("匯入時出現 ERR-1042")
    keys.press("Enter")
    expect(widget.input).to_have_value("匯入時出現 ERR-1042")
    keys.press("Escape")
    assert "匯入時出現 ERR-1042" in keys.at  # the focus is back on what opened it


# ---- the demo site's languages


def test_the_widget_follows_the_pages_language_and_goes_on_with_the_conversation(desktop: Person, site: str) -> None:
    widget = Widget(desktop("zh-CN"), site)
    widget.open()
    widget.ask("导入报错 ERR-1042", "来源")
    for name, locale, says in (("EN", "en", "Get help"), ("繁體", "zh-TW", "線上客服"), ("简体", "zh-CN", "在线客服")):
        widget.page.locator("nav.languages").get_by_role("link", name=name).click()
        expect(widget.page.locator("header.bar button")).to_have_text(says)
        expect(widget.page.locator("gongda-widget")).to_have_attribute("lang", locale)
        expect(widget.answers).to_have_count(1)
    assert widget.complaints == []


def test_a_reader_from_hong_kong_gets_their_own_words_on_the_traditional_page(desktop: Person, site: str) -> None:
    widget = Widget(desktop("zh-HK"), site)
    widget.page.goto(f"{site}/demo/zh-TW/")
    expect(widget.page.locator("gongda-widget")).to_have_attribute("lang", "zh-HK")


def test_the_tag_to_copy_is_one_that_works_and_a_colour_is_worn_at_once(desktop: Person, site: str) -> None:
    widget = Widget(desktop("en"), site)
    widget.page.goto(f"{site}/demo/en/")
    widget.page.locator("button.launcher").wait_for()
    origin = site.removesuffix("/widget")
    expect(widget.page.locator("#tag")).to_have_text(
        f'<script src="{origin}/widget/widget.js" data-site="demo" async></script>'
    )
    widget.page.get_by_label("Brick").check()
    expect(widget.page.locator("#style")).to_have_text("gongda-widget { --gongda-accent: #b0432a; }")
    colour = "button => getComputedStyle(button).backgroundColor"
    assert widget.page.locator("button.launcher").evaluate(colour) == "rgb(176, 67, 42)"
    assert violations(widget.page) == []


def test_a_button_that_copies_has_its_name_again_though_it_was_pressed_twice(desktop: Person, site: str) -> None:
    page = Widget(desktop("zh-CN"), site).page
    page.clock.install()
    button = page.locator("[data-copy]").first
    name = button.inner_text()

    for _ in range(2):
        button.click()
        expect(button).not_to_have_text(name)
    page.clock.run_for(5_000)

    expect(button).to_have_text(name)
