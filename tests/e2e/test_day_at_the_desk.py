"""Three days of a support office: a P1 at night, a hand-off from WeChat, a transfer, a promise, a reopening, a score.

All processes are real; only the time is moved, and WeChat and the team's robot are fakes that behave like theirs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from time import monotonic

import httpx2
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from desk import duty, promises, tickets
from tests.e2e.follower import Follower
from tests.e2e.loop import LoopThread
from tests.e2e.office import PASSWORD, Office, office
from tests.e2e.pages import Console, Widget
from tests.e2e.shots import Shots
from tests.e2e.waiting import until

Desktop = Callable[[str], BrowserContext]
NUMBER = re.compile(r"GD-\d{8}-\d{4}-\d")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, loop_thread: LoopThread) -> Iterator[Office]:
    """A Sunday night: the lead is on call, two engineers come on Monday."""
    with office(tmp_path_factory.mktemp("office"), loop_thread, "2026-11-22T22:40:00+08:00") as made:
        lead = made.hire("wang", "王组长", "lead", tier="L3", fast_response=True, mention="wang")
        made.hire("li", "李工", tier="L1", skills=("数据报表",), mention="li")
        made.hire("zhao", "赵工", tier="L2", skills=("BIM",), mention="zhao")
        with made.stack.database.write() as session:
            duty.add(
                session,
                lead.id,
                "on_call",
                at("2026-11-22T18:00"),
                at("2026-11-23T08:30"),
                by="system",
                now=made.clock(),
            )
        yield made


def at(moment: str) -> datetime:
    """On the clock of the office."""
    return datetime.fromisoformat(f"{moment}:00+08:00")


def seated(place: Office, desktop: Desktop, login: str, language: str = "zh-CN") -> Console:
    """A colleague who has logged in, in a window of their own."""
    console = Console(desktop(language), place.url)
    console.log_in(login, PASSWORD)
    return console


def go_to(console: Console, number: str) -> None:
    console.page.goto(f"{console.page.url.split('/console')[0]}/console/tickets/{number}")
    console.page.locator("html.scripted [data-ticket][data-mode]").wait_for()


def ticket_of(place: Office, number: str) -> tickets.Ticket:
    with place.stack.database.read() as session:
        return tickets.get(session, number)


def fill_dialog(page: Page, name: str, **fields: str) -> None:
    """Open a dialog, fill it in, send it."""
    page.locator(f"[data-opens={name}]").first.click()
    for field, value in fields.items():
        control = page.locator(f"#{name} [name={field}]")
        if control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    for box in page.locator(f"#{name} input[type=checkbox]").all():
        box.check()
    page.locator(f"#{name} .send button:not([data-closes])").click()
    expect(page.locator(f"#{name}")).to_be_hidden()


def test_a_p1_at_night_wakes_who_is_on_call(place: Office, desktop: Desktop, shots: Shots) -> None:
    widget = Widget(desktop("zh-TW"), place.url)
    widget.open()
    said_at = monotonic()
    widget.say("整個公司都打不開平台了，一個人也進不去")
    card = widget.reply("GD-20261122")
    number = NUMBER.search(card.inner_text())[0]
    page = place.paged("P1")
    woken = monotonic() - said_at
    print(f"the on-call lead's page stood in the group {woken:.1f} s after the customer had written")

    assert number in page
    assert woken < 8  # the turn, at most two seconds until the look, one until the sending
    assert "值班工程師" in widget.panel.inner_text()
    shots.take(widget.page, "01-night-p1-customer")

    lead = seated(place, desktop, "wang")
    expect(lead.page.locator(f"tr[data-id='{number}'].P1 .clock")).to_contain_text("剩")
    shots.take(lead.page, "02-night-queue")
    go_to(lead, number)
    expect(lead.side).to_contain_text("叫醒待命的人")
    lead.take()
    lead.reply("您好，我是王组长，正在重启认证服务，五分钟内给您消息。")
    widget.reply("正在重启认证服务")
    shots.take(lead.page, "03-night-ticket")
    fill_dialog(lead.page, "resolve", solution="认证服务已重启，全部恢复")
    widget.reply("已處理完畢")
    shots.take(widget.page, "04-night-resolved")
    assert ticket_of(place, number).first_response_at is not None
    assert [*widget.complaints, *lead.complaints] == []


def test_the_morning_report_tells_of_the_night(place: Office, desktop: Desktop, shots: Shots) -> None:
    place.set_time("2026-11-23T08:30:05+08:00")

    report = place.paged("早报", within=60)

    assert "P1" in report
    lead = seated(place, desktop, "wang")
    lead.page.goto(f"{place.url}/console/daily")
    shots.take(lead.page, "05-daily")
    lead.page.goto(f"{place.url}/console/daily/2026-11-23")
    expect(lead.page.locator("main")).to_contain_text("打不开平台")
    shots.take(lead.page, "06-morning-report")
    assert lead.complaints == []


def test_a_hand_off_from_wechat_with_transfer_promise_reopening_and_score(
    place: Office, desktop: Desktop, loop_thread: LoopThread, shots: Shots
) -> None:
    place.set_time("2026-11-23T09:04:00+08:00")
    li, zhao = seated(place, desktop, "li"), seated(place, desktop, "zhao")
    phone = Follower(loop_thread, place.stack, place.wechat, place.clock)

    assert "CSV" in phone.say("匯出的 CSV 用 Excel 開啟中文變亂碼、編號開頭的 0 也不見")
    place.set_time("2026-11-23T09:05:00+08:00")
    opened = phone.say("還是不行，轉人工")
    number = NUMBER.search(opened)[0]
    assert "李工" in opened
    assert "10:05" in opened  # an hour of working time

    # -- the engineer's work ---------------------------------------------------------------------
    li.page.goto(f"{place.url}/console?tab=mine")
    expect(li.page.locator(f"tr[data-id='{number}']")).to_be_visible()
    shots.take(li.page, "07-mine")
    go_to(li, number)
    expect(li.side).to_contain_text("技能“数据报表”对口")
    expect(li.side).to_contain_text("机器人答过")
    li.take()
    expect(li.page.locator("[data-found] button").first).to_be_visible()
    li.page.locator("[data-form=reply] textarea").press_sequentially("/")
    expect(li.page.locator("#canned [role=option]").first).to_be_visible()
    shots.take(li.page, "08-canned")
    li.page.keyboard.press("Escape")
    li.page.fill("[data-form=reply] textarea", "")
    li.reply("您好，我是李工。请问 Excel 是哪个版本？")
    assert phone.wait_for_push("我是李工", within=20)
    fill_dialog(li.page, "promise", promise="把修好的导出模板发给客户", at="2026-11-23T14:00")
    expect(li.side).to_contain_text("把修好的导出模板发给客户")
    shots.take(li.page, "09-promise")

    # -- a colleague looks, then gets it ---------------------------------------------------------
    go_to(zhao, number)
    expect(li.page.locator("#viewers")).to_contain_text("赵工")
    shots.take(li.page, "10-collision")
    phone.say("是 2021 版，公司電腦")
    expect(li.transcript).to_contain_text("2021 版")
    value = li.page.locator("#transfer option", has_text="赵工").get_attribute("value")
    fill_dialog(li.page, "transfer", agent=value, reason="要看模板的编码")
    expect(zhao.page.locator("[data-form=reply] button")).to_be_enabled()
    zhao.reply("您好，我是赵工，接着为您处理。新模板马上发出。")
    assert phone.wait_for_push("我是赵工", within=20)
    expect(li.transcript).to_contain_text("我是赵工")
    assert li.transcript.locator("article", has_text="我是赵工").count() == 1
    shots.take(zhao.page, "11-transferred")

    # -- the promise ------------------------------------------------------------------------------
    place.set_time("2026-11-23T13:31:00+08:00")
    assert place.paged("导出模板", within=60)
    go_to(zhao, number)
    zhao.side.get_by_role("button", name="已兑现").click()
    expect(zhao.side.locator(".promises .kept")).to_be_visible()
    fill_dialog(zhao.page, "resolve", solution="已换成 UTF-8 的导出模板")
    assert phone.wait_for_push("UTF-8", within=20)
    with place.stack.database.read() as session:
        assert [one.state for one in promises.listing(session, number=number)] == ["kept"]
    assert [*li.complaints, *zhao.complaints] == []

    # -- a day later: not solved, then solved, and a score ----------------------------------------
    place.set_time("2026-11-24T13:40:00+08:00")
    assert phone.wait_for_push("有一天了", within=90)
    again = phone.say("2")
    assert number in again
    assert ticket_of(place, number).open
    zhao = seated(place, desktop, "zhao")
    go_to(zhao, number)
    expect(zhao.side).to_contain_text("重新打开")
    shots.take(zhao.page, "12-reopened")
    zhao.take()
    zhao.reply("抱歉，这次连同字体一起换好了，请再导出一次。")
    fill_dialog(zhao.page, "resolve", solution="模板与字体都已更换")
    place.set_time("2026-11-25T13:50:00+08:00")
    until(lambda: sum("有一天了" in one for one in phone.pushed) == 2, 90, "the second question")
    answered = phone.say("1")
    assert "1" in answered
    assert "5" in answered
    assert "謝謝" in phone.say("5")
    with place.stack.database.read() as session:
        scores = [line.detail["score"] for line in tickets.events(session, number) if line.kind == "scored"]
    assert ticket_of(place, number).status == "closed"
    assert scores == [5]
    zhao = seated(place, desktop, "zhao")  # a log-in lasts twelve hours
    go_to(zhao, number)
    expect(zhao.side).to_contain_text("客户评分")
    shots.take(zhao.page, "13-scored")
    assert phone.unavailable == 0


def test_a_robot_that_answers_200_with_an_error_code_is_shown_as_failed_and_retried(
    place: Office, desktop: Desktop, shots: Shots
) -> None:
    place.set_time("2026-11-26T09:30:00+08:00")
    lead = seated(place, desktop, "wang")
    place.robot.refusing = 93000
    key = place.stack.secret("api_key")
    made = httpx2.post(
        f"{place.url}/api/tickets",
        headers={"Authorization": f"Bearer {key}", "Idempotency-Key": "robot-refuses-1"},
        json={"contact": {"id": "crm-7"}, "summary": "三个工地同时断线，都连不上服务器", "priority": "P1"},
    )
    number = made.json()["number"]

    def failed() -> bool:
        lead.page.goto(f"{place.url}/console/outbox?tab=failed")
        return lead.page.locator(".deliveries li", has_text=number).count() > 0

    until(failed, 60, "a failed notice")
    row = lead.page.locator(".deliveries li", has_text=number).first
    expect(row).to_contain_text("93000")
    assert not any(number in text for text in place.robot.texts())
    shots.take(lead.page, "14-outbox-failed")

    place.robot.refusing = None
    row.get_by_role("button", name="重试").click()
    assert place.paged(number, within=60)
    assert lead.complaints == []
