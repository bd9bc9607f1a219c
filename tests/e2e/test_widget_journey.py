"""One customer from Taipei, one engineer, from the first question to the end, in real browsers."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.pages import Console, Widget
from tests.e2e.shots import Shots
from tests.e2e.stack import Stack
from zhtext import script

pytestmark = pytest.mark.browser

NUMBER = re.compile(r"GD-\d{8}-\d{4}-\d")
SHORT_QUESTION = "提示 E1003 密码已过期怎么办"
People = Callable[[str], BrowserContext]


def test_a_customer_asks_gets_an_engineer_and_goes_on_with_the_bot(stack: Stack, desktop: People, shots: Shots) -> None:
    home = desktop("zh-TW")
    customer = Widget(home, stack.url)
    customer.open()

    _asks_in_traditional(customer, shots)
    number = _gets_a_ticket(customer, shots)
    engineer = _is_answered_by_an_engineer(customer, Console(desktop("zh-CN"), stack.url), stack, number, shots)
    _goes_back_to_the_bot(customer, number)
    _finds_everything_after_a_reload(customer, number, shots)

    assert customer.complaints == []
    assert engineer.complaints == []


def test_a_question_of_the_demo_page_is_answered_with_its_source(stack: Stack, desktop: People) -> None:
    customer = Widget(desktop("zh-CN"), stack.url)
    customer.page.get_by_role("button", name="导入报错 ERR-1042 怎么处理").click()
    expect(customer.input).to_have_value("导入报错 ERR-1042 怎么处理")
    customer.input.press("Enter")

    customer.reply("来源：")

    expect(customer.answers.last.locator("h3")).to_contain_text("ERR-1042")
    assert customer.complaints == []


@pytest.mark.skipif("GONGDA_SHOTS" not in os.environ, reason="no picture is wanted: GONGDA_SHOTS names no folder")
def test_the_picture_of_the_readme_shows_a_question_its_answer_and_the_source(
    stack: Stack, desktop: People, shots: Shots
) -> None:
    customer = Widget(desktop("zh-CN"), stack.url)
    customer.open()
    customer.stretch()
    customer.panel.get_by_role("button", name="知道了").click()
    customer.ask(SHORT_QUESTION, "来源：")
    shots.take_for_readme(customer.page)

    expect(customer.panel.get_by_text(SHORT_QUESTION)).to_be_in_viewport(ratio=1)
    expect(customer.answers.last.locator(".origin")).to_be_in_viewport(ratio=1)


def _asks_in_traditional(customer: Widget, shots: Shots) -> None:
    customer.ask("匯出的 CSV 用 Excel 開啟中文變亂碼、編號開頭的 0 也不見", "來源：")
    answer = customer.answers.last
    expect(answer.locator("h3")).to_contain_text("亂碼")
    expect(answer.locator(".origin")).to_contain_text("來源：")
    assert script.detect(answer.inner_text()).name == "hant"
    shots.take(customer.page, "01-traditional-answer")

    customer.ask("ＥＲＲＯＲ＿４０３", "ERROR_403")
    expect(customer.answers.last.locator("h3")).to_contain_text("ERROR_403")
    shots.take(customer.page, "02-full-width-code")

    customer.ask("今天天氣怎麼樣？", "服務範圍")
    expect(customer.answers).to_have_count(2)
    shots.take(customer.page, "03-out-of-scope")


def _gets_a_ticket(customer: Widget, shots: Shots) -> str:
    before = customer.replies.count()
    customer.call_human()
    customer.reply("手機號", after=before)
    shots.take(customer.page, "04-asked-for-a-number")
    customer.ask("12345", "不完整")
    expect(customer.tickets).to_have_count(0)
    customer.ask("0912-345-678", "GD-")
    card = customer.tickets.last
    number = card.locator("code").inner_text()
    assert NUMBER.fullmatch(number)
    customer.expect_state("waiting")
    shots.take(customer.page, "05-ticket")

    status = customer.ask("查工單", "待受理")
    expect(status).to_contain_text(number)
    return number


def _is_answered_by_an_engineer(customer: Widget, console: Console, stack: Stack, number: str, shots: Shots) -> Console:
    console.log_in("admin", stack.secret("admin_password"))
    shots.take(console.page, "06-console-queue")
    console.open_ticket(number)
    expect(console.transcript).to_contain_text("今天天氣怎麼樣")
    expect(console.side.locator("a[href='tel:0912345678']")).to_be_visible()
    console.take()
    customer.reply("工程師", after=0)
    customer.expect_state("human")
    console.reply("您好，我是工程师小李，权限已经给您开通，请重新登录。")
    shots.take(console.page, "07-console-ticket")

    # No reload: the event stream brings it.
    customer.reply("权限已经给您开通")
    shots.take(customer.page, "08-engineer-replied")

    customer.say("好的，我試試看")
    expect(console.transcript).to_contain_text("好的，我試試看")
    return console


def _goes_back_to_the_bot(customer: Widget, number: str) -> None:
    customer.ask("取消人工", "已取消人工")
    customer.expect_state("bot")
    status = customer.ask("查工單", "已關閉")
    expect(status).to_contain_text(number)
    customer.ask("ERROR_403 是什麼意思", "ERROR_403")


def _finds_everything_after_a_reload(customer: Widget, number: str, shots: Shots) -> None:
    said = customer.messages.count()
    customer.page.reload()
    expect(customer.messages).to_have_count(said)
    expect(customer.tickets.last).to_contain_text(number)
    shots.take(customer.page, "09-after-reload")
