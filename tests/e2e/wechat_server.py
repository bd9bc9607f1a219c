"""WeChat's server for the worker to talk to, over a real socket."""

from __future__ import annotations

from time import monotonic

from desk.clock import Clock, system_clock
from gateway.channels.wechat.fake import FakeWeChat
from tests.e2e.loop import LoopThread
from tests.e2e.serving import Served

APP_ID, APP_SECRET = "wx00000000000e2e", "e2e-secret"
AES_KEY = "e2eAESKeyForTheAccountInThisTest2026abcdefg"  # 43 letters and digits


class WeChatServer:
    """`wechat` is the fake itself: what it was sent, and how slow it is."""

    def __init__(self, thread: LoopThread, port: int, clock: Clock = system_clock) -> None:
        self.wechat = FakeWeChat(clock, APP_ID, APP_SECRET)
        self.url = f"http://127.0.0.1:{port}"
        self.began: list[float] = []  # when sends were begun, finished or not, on the monotonic clock
        self._watch_sends()
        self._served = Served(thread, self.wechat.app, port)

    def stop(self) -> None:
        self._served.stop()

    def _watch_sends(self) -> None:
        @self.wechat.app.middleware("http")
        async def noted(request, call_next):  # type: ignore[no-untyped-def]
            if request.url.path.endswith("/custom/send"):
                self.began.append(monotonic())
            return await call_next(request)
