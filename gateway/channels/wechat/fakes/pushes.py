"""What a customer-service message (客服消息) shows on the phone: texts, pictures, menus of choices.

https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage. The limit of 2,048 bytes for a
text is the one of 微信客服; the documentation of 公众号 names code 45002 and no number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.channels.wechat.fakes.codes import (
    BAD_MESSAGE_TYPE,
    EMPTY_MESSAGE,
    NOT_JSON,
    TOO_LONG,
    UNKNOWN_OPENID,
    Refused,
)
from gateway.channels.wechat.fakes.media import FakeMedia

LONGEST_TEXT = 2048  # bytes


@dataclass(frozen=True)
class Choice:
    """One line of a msgmenu; `id` comes back as `bizmsgmenuid`."""

    id: str
    content: str


@dataclass(frozen=True)
class Push:
    """One message from the account. `kf_account` is whom it is signed by, empty for the account itself."""

    openid: str
    kind: str  # text | image | voice | msgmenu
    text: str = ""
    media_id: str = ""
    head: str = ""
    choices: tuple[Choice, ...] = ()
    tail: str = ""
    kf_account: str = ""


def read(body: Mapping[str, Any], media: FakeMedia) -> Push:
    """The message that a call asks for. Raises Refused."""
    openid, kind = body.get("touser"), body.get("msgtype")
    if not isinstance(openid, str) or not openid:
        raise Refused(UNKNOWN_OPENID)
    if kind not in ("text", "image", "voice", "msgmenu"):
        raise Refused(BAD_MESSAGE_TYPE)
    inner = body.get(kind)
    if not isinstance(inner, Mapping):
        raise Refused(EMPTY_MESSAGE)
    signed = body.get("customservice")
    kf_account = str(signed.get("kf_account", "")) if isinstance(signed, Mapping) else ""
    if kind == "text":
        return Push(openid, kind, text=_text(inner.get("content")), kf_account=kf_account)
    if kind == "msgmenu":
        return _menu(openid, inner, kf_account)
    return Push(openid, kind, media_id=media.get(str(inner.get("media_id", ""))).media_id, kf_account=kf_account)


def _menu(openid: str, inner: Mapping[str, Any], kf_account: str) -> Push:
    listed = inner.get("list")
    if not isinstance(listed, list) or not listed:
        raise Refused(EMPTY_MESSAGE)
    choices = tuple(Choice(_string(one, "id"), _string(one, "content")) for one in listed)
    head, tail = str(inner.get("head_content") or ""), str(inner.get("tail_content") or "")
    text = _text("\n".join(part for part in (head, *(choice.content for choice in choices), tail) if part))
    return Push(openid, "msgmenu", text=text, head=head, choices=choices, tail=tail, kf_account=kf_account)


def _string(one: object, name: str) -> str:
    value = one.get(name) if isinstance(one, Mapping) else None
    if not isinstance(value, str) or not value:
        raise Refused(NOT_JSON)
    return value


def _text(content: object) -> str:
    if not isinstance(content, str) or not content:
        raise Refused(EMPTY_MESSAGE)
    if len(content.encode()) > LONGEST_TEXT:
        raise Refused(TOO_LONG)
    return content
