"""A follower of the official account, from code that is not asynchronous."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from time import monotonic

import httpx2

from desk.clock import Clock, system_clock
from gateway.channels.wechat.fake_follower import DELIVERIES, FakeFollower
from tests.e2e.loop import LoopThread
from tests.e2e.stack import WECHAT_TOKEN, Stack
from tests.e2e.waiting import until
from tests.e2e.wechat_server import WeChatServer


class Follower:
    """One phone: passive replies are what `say` returns, pushes arrive in `pushed`."""

    def __init__(self, thread: LoopThread, stack: Stack, server: WeChatServer, clock: Clock = system_clock) -> None:
        self._thread = thread
        self._server = server
        http = httpx2.AsyncClient(base_url=stack.url, timeout=10.0)
        self.openid = f"oE2e{uuid.uuid4().hex[:20]}"
        self._fake = FakeFollower(http, WECHAT_TOKEN, clock, self.openid, server.wechat)
        self.seconds = 0.0  # the last `say` took

    @property
    def unavailable(self) -> int:
        """How often WeChat said 该公众号暂时无法提供服务."""
        return self._fake.unavailable

    @property
    def pushed(self) -> list[str]:
        """Customer-service messages that have arrived."""
        return self._server.wechat.texts_to(self.openid)

    def say(self, text: str) -> str:
        """The passive reply; empty for `success`."""
        began = monotonic()
        reply = self._thread.run(self._fake.say(text))
        self.seconds = monotonic() - began
        return reply or ""

    def say_at_once(self, text: str, times: int) -> list[httpx2.Response]:
        """One message, delivered several times at the same moment."""
        self._server.wechat.heard(self.openid)
        body = self._fake.body({"MsgType": "text", "Content": text, "MsgId": str(uuid.uuid4().int % 10**17)})

        async def together() -> list[httpx2.Response]:
            return list(await asyncio.gather(*(self._fake.deliver(body) for _ in range(times))))

        return self._thread.run(together())

    def say_through(self, text: str, trouble: Callable[[], None]) -> httpx2.Response:
        """One message, delivered again every five seconds until it is answered; `trouble` begins with the first."""
        self._server.wechat.heard(self.openid)
        body = self._fake.body({"MsgType": "text", "Content": text, "MsgId": str(uuid.uuid4().int % 10**17)})

        async def patiently() -> httpx2.Response:
            asyncio.get_running_loop().run_in_executor(None, trouble)
            for _ in range(DELIVERIES):
                again = asyncio.create_task(asyncio.sleep(self._fake.cut))
                try:
                    return await asyncio.wait_for(self._fake.deliver(body), self._fake.cut)
                except (TimeoutError, httpx2.TransportError):
                    await again
            raise AssertionError(f"none of {DELIVERIES} deliveries of {text!r} was answered")

        began = monotonic()
        response = self._thread.run(patiently())
        self.seconds = monotonic() - began
        return response

    def wait_for_push(self, text: str, within: float) -> str:
        """The first push that contains `text`."""
        return until(lambda: next((push for push in self.pushed if text in push), ""), within, f"a push with {text!r}")
