"""What WeChat makes of the answer to a delivery, by 被动回复用户消息.

https://developers.weixin.qq.com/doc/service/en/guide/product/message/Passive_user_reply_message.html: `success` or an
empty body shows nothing; "异常数据，比如JSON数据等" shows 该公众号暂时无法提供服务 in red, and so does an empty
<Content>, which the page warns against. `transfer_customer_service` is never an answer to an event (消息转发到客服).
The documentation names no limit for the text of a passive reply; the one of customer-service messages is taken here.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

import httpx2
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from gateway.channels.wechat.fakes.crypto import FakeCrypto, Unreadable
from gateway.channels.wechat.fakes.pushes import LONGEST_TEXT

SILENT = (b"", b"success")


@dataclass(frozen=True)
class Shown:
    """What the follower sees because of one message. `raw` is the body that came, decrypted where it was encrypted."""

    kind: str  # nothing | text | image | voice | news | transfer | unavailable
    text: str = ""
    media_id: str = ""
    kf_account: str = ""
    raw: str = ""
    why: str = ""  # for `unavailable`: what was wrong


def unavailable(why: str, raw: str = "") -> Shown:
    """The red sentence."""
    return Shown("unavailable", raw=raw, why=why)


def read(
    response: httpx2.Response, openid: str, *, event: bool, crypto: FakeCrypto | None = None, secure: bool = False
) -> Shown:
    """With `crypto` an encrypted answer is understood, with `secure` no other one is; `success` always is."""
    raw = response.content.decode("utf-8", "replace")
    if response.status_code != 200:
        return unavailable(f"HTTP {response.status_code}", raw)
    if response.content in SILENT:
        return Shown("nothing", raw=raw)
    try:
        root = fromstring(response.content)
        if crypto is not None and root.find("Encrypt") is not None:
            opened = _opened(root, crypto)
            raw, root = opened.decode(), fromstring(opened)
        elif secure:
            return unavailable("a readable answer in 安全模式", raw)
    except (ParseError, DefusedXmlException, Unreadable, UnicodeDecodeError) as error:
        return unavailable(f"{type(error).__name__}: {error}", raw)
    return _meaning(root, openid, raw, event=event)


def _opened(root: Element, crypto: FakeCrypto) -> bytes:
    encrypted, signature, timestamp, nonce = (
        (root.findtext(name) or "").strip() for name in ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")
    )
    if not crypto.signed(signature, timestamp, nonce, encrypted):
        raise Unreadable("MsgSignature does not fit")
    return crypto.decrypt(encrypted)


def _meaning(root: Element, openid: str, raw: str, *, event: bool) -> Shown:
    kind, text = root.findtext("MsgType") or "", root.findtext("Content") or ""
    if root.findtext("ToUserName") != openid or not root.findtext("FromUserName"):
        return unavailable("it is addressed to somebody else", raw)
    if not (root.findtext("CreateTime") or "").isdigit():
        return unavailable("CreateTime is no number", raw)
    if kind == "text":
        if not text:
            return unavailable("Content is empty", raw)
        size = len(text.encode())
        return unavailable(f"Content has {size} bytes", raw) if size > LONGEST_TEXT else Shown(kind, text, raw=raw)
    if kind in ("image", "voice"):
        media_id = root.findtext(f"{kind.capitalize()}/MediaId") or ""
        return Shown(kind, media_id=media_id, raw=raw) if media_id else unavailable("MediaId is missing", raw)
    if kind == "transfer_customer_service" and not event:
        return Shown("transfer", kf_account=root.findtext("TransInfo/KfAccount") or "", raw=raw)
    if kind == "news":
        titles = [item.findtext("Title") or "" for item in root.iterfind("Articles/item")]
        return Shown("news", "\n".join(titles), raw=raw)
    return unavailable(f"MsgType {kind!r} is no answer to this", raw)
