"""The widget's pictures, for people to look at: GONGDA_SHOTS=<folder> pytest tests/e2e/test_widget_shots.py

Without the variable nothing is taken, but every picture's scene is still played.
"""

# ruff: noqa: F811 - fixtures are asked for by their names

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from gateway.widget.fake_desk import FakeDesk
from tests.e2e.pages import Widget
from tests.e2e.shots import Shots
from tests.e2e.widget_site import desk, fake_site, picture, site  # noqa: F401 - fixtures
from zhtext.script import to_region

pytestmark = pytest.mark.browser

DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DARK: dict[str, Any] = {"color_scheme": "dark"}
MAINTENANCE = {"id": 1, "text": "今晚 22:00–24:00 升级，期间无法登录，请提前保存。", "level": "info", "link": None}
Window = Callable[..., BrowserContext]


@pytest.fixture
def window(browser: Browser) -> Iterator[Window]:
    made: list[BrowserContext] = []

    def opened(locale: str = "zh-CN", **options: Any) -> BrowserContext:
        made.append(browser.new_context(locale=locale, reduced_motion="reduce", **options))
        return made[-1]

    yield opened
    for context in made:
        context.close()


def visited(window: BrowserContext, site: str, page: str = "demo/") -> Widget:
    widget = Widget(window, site)
    widget.page.goto(f"{site}/{page}")
    widget.page.locator("button.launcher").wait_for()
    return widget


def traditional(found: Any) -> Any:
    """The fake desk's words as the real gateway would say them in Taipei."""
    if isinstance(found, str):
        return to_region(found, "hant", "tw")
    if isinstance(found, Mapping):
        return {name: value if name == "match" else traditional(value) for name, value in found.items()}
    return [traditional(one) for one in found] if isinstance(found, list) else found


@pytest.mark.parametrize(
    ("name", "options"),
    [("desktop", DESKTOP), ("phone", PHONE), ("dark", DESKTOP | DARK), ("dark-phone", PHONE | DARK)],
)
def test_a_question_and_its_answer(
    window: Window, site: str, desk: FakeDesk, shots: Shots, name: str, options: dict[str, Any]
) -> None:
    desk.announcement = MAINTENANCE
    widget = visited(window(**options), site)
    shots.take(widget.page, f"widget-{name}-closed")
    widget.open()
    expect(widget.panel.get_by_text("今晚 22:00–24:00 升级")).to_be_visible()
    shots.take(widget.page, f"widget-{name}-open")
    widget.ask("导入报错 ERR-1042", "来源")
    shots.take(widget.page, f"widget-{name}-answer")
    widget.ask("我的任务不见了", "哪一种")
    shots.take(widget.page, f"widget-{name}-choices")
    assert widget.complaints == []


def test_a_conversation_in_traditional(window: Window, site: str, desk: FakeDesk, shots: Shots) -> None:
    desk.script = traditional(desk.script)
    widget = visited(window("zh-TW", **DESKTOP), site, "demo/zh-TW/")
    widget.page.locator("[data-ask='匯入時出現 ERR-1042']").click()
    expect(widget.input).to_have_value("匯入時出現 ERR-1042")
    widget.input.press("Enter")
    widget.reply("ERR-1042")
    shots.take(widget.page, "widget-traditional")
    assert widget.complaints == []


@pytest.mark.parametrize(("name", "options"), [("desktop", DESKTOP), ("phone", PHONE), ("dark-phone", PHONE | DARK)])
def test_a_long_ticket_conversation(
    window: Window, site: str, shots: Shots, name: str, options: dict[str, Any]
) -> None:
    widget = visited(window(**options), site)
    widget.open()
    widget.ask("导入报错 ERR-1042", "来源")
    widget.panel.get_by_role("button", name="没解决").first.click()
    widget.panel.locator("input[type=file]").first.set_input_files(picture())
    widget.panel.locator(".tray img, .tray .file").first.wait_for()
    widget.input.press("Enter")
    widget.reply("图片收到了")
    widget.call_human()
    widget.reply("我是王工")
    for said in (
        "6.2 版的模板，上周从【下载模板】取的",
        "合并过几个单元格，因为甲方要按标段汇总",
        "好的，我拆开再试一次",
    ):
        widget.say(said)
        expect(widget.panel.locator(".from-user").last).to_contain_text(said)
    shots.take(widget.page, f"widget-{name}-ticket")
    widget.panel.locator(".log").evaluate("log => { log.scrollTop = 0; }")
    shots.take(widget.page, f"widget-{name}-ticket-above")
    assert widget.complaints == []


@pytest.mark.parametrize(("name", "options"), [("desktop", DESKTOP), ("phone", PHONE), ("dark", DESKTOP | DARK)])
def test_the_ticket_form_at_night(
    window: Window, site: str, desk: FakeDesk, shots: Shots, name: str, options: dict[str, Any]
) -> None:
    desk.on_duty = False
    widget = visited(window(**options), site)
    widget.open()
    widget.panel.locator(".office button").click()
    sheet = widget.panel.locator(".sheet")
    sheet.locator("textarea").fill("三标段的材料价导入一直报 ERR-1042，明早八点要报给甲方。")
    sheet.locator("input[type=tel]").fill("138 0000 0000")
    shots.take(widget.page, f"widget-{name}-form")
    sheet.locator("button[type=submit]").click()
    expect(sheet.get_by_text("GD-")).to_be_visible()
    shots.take(widget.page, f"widget-{name}-form-done")
    assert widget.complaints == []


@pytest.mark.parametrize(("name", "options"), [("desktop", DESKTOP), ("phone", PHONE), ("dark", DESKTOP | DARK)])
@pytest.mark.parametrize("page", ["demo/", "demo/zh-TW/", "demo/en/"])
def test_the_demo_site(window: Window, site: str, shots: Shots, page: str, name: str, options: dict[str, Any]) -> None:
    widget = visited(window(**options), site, page)
    locale = page.strip("/").removeprefix("demo").strip("/") or "zh-CN"
    shots.take(widget.page, f"demo-{locale}-{name}")
    widget.page.locator("#embed").scroll_into_view_if_needed()
    shots.take(widget.page, f"demo-{locale}-{name}-embed")
    assert widget.complaints == []
