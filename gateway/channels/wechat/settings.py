"""What an official account is set up with."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

TEXT_LIMIT = 2000  # bytes of UTF-8 in one text; WeChat refuses somewhat above, at 2,048
QUEUED_LIMIT = 1800  # bytes of a queued text, so that it fits a passive reply together with a heading and a hint
_TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")


@dataclass(frozen=True)
class WeChatSettings:
    """Times are in seconds. `customer_service`: the account may push messages (客服消息)."""

    token: str = field(repr=False)  # of the callback, chosen by us in 基本配置
    app_id: str
    app_secret: str = field(repr=False)
    api_base: str = "https://api.weixin.qq.com"
    customer_service: bool = False
    passive_deadline: float = 4.5  # when we answer at the latest
    cut: float = 5.0  # when WeChat gives up on a connection and delivers again
    late_patience: float = 60.0  # how long we go on waiting for a late outcome; then the worker takes over
    remember: float = 60.0  # how long the answer to a message is kept for its repeats
    api_timeout: float = 5.0
    freshness: int = 300  # how far a callback's timestamp may be off
    body_limit: int = 64 * 1024  # bytes

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.token):
            raise ValueError("the WeChat token must be 3 to 32 letters or digits, as entered in 基本配置")
        if not 0 < self.passive_deadline < self.cut:
            raise ValueError(f"passive_deadline {self.passive_deadline:g} s must be under the cut of {self.cut:g} s")
