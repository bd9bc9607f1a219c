"""The three robots' servers and somebody's webhook, as far as the documentation describes them.

Each answers HTTP 200 whatever it thinks of a message; only the code in the body tells.

    fake = FakeWeCom(clock, key="k")
    http = httpx2.AsyncClient(transport=httpx2.ASGITransport(fake.app))
    robot = WeComRobot(fake.url, http)
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from desk.clock import Clock

_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_PER_MINUTE = 20
Json = dict[str, Any]


@dataclass
class FakeRobot:
    """`refusing` makes every call answer HTTP 200 with that code; `broken` HTTP 502; `latency` is in seconds.
    `arrived` is what stands in the group."""

    clock: Clock
    key: str = "fake-key"
    secret: str = ""
    refusing: int | None = None
    broken: bool = False
    latency: float = 0.0
    arrived: list[Json] = field(default_factory=list)
    calls: int = 0
    app: FastAPI = field(init=False)

    path = "/send"
    host = "http://robot.example"

    def __post_init__(self) -> None:
        self._times: list[datetime] = []
        self.app = FastAPI()
        self.app.add_api_route(self.path, self._receive, methods=["POST"], response_model=None)

    @property
    def url(self) -> str:
        """The address as the provider shows it, with the key."""
        return f"{self.host}{self.path}?key={self.key}"

    def texts(self) -> list[str]:
        """The texts that arrived, in order."""
        raise NotImplementedError

    def _refusal(self, request: Request, body: Json) -> Json | None:
        raise NotImplementedError

    def _answer(self, code: int, said: str) -> Json:
        return {"errcode": code, "errmsg": said}

    async def _receive(self, request: Request) -> Response:
        self.calls += 1
        await asyncio.sleep(self.latency)
        if self.broken:
            return PlainTextResponse("bad gateway", status_code=502)
        if self.refusing is not None:
            return JSONResponse(self._answer(self.refusing, "refused by the fake"))
        body = await request.json()
        refusal = self._refusal(request, body)
        if refusal is None:
            self.arrived.append(body)
            self._times.append(self.clock())
        return JSONResponse(refusal or self._answer(0, "ok"))

    def _too_many(self) -> bool:
        return len([moment for moment in self._times if moment > self.clock() - _MINUTE]) >= _PER_MINUTE

    def _signed(self, given: Mapping[str, Any], seconds: float, expected: Callable[[str], bytes]) -> bool:
        """Whether timestamp and signature are right, and the timestamp not older or newer than an hour."""
        timestamp = str(given.get("timestamp", ""))
        if not timestamp.isdigit() or abs(self.clock().timestamp() - int(timestamp) * seconds) > _HOUR.total_seconds():
            return False
        return base64.b64encode(expected(timestamp)).decode() == given.get("sign")


class FakeWeCom(FakeRobot):
    """企业微信."""

    path = "/cgi-bin/webhook/send"

    def texts(self) -> list[str]:
        return [body["text"]["content"] for body in self.arrived]

    def _refusal(self, request: Request, body: Json) -> Json | None:
        if request.query_params.get("key") != self.key:
            return self._answer(93000, "invalid webhook url")
        if len(body["text"]["content"].encode()) > 2048:
            return self._answer(40058, "text.content exceed max length 2048")
        return self._answer(45009, "api freq out of limit") if self._too_many() else None


class FakeDingTalk(FakeRobot):
    """钉钉, with 加签 where there is a secret."""

    path = "/robot/send"

    @property
    def url(self) -> str:
        return f"{self.host}{self.path}?access_token={self.key}"

    def texts(self) -> list[str]:
        return [body["text"]["content"] for body in self.arrived]

    def _refusal(self, request: Request, body: Json) -> Json | None:
        if request.query_params.get("access_token") != self.key:
            return self._answer(300001, "token is not exist")
        if self.secret and not self._signed(request.query_params, 0.001, self._sign):
            return self._answer(310000, "sign not match")
        return self._answer(130101, "send too fast, exceed 20 times per minute") if self._too_many() else None

    def _sign(self, timestamp: str) -> bytes:
        return hmac.new(self.secret.encode(), f"{timestamp}\n{self.secret}".encode(), hashlib.sha256).digest()


class FakeFeishu(FakeRobot):
    """飞书, with 签名校验 where there is a secret."""

    path = "/open-apis/bot/v2/hook"

    def texts(self) -> list[str]:
        return [body["content"]["text"] for body in self.arrived]

    def _answer(self, code: int, said: str) -> Json:
        return {"code": code, "msg": said, "data": {}}

    def _refusal(self, request: Request, body: Json) -> Json | None:
        if request.query_params.get("key") != self.key:
            return self._answer(19001, "param invalid: incoming webhook access token invalid")
        if self.secret and not self._signed(body, 1, self._sign):
            return self._answer(19021, "sign match fail or timestamp is not within one hour from current time")
        return self._answer(11232, "frequency limited") if self._too_many() else None

    def _sign(self, timestamp: str) -> bytes:
        return hmac.new(f"{timestamp}\n{self.secret}".encode(), b"", hashlib.sha256).digest()


@dataclass
class FakeReceiver:
    """The operator's own system: keeps bodies and headers; answers `status`."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    received: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)
    app: FastAPI = field(init=False)

    url = "http://receiver.example/hook"

    def __post_init__(self) -> None:
        self.app = FastAPI()
        self.app.add_api_route("/hook", self._receive, methods=["POST"], response_model=None)

    async def _receive(self, request: Request) -> Response:
        self.received.append((dict(request.headers), await request.body()))
        return Response(status_code=self.status, headers=dict(self.headers))
