"""企业微信's group robot.

Source: 企业微信开发者中心, 群机器人配置说明 (developer.work.weixin.qq.com/document/path/91770) for the address, the
body, 2,048 bytes of text and 20 messages a minute; 全局错误码 (path/90313) for the codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx2

from gateway.notifications import posting
from gateway.notifications.errors import NotDelivered, Refused, Throttled, Unavailable
from gateway.notifications.message import Message

TARGET = "wecom"
LIMIT = 2048  # bytes
# A wrong or deleted key; a body, type or length it does not take.
_REFUSED = frozenset((93000, 93008, 93017, 40008, 40035, 40058, 44004, 45002, 46001, 93004))
_THROTTLED = frozenset((45009, 45033))
_PAUSE = timedelta(minutes=1)


class WeComRobot:
    """`url` is the address that 企业微信 shows when the robot is added; it contains the key."""

    target = TARGET

    def __init__(self, url: str, http: httpx2.AsyncClient) -> None:
        self._url = url
        self._http = http

    async def send(self, message: Message) -> None:
        """Returns only after errcode 0. Raises NotDelivered."""
        response = await posting.post(self._http, self._url, posting.encoded(body(message)))
        code, said = posting.read(response, "errcode", "errmsg")
        if code:
            raise _error(code, said)


def body(message: Message) -> Mapping[str, Any]:
    """By user id where it is known, else by telephone number."""
    ids = [known for one in message.people if (known := one.known_as(TARGET))]
    phones = [one.phone for one in message.people if one.phone and not one.known_as(TARGET)]
    text = {"content": message.text(LIMIT), "mentioned_list": ids, "mentioned_mobile_list": phones}
    return {"msgtype": "text", "text": text}


def _error(code: int, said: str) -> NotDelivered:
    if code in _THROTTLED:
        return Throttled("throttled", _PAUSE, code=code, said=said)
    return (Refused if code in _REFUSED else Unavailable)("code", code=code, said=said)
