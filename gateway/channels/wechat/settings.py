"""What an official account is set up with."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from gateway.channels.wechat.wire.aes import key_of

TEXT_LIMIT = 2000  # bytes of UTF-8 in one text; WeChat refuses somewhat above, at 2,048
QUEUED_LIMIT = 1800  # bytes of a queued text, so that it fits a passive reply together with a heading and a hint
Mode = Literal["plain", "compatible", "secure"]
_TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")


@dataclass(frozen=True)
class WeChatSettings:
    """Times are in seconds. `customer_service`: the account may push messages (客服消息).

    Raises ValueError, with a sentence for the operator, for what WeChat would not take either.
    """

    token: str = field(repr=False)  # of the callback, chosen by us in 基本配置
    app_id: str
    app_secret: str = field(repr=False)
    api_base: str = "https://api.weixin.qq.com"
    customer_service: bool = False
    passive_deadline: float = 4.5  # when we answer at the latest
    cut: float = 5.0  # when WeChat gives up on a connection and delivers again
    late_patience: float = 600.0  # how long we go on waiting for a late outcome; then the worker takes over
    remember: float = 60.0  # how long the answer to a message is kept for its repeats
    api_timeout: float = 5.0
    freshness: int = 300  # how far a callback's timestamp may be off
    body_limit: int = 64 * 1024  # bytes
    body_patience: float = 2.0  # for a body to arrive; it is at hand when WeChat calls
    mode: Mode = "plain"  # as chosen in 公众号后台
    previous_token: str = field(default="", repr=False)  # still good while a new one is being entered there
    aes_key: str = field(default="", repr=False)  # EncodingAESKey, in 安全模式 and 兼容模式
    previous_aes_key: str = field(default="", repr=False)
    token_file: Path | None = None  # where processes share the access token; None: each keeps its own

    def __post_init__(self) -> None:
        if not all(_TOKEN.fullmatch(token) for token in self.tokens):
            raise ValueError("Token 必须是 3 到 32 个字母或数字，与公众号后台“基本配置”里填的一致")
        for key in (self.aes_key, self.previous_aes_key):
            if key:
                key_of(key)
        if self.mode != "plain" and not (self.aes_key and self.app_id):
            raise ValueError(
                "安全模式和兼容模式需要 EncodingAESKey 和 AppID，请填 GONGDA_WECHAT_AES_KEY 和 GONGDA_WECHAT_APP_ID"
            )
        if not 0 < self.passive_deadline < self.cut:
            raise ValueError(f"passive_deadline {self.passive_deadline:g} s must be under the cut of {self.cut:g} s")

    @property
    def tokens(self) -> tuple[str, ...]:
        """The present one first."""
        return (self.token, self.previous_token) if self.previous_token else (self.token,)
