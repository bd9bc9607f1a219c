"""钉钉's group robot.

Source: 钉钉开放平台, 自定义机器人接入 and 自定义机器人安全设置 (open.dingtalk.com/document/robots/custom-robot-access,
…/customize-robot-security-settings) for address, signature, body and codes; 20 messages a minute, or ten minutes of
silence.
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

TARGET = "dingtalk"
LIMIT = 18_000  # bytes of text; the whole body may have 20,000
# Signature, key word or address list (310000), an unknown or stopped robot, a group that is gone, an unwanted text.
_REFUSED = frozenset((310000, 300001, 400013, 400101, 400102, 400105, 400106, 430101, 430102, 430103, 430104, 40035))
_THROTTLED = frozenset((130101, 410100))
_PAUSE = timedelta(minutes=10)


class DingTalkRobot:
    """`url` contains the access token; `secret` is that of 加签, empty where another protection was chosen."""

    target = TARGET

    def __init__(self, url: str, secret: str, http: httpx2.AsyncClient, clock: Clock) -> None:
        self._url = url
        self._secret = secret
        self._http = http
        self._clock = clock

    async def send(self, message: Message) -> None:
        """Returns only after errcode 0. Raises NotDelivered."""
        url = self._url
        if self._secret:
            url = str(httpx2.URL(url).copy_merge_params(signature(self._secret, self._clock())))
        response = await posting.post(self._http, url, posting.encoded(body(message)))
        code, said = posting.read(response, "errcode", "errmsg")
        if code:
            raise _error(code, said)


def signature(secret: str, now: datetime) -> Mapping[str, str]:
    """HMAC-SHA256 of milliseconds, a line break and the secret, under the secret; good for an hour."""
    timestamp = str(round(now.timestamp() * 1000))
    digest = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    return {"timestamp": timestamp, "sign": base64.b64encode(digest).decode()}


def body(message: Message) -> Mapping[str, Any]:
    """Who is called has to stand in the text, too."""
    ids = [known for one in message.people if (known := one.known_as(TARGET))]
    phones = [one.phone for one in message.people if one.phone and not one.known_as(TARGET)]
    calls = " ".join(f"@{one}" for one in (*ids, *phones))
    text = message.text(LIMIT, more=(calls,) if calls else ())
    at = {"atMobiles": phones, "atUserIds": ids, "isAtAll": False}
    return {"msgtype": "text", "text": {"content": text}, "at": at}


def _error(code: int, said: str) -> NotDelivered:
    if code in _THROTTLED:
        return Throttled("throttled", _PAUSE, code=code, said=said)
    return (Refused if code in _REFUSED else Unavailable)("code", code=code, said=said)
