"""飞书's group robot.

Source: 飞书开放平台, 自定义机器人使用指南 (open.feishu.cn/document/client-docs/bot-v3/add-custom-bot) for address,
signature, body, 20 KB of body and the codes; `<at user_id="…">` in a text calls somebody.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx2

from desk.clock import Clock
from gateway.notifications import posting
from gateway.notifications.errors import NotDelivered, Refused, Throttled, Unavailable
from gateway.notifications.message import Message

TARGET = "feishu"
LIMIT = 18_000  # bytes of text
# An unknown address (19001), the signature or the clock (19021), the address list (19022), a missing key word (19024),
# a body it does not take (9499, 19002).
_REFUSED = frozenset((9499, 19001, 19002, 19021, 19022, 19024))
_THROTTLED = frozenset((11232, 11233, 99991400))
_PAUSE = timedelta(minutes=1)


class FeishuRobot:
    """`url` contains the key; `secret` is that of 签名校验, empty where another protection was chosen."""

    target = TARGET

    def __init__(self, url: str, secret: str, http: httpx2.AsyncClient, clock: Clock) -> None:
        self._url = url
        self._secret = secret
        self._http = http
        self._clock = clock

    async def send(self, message: Message) -> None:
        """Returns only after code 0. Raises NotDelivered."""
        signed = signature(self._secret, self._clock()) if self._secret else {}
        response = await posting.post(self._http, self._url, posting.encoded({**signed, **body(message)}))
        code, said = posting.read(response, "code", "msg", "StatusCode", "StatusMessage")
        if code:
            raise _error(code, said)


def signature(secret: str, now: datetime) -> Mapping[str, str]:
    """HMAC-SHA256 of nothing, under seconds, a line break and the secret; good for an hour."""
    timestamp = str(int(now.timestamp()))
    digest = hmac.new(f"{timestamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": timestamp, "sign": base64.b64encode(digest).decode()}


def body(message: Message) -> Mapping[str, Any]:
    """A `<` of somebody's words is written full-width, or they could call everybody."""
    calls = "".join(
        f'<at user_id="{known}">{_plain(one.name)}</at>' for one in message.people if (known := one.known_as(TARGET))
    )
    # Three bytes for one: the text is made plain before it is cut.
    plain = Message(_plain(message.title), tuple(map(_plain, message.lines)), message.foot)
    return {"msg_type": "text", "content": {"text": plain.text(LIMIT, more=(calls,) if calls else ())}}


def _plain(text: str) -> str:
    return text.replace("<", "＜").replace(">", "＞")


def _error(code: int, said: str) -> NotDelivered:
    if code in _THROTTLED:
        return Throttled("throttled", _PAUSE, code=code, said=said)
    return (Refused if code in _REFUSED else Unavailable)("code", code=code, said=said)
