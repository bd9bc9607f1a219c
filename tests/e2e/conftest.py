"""One running product for all of these tests, one WeChat server, one browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from gongda.replay.processes import free_ports
from tests.e2e.follower import Follower
from tests.e2e.loop import LoopThread
from tests.e2e.shots import Protocol, Shots
from tests.e2e.stack import Stack
from tests.e2e.visitor import Visitor
from tests.e2e.wechat_server import WeChatServer

_REAL = {"stack", "place"}  # fixtures that start them
CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts the real processes has the machine for itself; a browser before a fake server does not need that."""
    for item in items:
        if "tests/e2e" in str(item.path) and _REAL & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def loop_thread() -> Iterator[LoopThread]:
    thread = LoopThread()
    yield thread
    thread.close()


@pytest.fixture(scope="session")
def wechat(loop_thread: LoopThread) -> Iterator[WeChatServer]:
    (port,) = free_ports(1)
    server = WeChatServer(loop_thread, port)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, wechat: WeChatServer) -> Iterator[Stack]:
    made = Stack(tmp_path_factory.mktemp("var"), wechat.url)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"there is no Chromium at {CHROMIUM}: apt install chromium")
    expect.set_options(timeout=20_000)  # the machine may be busy, and what one browser does has to reach another one
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def desktop(browser: Browser) -> Iterator[Callable[[str], BrowserContext]]:
    """Makes a person's own browser window of 1280 x 800, by their language."""
    made: list[BrowserContext] = []

    def person(language: str) -> BrowserContext:
        made.append(browser.new_context(locale=language, viewport={"width": 1280, "height": 800}))
        return made[-1]

    yield person
    for context in made:
        context.close()


@pytest.fixture
def visitor(stack: Stack) -> Callable[[], Visitor]:
    """Makes visitors who have not been here before."""
    return lambda: Visitor(stack.url)


@pytest.fixture
def follower(loop_thread: LoopThread, stack: Stack, wechat: WeChatServer) -> Callable[[], Follower]:
    """Makes followers who have not written before."""
    return lambda: Follower(loop_thread, stack, wechat)


@pytest.fixture(scope="session")
def shots() -> Shots:
    return Shots()


@pytest.fixture(scope="session")
def protocol(shots: Shots) -> Iterator[Protocol]:
    made = Protocol(shots.folder)
    yield made
    made.write()
