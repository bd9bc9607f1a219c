"""Was this callback sent by somebody who knows our token, and just now?

WeChat signs with SHA-1 over token, timestamp and nonce, sorted and joined (接入指南). It covers neither the
body nor the path, so a replay is harmless only because messages are stored once by MsgId.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime

from gateway.channels.wechat.errors import BadSignature

_TIMESTAMP = re.compile(r"[0-9]{1,12}")  # not \d, which also takes full-width digits


def sign(token: str, timestamp: str, nonce: str) -> str:
    """The signature as 40 hexadecimal digits."""
    joined = "".join(sorted((token, timestamp, nonce)))
    return hashlib.sha1(joined.encode("utf-8", "surrogatepass")).hexdigest()  # noqa: S324 - WeChat's choice


def verify(token: str, signature: str, timestamp: str, nonce: str, *, now: datetime, freshness: int = 300) -> None:
    """Raises BadSignature unless the signature fits and the timestamp is within `freshness` seconds of now."""
    expected = sign(token, timestamp, nonce)
    if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogatepass")):
        raise BadSignature("the signature does not fit; is the token in 基本配置 the one of this service?")
    if not _TIMESTAMP.fullmatch(timestamp):
        raise BadSignature("the timestamp is not a number of seconds")
    age = now.timestamp() - int(timestamp)
    if abs(age) > freshness:
        raise BadSignature(f"the timestamp is {age:.0f} s off, {freshness} s are allowed; check the server's clock")
