"""WeChat's server for the worker to talk to, over a real socket."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from datetime import datetime, timezone
from time import monotonic

import uvicorn

from gateway.channels.wechat.fake import FakeWeChat
from tests.e2e.loop import LoopThread
from tests.e2e.waiting import until

APP_ID, APP_SECRET = "wx00000000000e2e", "e2e-secret"


class WeChatServer:
    """`wechat` is the fake itself: what it was sent, and how slow it is."""

    def __init__(self, thread: LoopThread, port: int) -> None:
        self.wechat = FakeWeChat(_now, APP_ID, APP_SECRET)
        self.url = f"http://127.0.0.1:{port}"
        self.began: list[float] = []  # when sends were begun, finished or not, on the monotonic clock
        self._watch_sends()
        config = uvicorn.Config(self.wechat.app, host="127.0.0.1", port=port, log_level="critical", lifespan="off")
        self._server = uvicorn.Server(config)
        self._serving: Future[None] = asyncio.run_coroutine_threadsafe(self._server.serve(), thread.loop)
        until(lambda: self._server.started, 10, "the fake WeChat server")

    def stop(self) -> None:
        self._server.should_exit = True
        self._serving.result(timeout=10)

    def _watch_sends(self) -> None:
        @self.wechat.app.middleware("http")
        async def noted(request, call_next):  # type: ignore[no-untyped-def]
            if request.url.path.endswith("/custom/send"):
                self.began.append(monotonic())
            return await call_next(request)


def _now() -> datetime:
    return datetime.now(timezone.utc)
