"""What axe finds on the agents' pages and on the customer's progress page: nothing."""

# ruff: noqa: F811 - fixtures are asked for by their names

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from desk import announcements
from desk.announcements import NewAnnouncement
from desk.clock import system_clock
from desk.database import Database
from desk.tickets import Ticket
from gateway.app import create_app
from gateway.progress.links import Links
from gongda.replay.processes import free_ports
from tests.e2e.axe import violations
from tests.e2e.console_site import PHONE, WINDOW, db, overflow, sign_in, site  # noqa: F401 - fixtures
from tests.e2e.loop import LoopThread
from tests.e2e.pages import Watched
from tests.e2e.serving import Served
from tests.integration.gateway.turn_world import HANDOFF, SETTINGS, World, migrated, opened

pytestmark = pytest.mark.browser
SignIn = Callable[..., Watched]

PAGES = (
    "/console",
    "/console?tab=all",
    "/console/entries",
    "/console/entries/faq-import-stuck",
    "/console/new-entry",
    "/console/review",
    "/console/gaps",
    "/console/publications",
    "/console/imports",
    "/console/hit-test",
    "/console/announcements",
    "/console/incidents",
    "/console/outbox",
    "/console/accounts",
    "/console/duty",
    "/console/calendar",
    "/console/canned",
    "/console/settings",
    "/console/agents",
    "/console/exports",
    "/console/daily",
    "/console/password",
)
LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": PHONE, "has_touch": True},
}


def test_the_log_in_page_is_accessible(browser: Browser, site: str) -> None:
    for scheme in ("light", "dark"):
        window = browser.new_context(locale="zh-CN", viewport=WINDOW, color_scheme=scheme)  # type: ignore[arg-type]
        page = window.new_page()
        page.goto(f"{site}/console/login")
        assert violations(page) == []
        window.close()


@pytest.mark.parametrize("look", LOOKS)
def test_the_agents_pages_are_accessible(sign_in: SignIn, db: Database, look: str) -> None:
    with db.write() as session:
        new = NewAnnouncement("今晚升级", "warning", "https://status.example.com/")
        announcements.save(session, new, by="agent:1", now=system_clock())
    admin = sign_in("admin", **LOOKS[look])
    found: dict[str, list[str]] = {}
    for path in PAGES:
        response = admin.page.goto(path)
        assert response is not None
        assert response.status == 200, path
        found[path] = violations(admin.page)
    assert {path: broken for path, broken in found.items() if broken} == {}
    assert admin.complaints == []


@pytest.mark.parametrize("look", LOOKS)
def test_a_ticket_is_accessible_with_its_dialogs(sign_in: SignIn, look: str) -> None:
    page = sign_in("zhang", **LOOKS[look]).page
    page.goto("/console?tab=mine")
    page.locator("a[href^='/console/tickets/GD-']").first.click()
    expect(page.locator("textarea").first).to_be_visible()
    assert violations(page) == []
    if look == "phone":
        return
    for opener in page.locator("[data-opens]:visible").all():
        opener.click()
        assert violations(page) == [], opener.inner_text()
        page.keyboard.press("Escape")


def test_announcing_something_needs_the_keyboard_alone_and_fits_a_phone(sign_in: SignIn) -> None:
    page = sign_in("wang", viewport=PHONE).page
    page.goto("/console/announcements")
    assert overflow(page) == 0
    page.get_by_label("内容").focus()
    page.keyboard.type("数据库今晚维护")
    page.keyboard.press("Tab")
    page.keyboard.type("警")  # the list box takes the first letter
    page.get_by_role("button", name="预览").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("資料庫今晚維護").first).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="发布").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("正在显示")).to_be_visible()
    expect(page.locator("td", has_text="数据库今晚维护").first).to_be_visible()


@pytest.fixture
def progress(loop_thread: LoopThread, tmp_path: Path) -> Iterator[str]:
    """The address of a customer's progress page."""
    migrated(tmp_path / "template.db")
    (tmp_path / "desk").mkdir()
    with opened(tmp_path / "template.db", tmp_path / "desk") as database:
        world = World(database, system_clock, settings=replace(SETTINGS, public_url="http://127.0.0.1"))  # type: ignore[arg-type]
        world.says(HANDOFF)
        loop_thread.run(world.say("转人工"))
        ticket: Ticket = world.tickets()[0]
        (port,) = free_ports(1)
        served = Served(loop_thread, create_app(world.services, "key"), port)
        yield served.url + Links(SETTINGS.secret, "", system_clock).to(ticket.number)
        served.stop()


@pytest.mark.parametrize("look", LOOKS)
def test_the_progress_page_is_accessible(browser: Browser, progress: str, look: str) -> None:
    options: dict[str, Any] = {"viewport": WINDOW, **LOOKS[look]}
    window = browser.new_context(locale="zh-CN", **options)
    page = window.new_page()
    page.goto(progress)
    expect(page.get_by_text("GD-").first).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="催一下").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**said=**")
    assert violations(page) == []
    window.close()
