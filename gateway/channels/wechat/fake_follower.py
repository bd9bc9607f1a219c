"""A follower of the account, with WeChat in between: signed XML, the five-second cut, up to three deliveries."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from xml.etree.ElementTree import ParseError

import httpx2
from defusedxml.ElementTree import fromstring

from desk.clock import Clock
from gateway.channels.wechat.fake import FakeWeChat
from gateway.channels.wechat.signature import sign

ACCOUNT = "gh_fake"
DELIVERIES = 3
_ids = count(24_000_000_000_000_001)


@dataclass
class FakeFollower:
    """`chat` is what the follower sees as passive replies; `unavailable` counts 该公众号暂时无法提供服务.

    `cut` is WeChat's patience in seconds; tests may shorten it together with the channel's deadline.
    """

    http: httpx2.AsyncClient  # towards our callback
    token: str
    clock: Clock
    openid: str
    server: FakeWeChat | None = None
    path: str = "/wechat"
    cut: float = 5.0
    chat: list[str] = field(default_factory=list)
    unavailable: int = 0
    deliveries: int = 0

    async def say(self, text: str) -> str | None:
        """Send a text; the passive reply, None for `success`."""
        return await self.send({"MsgType": "text", "Content": text, "MsgId": str(next(_ids))})

    async def event(self, event: str, key: str = "") -> str | None:
        """Do something that WeChat reports as an event."""
        return await self.send({"MsgType": "event", "Event": event, "EventKey": key})

    async def send(self, fields: Mapping[str, str]) -> str | None:
        """Send a message of any type, delivered until one delivery is answered in time."""
        body = self.body(fields)
        if self.server is not None and fields.get("MsgType") != "event":
            self.server.heard(self.openid)
        for _ in range(DELIVERIES):
            try:
                response = await asyncio.wait_for(self.deliver(body), self.cut)
            except TimeoutError:
                continue
            return self._shown(response)
        self.unavailable += 1
        return None

    async def deliver(self, body: bytes, query: Mapping[str, str] | None = None) -> httpx2.Response:
        """One delivery, signed unless the query is given."""
        self.deliveries += 1
        return await self.http.post(self.path, params=query or self.query(), content=body)

    def query(self) -> dict[str, str]:
        """Timestamp, nonce and signature, as WeChat adds them to the URL."""
        timestamp, nonce = str(int(self.clock().timestamp())), str(next(_ids))[-10:]
        return {"signature": sign(self.token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}

    def body(self, fields: Mapping[str, str]) -> bytes:
        """The XML of a message."""
        common = {
            "ToUserName": ACCOUNT,
            "FromUserName": self.openid,
            "CreateTime": str(int(self.clock().timestamp())),
        }
        inner = "".join(f"<{name}>{_cdata(value)}</{name}>" for name, value in {**common, **fields}.items())
        return f"<xml>{inner}</xml>".encode()

    def _shown(self, response: httpx2.Response) -> str | None:
        if response.status_code == 200 and response.text in ("success", ""):
            return None
        text = _content(response) if response.status_code == 200 else None
        if text is None:
            self.unavailable += 1
            return None
        self.chat.append(text)
        return text


def _content(response: httpx2.Response) -> str | None:
    """The text of a well-formed passive reply; None for anything else."""
    try:
        return fromstring(response.content).findtext("Content")
    except ParseError:
        return None


def _cdata(value: str) -> str:
    return f"<![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]>"
