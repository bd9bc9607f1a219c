"""A follower of the official account, from code that is not asynchronous."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Coroutine
from time import monotonic
from typing import Any

import httpx2

from desk.clock import Clock, system_clock
from gateway.channels.wechat.fakes import replies as fake_replies
from gateway.channels.wechat.fakes.follower import DELIVERIES, FakeFollower, new_id
from tests.e2e.loop import LoopThread
from tests.e2e.stack import WECHAT_TOKEN, Stack
from tests.e2e.waiting import until
from tests.e2e.wechat_server import AES_KEY, APP_ID, WeChatServer


class Follower:
    """One phone, in 安全模式: passive replies are what `say` returns, pushes arrive in `pushed`."""

    def __init__(self, thread: LoopThread, stack: Stack, server: WeChatServer, clock: Clock = system_clock) -> None:
        self._thread = thread
        self._server = server
        http = httpx2.AsyncClient(base_url=stack.url, timeout=10.0)
        self.openid = f"oE2e{uuid.uuid4().hex[:20]}"
        self._fake = FakeFollower(
            http, WECHAT_TOKEN, clock, self.openid, server.wechat, mode="secure", aes_key=AES_KEY, app_id=APP_ID
        )
        self.seconds = 0.0  # the last `say` took

    @property
    def unavailable(self) -> int:
        """How often WeChat said 该公众号暂时无法提供服务."""
        return self._fake.unavailable

    @property
    def pushed(self) -> list[str]:
        """Customer-service messages that have arrived."""
        return self._server.wechat.texts_to(self.openid)

    @property
    def quota(self) -> int:
        """How many customer-service messages WeChat would still take for this follower."""
        return self._server.wechat.windows.left(self.openid)

    def say(self, text: str) -> str:
        """The passive reply; empty for `success`."""
        return self._do(self._fake.say(text))

    def subscribe(self, scene: str = "") -> str:
        """Follow the account, by scanning a code with a scene if there is one."""
        return self._do(self._fake.subscribe(scene))

    def unsubscribe(self) -> str:
        """Leave."""
        return self._do(self._fake.unsubscribe())

    def press(self, key: str) -> str:
        """An entry of the menu."""
        return self._do(self._fake.press(key))

    def send_picture(self, data: bytes) -> str:
        """A PNG."""
        return self._do(self._fake.picture(data))

    def say_at_once(self, text: str, times: int) -> list[httpx2.Response]:
        """One message, delivered several times at the same moment."""
        self._server.wechat.heard(self.openid)
        fields = self._fake.whole({"MsgType": "text", "Content": text, "MsgId": new_id()})

        async def together() -> list[httpx2.Response]:
            return list(await asyncio.gather(*(self._fake.hand_over(fields) for _ in range(times))))

        return [self._opened(response) for response in self._thread.run(together())]

    def say_through(self, text: str, trouble: Callable[[], None], *, every: float) -> httpx2.Response:
        """One message, delivered up to three times, one each `every` seconds; `trouble` begins with the first."""
        self._server.wechat.heard(self.openid)
        fields = self._fake.whole({"MsgType": "text", "Content": text, "MsgId": new_id()})

        async def patiently() -> httpx2.Response:
            asyncio.get_running_loop().run_in_executor(None, trouble)
            for _ in range(DELIVERIES):
                again = asyncio.create_task(asyncio.sleep(every))
                try:
                    return await asyncio.wait_for(self._fake.hand_over(fields), every)
                except (TimeoutError, httpx2.TransportError):
                    await again
            raise AssertionError(f"none of {DELIVERIES} deliveries of {text!r} was answered")

        began = monotonic()
        response = self._thread.run(patiently())
        self.seconds = monotonic() - began
        return self._opened(response)

    def _opened(self, response: httpx2.Response) -> httpx2.Response:
        """The same with its body decrypted; what WeChat could not read has none."""
        shown = fake_replies.read(response, self.openid, event=False, crypto=self._fake.wire.crypto, secure=True)
        return httpx2.Response(response.status_code, text="" if shown.kind == "unavailable" else shown.raw)

    def _do(self, what: Coroutine[Any, Any, str | None]) -> str:
        began = monotonic()
        reply = self._thread.run(what)
        self.seconds = monotonic() - began
        return reply or ""

    def wait_for_push(self, text: str, within: float) -> str:
        """The first push that contains `text`."""
        return until(lambda: next((push for push in self.pushed if text in push), ""), within, f"a push with {text!r}")
