"""The widget's own fake gateway for a browser: fixtures for tests that import them by name."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import uvicorn
from PIL import Image
from playwright.sync_api import BrowserContext, FilePayload

from gateway.widget import fake_server
from gateway.widget.fake_desk import FakeDesk
from gongda.replay.processes import free_ports
from tests.e2e.pages import Widget
from tests.e2e.waiting import until

Person = Callable[[str], BrowserContext]
DISK = """(() => {
  const { set } = Object.getOwnPropertyDescriptor(IDBTransaction.prototype, "oncomplete");
  const later = (done) => async (event) => { await window.disk; done(event); };
  Object.defineProperty(IDBTransaction.prototype, "oncomplete", { set(done) { set.call(this, later(done)); } });
  window.holdDisk = () => { window.disk = new Promise((resolve) => { window.releaseDisk = resolve; }); };
})()"""  # from holdDisk() to releaseDisk() no file is stored or found


class FakeSite:
    """The fake gateway on a port of its own; what the desk knows outlives a restart."""

    def __init__(self, desk: FakeDesk) -> None:
        self.desk = desk
        (self.port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}/widget"

    def start(self) -> None:
        config = uvicorn.Config(
            fake_server.create_app(self.desk), host="127.0.0.1", port=self.port, log_level="critical"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        until(lambda: self._server.started, 20, "the fake gateway to start")

    def stop(self) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(timeout=30)
        assert not self._thread.is_alive(), "the fake gateway has not ended within 30 s"


@pytest.fixture
def desk() -> FakeDesk:
    script = json.loads((Path(fake_server.__file__).parent / "fake_script.json").read_text(encoding="utf-8"))
    return FakeDesk(script, lambda: datetime.now(ZoneInfo("Asia/Shanghai")), delay_s=0.3)


@pytest.fixture
def fake_site(desk: FakeDesk) -> Iterator[FakeSite]:
    made = FakeSite(desk)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def site(fake_site: FakeSite) -> str:
    return fake_site.url


def opened(person: BrowserContext, site: str) -> Widget:
    widget = Widget(person, site)
    widget.open()
    return widget


def told(desk: FakeDesk) -> list[dict[str, Any]]:
    """Every message that has arrived from visitors, in order."""
    return [m for c in desk.conversations.values() for m in c.messages if m["author"] == "user"]


def said(desk: FakeDesk) -> list[str]:
    """Their texts."""
    return [message["text"] for message in told(desk) if message.get("text")]


def picture(name: str = "报错截图.png", size: tuple[int, int] = (320, 180)) -> FilePayload:
    """As a person would choose it."""
    written = io.BytesIO()
    Image.new("RGB", size, (40, 90, 160)).save(written, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": written.getvalue()}
