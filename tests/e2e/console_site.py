"""The console's own fake server in a browser: fixtures for tests that import them by name."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page

from desk.database import Database
from gateway.console import fake_server
from gongda.replay.processes import free_ports
from tests.e2e.pages import Watched
from tests.e2e.waiting import until

WINDOW = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path_factory.mktemp('console')}/desk.db").open()
    made.migrate()
    yield made
    made.close()


@pytest.fixture(scope="module")
def site(db: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    (port,) = free_ports(1)
    app = fake_server.make_app(db, tmp_path_factory.mktemp("files"))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started, 20, "the fake console to start")
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    server.force_exit = True
    thread.join(timeout=5)


@pytest.fixture
def sign_in(browser: Browser, site: str) -> Iterator[Callable[..., Watched]]:
    made: list[BrowserContext] = []

    def signed_in(login: str, **options: Any) -> Watched:
        made.append(browser.new_context(locale="zh-CN", base_url=site, **{"viewport": WINDOW, **options}))
        seen = Watched(made[-1])
        seen.page.goto("/console/login")
        seen.page.fill("[name=login]", login)
        seen.page.fill("[name=password]", fake_server.PASSWORD)
        seen.page.click("button.primary")
        seen.page.wait_for_url(lambda url: "login" not in url)
        return seen

    yield signed_in
    for context in made:
        context.close()


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
