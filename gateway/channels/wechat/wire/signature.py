"""Was this callback sent by somebody who knows our token, and just now?

WeChat signs with SHA-1 over token, timestamp and nonce, sorted and joined (接入指南). It covers neither the body nor
the path: what comes with a signature is remembered (`nonces`), and `msg_signature` covers the encrypted body as well
(消息加解密说明).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.channels.wechat.errors import BadSignature, Stale

_TIMESTAMP = re.compile(r"[1-9][0-9]{0,11}")  # not \d, which also takes full-width digits
_LONGEST = 128  # characters of a parameter; WeChat's have at most 40


@dataclass(frozen=True)
class Claim:
    """What the query of a callback says of itself; nothing of it is true before it is verified."""

    signature: str = ""
    timestamp: str = ""
    nonce: str = ""
    msg_signature: str = ""
    encrypt_type: str = ""


def claimed(pairs: Iterable[tuple[str, str]]) -> Claim:
    """The claim in a query. Raises BadSignature for a parameter that is there twice or is far too long."""
    found: dict[str, str] = {}
    for name, value in pairs:
        if name not in Claim.__dataclass_fields__:
            continue
        if name in found or len(value) > _LONGEST:
            raise BadSignature("网址里的签名参数重复或过长")
        found[name] = value
    return Claim(**found)


def sign(token: str, timestamp: str, nonce: str, encrypted: str = "") -> str:
    """The signature as 40 hexadecimal digits; with the text of `<Encrypt>` it is the msg_signature."""
    joined = "".join(sorted((token, timestamp, nonce, encrypted)))
    return hashlib.sha1(joined.encode("utf-8", "surrogatepass")).hexdigest()  # noqa: S324 - WeChat's choice


def same(one: str, other: str) -> bool:
    """Compared in constant time, whatever characters there are."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


def verify(tokens: Sequence[str], claim: Claim, *, now: datetime, freshness: int = 300) -> str:
    """The one of our tokens that signed. Raises BadSignature, and Stale when the timestamp is not within `freshness`
    seconds of now."""
    fitting = [token for token in tokens if same(sign(token, claim.timestamp, claim.nonce), claim.signature)]
    if not fitting:
        raise BadSignature("签名不对；若是微信发来的，请检查 GONGDA_WECHAT_TOKEN 与公众号后台的 Token 是否一致")
    if not _TIMESTAMP.fullmatch(claim.timestamp):
        raise BadSignature("timestamp 不是秒数")
    age = now.timestamp() - int(claim.timestamp)
    if abs(age) > freshness:
        raise Stale(f"时间相差 {age:.0f} 秒，最多允许 {freshness} 秒；若反复出现，请校准服务器时钟（NTP）")
    return fitting[0]
