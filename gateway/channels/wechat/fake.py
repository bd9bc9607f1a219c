"""WeChat's server, as far as the documentation describes it: tokens, customer-service messages, their quota.

fake = FakeWeChat(clock, app_id="wx1", app_secret="s")
http = httpx2.AsyncClient(transport=httpx2.ASGITransport(fake.app), base_url="http://wechat")
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse

from desk.clock import Clock

WINDOW = timedelta(hours=48)
QUOTA = 5  # messages for each message of the follower's
LONGEST_TEXT = 2048  # bytes
TOKEN_LIFE = timedelta(seconds=7200)
_FORCED_PAUSE = timedelta(seconds=30)

Json = dict[str, Any]


@dataclass
class Window:
    """What one follower may still be sent."""

    since: datetime
    left: int


@dataclass
class FakeWeChat:
    """`latency` is in seconds and holds for every call; `broken` makes every call answer HTTP 502."""

    clock: Clock
    app_id: str
    app_secret: str
    latency: float = 0.0
    broken: bool = False
    permitted: bool = True
    sent: list[tuple[str, str]] = field(default_factory=list)  # openid, text: what arrived on the phones
    tokens_fetched: int = 0
    app: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        self._windows: dict[str, Window] = {}
        self._token = ""
        self._expires = datetime.min.replace(tzinfo=self.clock().tzinfo)
        self._forced: datetime | None = None
        self.app = FastAPI()
        self.app.add_api_route("/cgi-bin/stable_token", self._stable_token, methods=["POST"], response_model=None)
        self.app.add_api_route("/cgi-bin/message/custom/send", self._send, methods=["POST"], response_model=None)

    def heard(self, openid: str) -> None:
        """The follower has written: the window opens, the quota is full again."""
        self._windows[openid] = Window(self.clock(), QUOTA)

    def left(self, openid: str) -> None:
        """The follower has unsubscribed."""
        self._windows.pop(openid, None)

    def revoke(self) -> None:
        """Somebody else has forced a new token."""
        self._issue()

    def texts_to(self, openid: str) -> list[str]:
        """What the follower was pushed, in order."""
        return [text for to, text in self.sent if to == openid]

    async def _stable_token(self, request: Request) -> Any:
        await asyncio.sleep(self.latency)
        body = await request.json()
        self.tokens_fetched += 1
        if self.broken:
            return _bad_gateway()
        if (body.get("appid"), body.get("secret")) != (self.app_id, self.app_secret):
            return _error(40125, "invalid appsecret")
        now = self.clock()
        if now >= self._expires or (body.get("force_refresh") and self._may_force(now)):
            self._issue()
        return {"access_token": self._token, "expires_in": int((self._expires - now).total_seconds())}

    async def _send(self, request: Request) -> Any:
        await asyncio.sleep(self.latency)
        if self.broken:
            return _bad_gateway()
        body = await request.json()
        refusal = self._refusal(request.query_params.get("access_token", ""), body)
        if refusal is not None:
            return refusal
        self._windows[body["touser"]].left -= 1
        self.sent.append((body["touser"], body["text"]["content"]))
        return _error(0, "ok")

    def _refusal(self, token: str, body: Mapping[str, Any]) -> Json | None:
        if token != self._token or self.clock() >= self._expires:
            return _error(40001, "invalid credential, access_token is invalid or not latest")
        if not self.permitted:
            return _error(48001, "api unauthorized")
        if len(body["text"]["content"].encode()) > LONGEST_TEXT:
            return _error(45002, "content size out of limit")
        window = self._windows.get(body["touser"])
        if window is None:
            return _error(43004, "require subscribe")
        if self.clock() - window.since > WINDOW:
            return _error(45015, "response out of time limit or subscription is canceled")
        return _error(45047, "out of response count limit") if window.left <= 0 else None

    def _may_force(self, now: datetime) -> bool:
        if self._forced is not None and now - self._forced < _FORCED_PAUSE:
            return False
        self._forced = now
        return True

    def _issue(self) -> None:
        number = int(self._token.removeprefix("token-") or 0) + 1
        self._token, self._expires = f"token-{number}", self.clock() + TOKEN_LIFE


def _error(errcode: int, errmsg: str) -> Json:
    return {"errcode": errcode, "errmsg": errmsg}


def _bad_gateway() -> Any:
    return PlainTextResponse("bad gateway", status_code=502)
