"""WeChat's XML: a strict reader into frozen dataclasses, and the writer of a passive text reply."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from gateway.channels.wechat.errors import UnknownShape
from gateway.channels.wechat.wire.fields import BODY_LIMIT, fields

_ACCOUNT = re.compile(r"[A-Za-z0-9_@.-]{1,64}")
_SECONDS = re.compile(r"[0-9]{1,12}")
_MSG_ID = re.compile(r"[0-9]{1,20}")
_MENU_ID = re.compile(r"[0-9]{1,20}")
_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")
_COORDINATE = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,12})?")
# https://www.w3.org/TR/xml/#charsets, with the lone surrogates left out
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class InboundXml:
    """What all callbacks have in common."""

    account: str  # ours, ToUserName
    openid: str  # the follower's, FromUserName
    created: int  # seconds since 1970
    message_id: str  # MsgId; for events, which have none, FromUserName:CreateTime:Event, and which button


@dataclass(frozen=True)
class TextXml(InboundXml):
    """Words; `menu_id` is that of the line of a msgmenu that was pressed, empty for words that were typed."""

    content: str
    menu_id: str = ""


@dataclass(frozen=True)
class ImageXml(InboundXml):
    """A picture; to be fetched by media id, never by an address from the body."""

    media_id: str


@dataclass(frozen=True)
class VoiceXml(InboundXml):
    """Speech; `recognition` is empty when WeChat has not written it down."""

    media_id: str
    recognition: str
    format: str = ""


@dataclass(frozen=True)
class VideoXml(InboundXml):
    """A video, short or not."""

    media_id: str


@dataclass(frozen=True)
class FileXml(InboundXml):
    """A file's name: its content is not to be had."""

    title: str


@dataclass(frozen=True)
class LocationXml(InboundXml):
    """A place; degrees."""

    latitude: float
    longitude: float
    label: str


@dataclass(frozen=True)
class LinkXml(InboundXml):
    """A shared page."""

    title: str
    url: str
    description: str = ""


@dataclass(frozen=True)
class EventXml(InboundXml):
    """Something happened: subscribe, unsubscribe, SCAN, CLICK, VIEW …"""

    event: str
    key: str


@dataclass(frozen=True)
class OtherXml(InboundXml):
    """A message of a type we do nothing with."""

    msg_type: str


def parse(body: bytes, *, limit: int = BODY_LIMIT) -> InboundXml:
    """Raises OddBody, and nothing else, whatever the bytes are."""
    return message(fields(body, limit=limit))


def message(fields: Mapping[str, str]) -> InboundXml:
    """What the fields say. Raises UnknownShape."""
    return _Fields(fields).message()


def reply(account: str, openid: str, text: str, *, now: datetime) -> str:
    """A passive text reply from our account to the follower."""
    return (
        f"<xml><ToUserName>{_cdata(openid)}</ToUserName><FromUserName>{_cdata(account)}</FromUserName>"
        f"<CreateTime>{int(now.timestamp())}</CreateTime><MsgType>{_cdata('text')}</MsgType>"
        f"<Content>{_cdata(text)}</Content></xml>"
    )


def transfer(account: str, openid: str, kf_account: str, *, now: datetime) -> str:
    """A passive reply that hands the follower over to WeChat's own desk (转发消息到客服)."""
    return (
        f"<xml><ToUserName>{_cdata(openid)}</ToUserName><FromUserName>{_cdata(account)}</FromUserName>"
        f"<CreateTime>{int(now.timestamp())}</CreateTime><MsgType>{_cdata('transfer_customer_service')}</MsgType>"
        f"<TransInfo><KfAccount>{_cdata(kf_account)}</KfAccount></TransInfo></xml>"
    )


def legal(text: str) -> str:
    """Without characters that XML 1.0 does not allow; one of them would make the whole reply malformed."""
    return _ILLEGAL.sub("", text)


def _cdata(text: str) -> str:
    return f"<![CDATA[{legal(text).replace(']]>', ']]]]><![CDATA[>')}]]>"


class _Fields:
    """Fields as a message of a documented type needs them."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def message(self) -> InboundXml:
        kind = self._match("MsgType", _NAME)
        openid, created = self._match("FromUserName", _ACCOUNT), self._match("CreateTime", _SECONDS)
        event = self._match("Event", _NAME) if kind == "event" else ""
        message_id = self._event_id(openid, created, event) if event else self._match("MsgId", _MSG_ID)
        base = InboundXml(self._match("ToUserName", _ACCOUNT), openid, int(created), message_id)
        return self._typed(kind, event, base)

    def _event_id(self, openid: str, created: str, event: str) -> str:
        """Two buttons pressed within a second are two questions; WeChat's seconds cannot tell them apart."""
        pressed = f":{crc32(self._texts.get('EventKey', '').encode()):08x}" if event == "CLICK" else ""
        return f"{openid}:{created}:{event}{pressed}"

    def _typed(self, kind: str, event: str, base: InboundXml) -> InboundXml:
        common = (base.account, base.openid, base.created, base.message_id)
        match kind:
            case "text":
                menu_id = self._texts.get("bizmsgmenuid", "").strip()
                return TextXml(*common, self._need("Content"), menu_id if _MENU_ID.fullmatch(menu_id) else "")
            case "image":
                return ImageXml(*common, self._need("MediaId"))
            case "voice":
                written = self._texts.get("Recognition", "")
                return VoiceXml(*common, self._need("MediaId"), written, self._texts.get("Format", ""))
            case "video" | "shortvideo":
                return VideoXml(*common, self._need("MediaId"))
            case "file":
                return FileXml(*common, self._texts.get("Title", ""))
            case "location":
                latitude, longitude = (float(self._match(name, _COORDINATE)) for name in ("Location_X", "Location_Y"))
                return LocationXml(*common, latitude, longitude, self._texts.get("Label", ""))
            case "link":
                about = self._texts.get("Description", "")
                return LinkXml(*common, self._need("Title"), self._texts.get("Url", ""), about)
            case "event":
                return EventXml(*common, event, self._texts.get("EventKey", ""))
            case _:
                return OtherXml(*common, kind)

    def _need(self, name: str) -> str:
        try:
            return self._texts[name]
        except KeyError:
            raise UnknownShape(f"缺少 <{name}>") from None

    def _match(self, name: str, form: re.Pattern[str]) -> str:
        text = self._need(name).strip()
        if not form.fullmatch(text):
            raise UnknownShape(f"<{name}> 的内容不合规定的格式")
        return text
