"""From a question that nobody could answer to an answer for the next person, and word for the first."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from desk import agents
from desk.clock import system_clock
from tests.e2e.follower import Follower
from tests.e2e.pages import Console, Widget
from tests.e2e.shots import Shots
from tests.e2e.stack import Stack

pytestmark = pytest.mark.browser

FIRST = "混凝土罐车的GPS轨迹怎么看"
SECOND = "想看混凝土搅拌车跑到哪了"
ANSWER = "在【系统设置】→【参数设置】打开“车辆定位”，填罐车的终端编号，十分钟后在【项目信息】看到轨迹。"
PASSWORD = "another-pair-of-eyes"
Desktop = Callable[[str], BrowserContext]


def editor(stack: Stack, desktop: Desktop, login: str) -> Console:
    """Somebody of the team, signed in; editors begin with the entries."""
    agents.create(stack.database, login, PASSWORD, name=login, role="editor", now=system_clock())
    console = Console(desktop("zh-CN"), stack.url)
    console.page.goto(f"{stack.url}/console")
    console.page.fill("input[name=login]", login)
    console.page.fill("input[name=password]", PASSWORD)
    console.page.click("button.primary")
    console.page.locator("header nav").first.wait_for()
    return console


def test_an_unanswered_question_becomes_an_entry_and_its_asker_is_told_once(
    stack: Stack, desktop: Desktop, follower: Callable[[], Follower], shots: Shots
) -> None:
    phone = follower()
    phone.say(FIRST)

    author = editor(stack, desktop, "bianji")
    page = author.page
    page.goto(f"{stack.url}/console/gaps")
    page.get_by_role("button", name="重新归类").click()
    found = page.get_by_role("link", name=FIRST)
    expect(found).to_be_visible(timeout=90_000)
    shots.take(page, "gap-1-gaps")
    found.click()
    shots.take(page, "gap-2-gap")

    page.get_by_role("link", name="写条目").click()
    assert FIRST in page.input_value("input[name=question]")
    page.fill("input[name=title]", "看混凝土罐车的轨迹")
    page.fill("textarea[name=answer]", ANSWER)
    page.fill("textarea[name=similar]", "\n".join([SECOND, "罐车走到哪儿了从哪看", "預拌車的定位在哪裡看"]))
    shots.take(page, "gap-3-draft")
    page.get_by_role("button", name="保存并提交审核").click()
    expect(page.locator("body")).to_contain_text("等待审核")

    reviewer = editor(stack, desktop, "shenhe")
    page = reviewer.page
    page.goto(f"{stack.url}/console/review")
    waiting = page.locator("ol.reviews li", has_text="看混凝土罐车的轨迹")
    shots.take(page, "gap-4-review")
    waiting.get_by_role("button", name="批准", exact=True).click()
    page.goto(f"{stack.url}/console/publications")
    shots.take(page, "gap-5-pending")
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator("body")).to_contain_text("已发布", timeout=120_000)
    shots.take(page, "gap-6-published")

    visitor = Widget(desktop("zh-CN"), stack.url)
    visitor.open()
    visitor.ask("混凝土罐车的轨迹从哪里能看到", "车辆定位")
    shots.take(visitor.page, "gap-7-next-asker")

    told = phone.wait_for_push("车辆定位", within=30)
    assert FIRST in told or any(FIRST in push for push in phone.pushed)
    assert sum("车辆定位" in push for push in phone.pushed) == 1
    assert "车辆定位" not in phone.say("谢谢")

    for one in (author, reviewer, visitor):
        assert one.complaints == []
