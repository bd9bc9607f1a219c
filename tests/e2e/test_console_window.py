"""What an agent sees before a reply goes to a follower of the official account, in a browser."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from desk import conversations, messages, outbox, windows
from desk.clock import system_clock
from desk.database import Database
from gateway.channels.wechat.delivering import rows
from gateway.channels.wechat.hearing.contact import open_window
from tests.e2e.console_site import PHONE, db, overflow, sign_in, site

__all__ = ["db", "sign_in", "site"]  # fixtures
pytestmark = pytest.mark.browser
FOLLOWER = "openid-2"  # has the ticket about 甘特图, which is with li
REPLY = "[data-form=reply] textarea"
SEND = "[data-form=reply] button.primary"
HINT = "[data-window]"
LONG = "先在【备份恢复】里备份数据库，再继续下一步。" * 60  # 3,960 bytes


@pytest.fixture
def page(sign_in, db: Database) -> Page:
    """The follower has just written; the ticket is on its agent's screen."""
    with db.write() as session:
        open_window(session, FOLLOWER, "message", now=system_clock() - timedelta(hours=16, minutes=30))
    return opened(sign_in)


def opened(sign_in, **options) -> Page:
    page = sign_in("li", **options).page
    page.goto("/console?tab=all")
    page.locator("a.summary", has_text="甘特图超过 2000 行").click()
    page.locator("html.scripted [data-ticket][data-mode]").wait_for()
    if page.locator("[data-speaks]").is_disabled():
        page.get_by_role("button", name="接手").click()
        expect(page.locator("[data-speaks]")).to_be_enabled()
    return page


def said(db: Database) -> list[str]:
    with db.read() as session:
        talk = conversations.find(session, "wechat", FOLLOWER)
        assert talk is not None
        return [one.text for one in messages.latest(session, talk.id) if one.author == "agent"]


def set_free(db: Database) -> None:
    """Nothing waits for the follower any more."""
    with db.write() as session:
        talk = conversations.find(session, "wechat", FOLLOWER)
        assert talk is not None
        waiting = [row.id for row in outbox.unsent(session, talk.id, rows.KIND)]
        for row in outbox.take(session, waiting, now=system_clock()):
            outbox.mark_sent(session, row, now=system_clock())


def test_scripts_cut_texts_as_the_server_does(page: Page) -> None:
    texts = [
        LONG,
        "短",
        "",
        "   ",
        "没有标点" * 700,
        "见 https://example.com/" + "a" * 250 + " 然后" * 400,
        "C:\\Program Files\\某软件\\日志\\" * 90,
        "\n".join(f"| 第 {number} 行 | 数值；单位 |" for number in range(200)),
        "表情👩‍👩‍👧" * 200,
        "a" * 4000,
        "English sentences. " * 200,
    ]
    cut = page.evaluate(
        "async ([texts, limit]) => { const { parts, size } = await import('/console/static/parts.js');"
        " return texts.map((text) => [parts(text, limit).length, size(text)]); }",
        [texts, rows.PART],
    )
    assert cut == [[len(rows.numbered(text)), len(text.encode())] for text in texts]


def test_the_hint_says_how_many_and_how_long(page: Page) -> None:
    expect(page.locator(HINT)).to_contain_text("微信：还能发 5 条（共 5 条），窗口还有 31 小时")


def test_while_typing_the_number_of_messages_is_counted(page: Page) -> None:
    page.fill(REPLY, "您好")
    expect(page.locator("[data-parts]")).to_have_text("6 字节，微信里分 1 条")
    page.fill(REPLY, LONG)
    expect(page.locator("[data-parts]")).to_have_text("3,960 字节，微信里分 3 条")
    page.fill(REPLY, "")
    expect(page.locator("[data-parts]")).to_have_text("")


def test_what_arrives_at_once_goes_without_a_question(page: Page, db: Database) -> None:
    page.fill(REPLY, "马上到的回复")
    page.click(SEND)
    expect(page.locator("#transcript")).to_contain_text("马上到的回复")
    expect(page.locator(HINT)).to_contain_text("还能发 4 条")
    set_free(db)


def test_what_would_wait_is_asked_about_and_kept_until_somebody_says_so_again(page: Page, db: Database) -> None:
    with db.write() as session:
        windows.ended(session, "wechat", FOLLOWER, as_of=system_clock())
    page.reload()
    page.locator("html.scripted [data-ticket][data-mode]").wait_for()
    expect(page.locator(HINT)).to_contain_text("超过 48 小时：发出的内容将等客户下次发消息时送达")
    page.fill(REPLY, "要等一等的回复")
    page.locator(REPLY).press("Control+Enter")
    expect(page.locator("#waits")).to_contain_text("将等客户下次发消息时送达")
    expect(page.locator("#waits [data-sure]")).to_be_focused()
    page.get_by_role("button", name="先不发").click()
    expect(page.locator("#waits")).to_be_hidden()
    assert "要等一等的回复" not in said(db)
    expect(page.locator(REPLY)).to_have_value("要等一等的回复")
    page.click(SEND)
    page.locator("#waits [data-sure]").press("Enter")
    expect(page.locator("#transcript")).to_contain_text("要等一等的回复")
    assert said(db).count("要等一等的回复") == 1
    expect(page.locator("#waits")).to_be_hidden()
    set_free(db)


def test_more_parts_than_are_left_are_asked_about(page: Page, db: Database) -> None:
    with db.write() as session:
        for _ in range(3):
            windows.spend(session, "wechat", FOLLOWER, now=system_clock())
    page.reload()
    page.locator("html.scripted [data-ticket][data-mode]").wait_for()
    page.fill(REPLY, LONG[:1900])
    page.click(SEND)
    expect(page.locator("#waits")).to_contain_text("现在只能发 2 条")


def test_what_is_parked_and_that_they_have_left_is_said_on_a_phone(sign_in, db: Database, page: Page) -> None:
    with db.write() as session:
        talk = conversations.find(session, "wechat", FOLLOWER)
        assert talk is not None
        windows.closed(session, "wechat", FOLLOWER, now=system_clock())
        for text in ("您的工单已处理，请重新登录后再试一次看看是否还会出现同样的提示。", "<b>另外</b>请更新到 6.3。"):
            made = rows.drafts(text, openid=FOLLOWER, conversation_id=talk.id, key=text)
            rows.queue(session, made, pushes=False, now=system_clock())
    phone = opened(sign_in, viewport=PHONE)
    expect(phone.locator(HINT)).to_contain_text("客户已取消关注")
    phone.locator(f"{HINT} summary", has_text="另有 2 条等着送达").click()
    expect(phone.locator(f"{HINT} li").nth(1)).to_have_text("<b>另外</b>请更新到 6.3。")
    assert overflow(phone) <= 0
    set_free(db)
