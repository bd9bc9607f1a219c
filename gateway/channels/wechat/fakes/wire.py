"""How WeChat hands a message to us: signed anew for each of up to three deliveries, in one of three modes.

Signature: 接入指南. Modes: https://developers.weixin.qq.com/doc/subscription/guide/dev/push/encryption.html: 明文模式
sends the fields, 兼容模式 the fields and `Encrypt`, 安全模式 `Encrypt` and ToUserName only; both of the latter add
`encrypt_type=aes` and `msg_signature` to the address. Deliveries, by 接收普通消息:
"五秒内收不到响应会断掉连接，并且重新发起请求，总共重试三次". A connection that breaks is not mentioned there; here
it counts as silence and is tried again when the five seconds are over.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import httpx2

from desk.clock import Clock
from gateway.channels.wechat.fakes.crypto import FakeCrypto
from gateway.channels.wechat.wire.signature import sign

Mode = Literal["plain", "compatible", "secure"]
DELIVERIES = 3
CUT = 5.0  # seconds
_system = random.SystemRandom()


@dataclass(frozen=True)
class Envelope:
    """One delivery: what goes into the address, and the body."""

    query: dict[str, str]
    body: bytes


class Wire:
    """One account's way of signing and wrapping. `crypto` is needed in every mode but 明文."""

    def __init__(self, token: str, clock: Clock, mode: Mode = "plain", crypto: FakeCrypto | None = None) -> None:
        if mode != "plain" and crypto is None:
            raise ValueError(f"mode {mode} needs the EncodingAESKey")
        self.mode = mode
        self.crypto = crypto if mode != "plain" else None
        self._token = token
        self._clock = clock

    @property
    def secure(self) -> bool:
        return self.mode == "secure"

    def query(self) -> dict[str, str]:
        """Timestamp, nonce and signature, as WeChat adds them to every address."""
        timestamp, nonce = str(int(self._clock().timestamp())), str(_system.randrange(10**9, 10**10))
        return {"signature": sign(self._token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}

    def wrap(self, fields: Mapping[str, str]) -> Envelope:
        """Another one for each delivery."""
        query, plain = self.query(), xml(fields)
        if self.crypto is None:
            return Envelope(query, plain)
        encrypted = self.crypto.encrypt(plain)
        query |= {
            "openid": fields.get("FromUserName", ""),
            "encrypt_type": "aes",
            "msg_signature": self.crypto.signature(query["timestamp"], query["nonce"], encrypted),
        }
        shown = {"ToUserName": fields.get("ToUserName", "")} if self.secure else dict(fields)
        return Envelope(query, xml({**shown, "Encrypt": encrypted}))


async def until_answered(
    post: Callable[[], Awaitable[httpx2.Response]], cut: float = CUT, deliveries: int = DELIVERIES
) -> httpx2.Response | None:
    """The first answer that comes in time; what comes to an earlier delivery later on nobody hears. None: none did."""
    loop = asyncio.get_running_loop()
    for _ in range(deliveries):
        over = loop.time() + cut
        try:
            return await asyncio.wait_for(post(), cut)
        except TimeoutError:
            continue
        except httpx2.TransportError:
            await asyncio.sleep(max(0.0, over - loop.time()))
    return None


def xml(fields: Mapping[str, str]) -> bytes:
    """The XML of a message."""
    inner = "".join(f"<{name}>{_value(name, value)}</{name}>" for name, value in fields.items())
    return f"<xml>{inner}</xml>".encode()


def _value(name: str, value: str) -> str:
    if name in ("CreateTime", "MsgId", "Location_X", "Location_Y", "Scale"):
        return value
    return f"<![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]>"
