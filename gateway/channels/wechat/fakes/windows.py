"""How many customer-service messages a follower may still be sent, by 发送客服消息.

https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage: a message of the follower's
allows 5 within 48 hours; a click on a menu entry that pushes an event, a follow or a scan 3 within a minute. 45015 when
the time is over, 45047 when the number is used up. What the documentation leaves open: allowances of different causes
stand beside each other here, and the one that ends first is spent first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from desk.clock import Clock
from gateway.channels.wechat.fakes.codes import NOT_FOLLOWING, TOO_LATE, TOO_MANY, Refused

Cause = Literal["message", "click", "follow", "scan"]
QUOTA, WINDOW = 5, timedelta(hours=48)  # for a message of the follower's
BRIEF_QUOTA, BRIEF = 3, timedelta(minutes=1)  # for a click, a follow, a scan


@dataclass
class Window:
    """What one cause still allows."""

    until: datetime
    left: int


@dataclass
class FakeWindows:
    """`spend` is what a customer-service message asks for."""

    clock: Clock
    _by_openid: dict[str, dict[Cause, Window]] = field(default_factory=dict)

    def opened(self, openid: str, cause: Cause) -> None:
        """The follower has done something; a repetition counts from now again."""
        many, lasts = (QUOTA, WINDOW) if cause == "message" else (BRIEF_QUOTA, BRIEF)
        self._by_openid.setdefault(openid, {})[cause] = Window(self.clock() + lasts, many)

    def closed(self, openid: str) -> None:
        """The follower has left."""
        self._by_openid.pop(openid, None)

    def follows(self, openid: str) -> bool:
        """Whether the account has this follower at present."""
        return openid in self._by_openid

    def left(self, openid: str) -> int:
        """How many may be sent now."""
        return sum(window.left for window in self._open(openid))

    def check(self, openid: str) -> None:
        """Raises Refused when nothing may be sent."""
        if not self.follows(openid):
            raise Refused(NOT_FOLLOWING)
        windows = self._open(openid)
        if not windows:
            raise Refused(TOO_LATE)
        if not any(window.left for window in windows):
            raise Refused(TOO_MANY)

    def spend(self, openid: str) -> None:
        """One message is sent. Raises Refused."""
        self.check(openid)
        min((window for window in self._open(openid) if window.left), key=lambda window: window.until).left -= 1

    def _open(self, openid: str) -> list[Window]:
        now = self.clock()
        return [window for window in self._by_openid.get(openid, {}).values() if now <= window.until]
