"""WeChat's XML: a strict reader into frozen dataclasses, and the writer of a passive text reply."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from gateway.channels.wechat.errors import BodyTooLarge, Encrypted, NotXml, UnknownShape

BODY_LIMIT = 64 * 1024  # bytes
_ACCOUNT = re.compile(r"[A-Za-z0-9_@.-]{1,64}")
_SECONDS = re.compile(r"[0-9]{1,12}")
_MSG_ID = re.compile(r"[0-9]{1,20}")
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
    message_id: str  # MsgId; for events, which have none, FromUserName:CreateTime:Event


@dataclass(frozen=True)
class TextXml(InboundXml):
    """Words."""

    content: str


@dataclass(frozen=True)
class ImageXml(InboundXml):
    """A picture; to be fetched by media id, never by an address from the body."""

    media_id: str


@dataclass(frozen=True)
class VoiceXml(InboundXml):
    """Speech; `recognition` is empty when WeChat has not written it down."""

    media_id: str
    recognition: str


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


@dataclass(frozen=True)
class EventXml(InboundXml):
    """Something happened: subscribe, unsubscribe, SCAN, CLICK, VIEW …"""

    event: str
    key: str


@dataclass(frozen=True)
class OtherXml(InboundXml):
    """A message of a type we do nothing with, such as video."""

    msg_type: str


def parse(body: bytes, *, limit: int = BODY_LIMIT) -> InboundXml:
    """Raises OddBody, and nothing else, whatever the bytes are."""
    if len(body) > limit:
        raise BodyTooLarge(f"the body has more than {limit} bytes")
    return _Fields(_root(body)).message()


def reply(account: str, openid: str, text: str, *, now: datetime) -> str:
    """A passive text reply from our account to the follower."""
    return (
        f"<xml><ToUserName>{_cdata(openid)}</ToUserName><FromUserName>{_cdata(account)}</FromUserName>"
        f"<CreateTime>{int(now.timestamp())}</CreateTime><MsgType>{_cdata('text')}</MsgType>"
        f"<Content>{_cdata(text)}</Content></xml>"
    )


def legal(text: str) -> str:
    """Without characters that XML 1.0 does not allow; one of them would make the whole reply malformed."""
    return _ILLEGAL.sub("", text)


def _cdata(text: str) -> str:
    return f"<![CDATA[{legal(text).replace(']]>', ']]]]><![CDATA[>')}]]>"


def _root(body: bytes) -> Element:
    if body.lstrip()[:1] == b"{":
        raise NotXml("收到 JSON；请在公众号后台把消息推送的数据格式改为 XML")
    try:
        return fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise NotXml(f"not plain XML: {type(error).__name__}") from error


class _Fields:
    """The children of `<xml>`, each at most once."""

    def __init__(self, root: Element) -> None:
        if root.tag != "xml":
            raise UnknownShape("the root element is not <xml>")
        self._texts: dict[str, str] = {}
        for child in root:
            if child.tag in self._texts:
                raise UnknownShape(f"<{child.tag[:40]}> stands there twice")
            self._texts[child.tag] = child.text or ""
        if "Encrypt" in self._texts and "MsgType" not in self._texts:
            raise Encrypted("公众号处于安全模式；这一版只支持明文模式和兼容模式，请在公众号后台修改")

    def message(self) -> InboundXml:
        kind = self._match("MsgType", _NAME)
        openid, created = self._match("FromUserName", _ACCOUNT), self._match("CreateTime", _SECONDS)
        event = self._match("Event", _NAME) if kind == "event" else ""
        message_id = f"{openid}:{created}:{event}" if event else self._match("MsgId", _MSG_ID)
        base = InboundXml(self._match("ToUserName", _ACCOUNT), openid, int(created), message_id)
        return self._typed(kind, event, base)

    def _typed(self, kind: str, event: str, base: InboundXml) -> InboundXml:
        common = (base.account, base.openid, base.created, base.message_id)
        match kind:
            case "text":
                return TextXml(*common, self._need("Content"))
            case "image":
                return ImageXml(*common, self._need("MediaId"))
            case "voice":
                return VoiceXml(*common, self._need("MediaId"), self._texts.get("Recognition", ""))
            case "location":
                latitude, longitude = (float(self._match(name, _COORDINATE)) for name in ("Location_X", "Location_Y"))
                return LocationXml(*common, latitude, longitude, self._texts.get("Label", ""))
            case "link":
                return LinkXml(*common, self._need("Title"), self._texts.get("Url", ""))
            case "event":
                return EventXml(*common, event, self._texts.get("EventKey", ""))
            case _:
                return OtherXml(*common, kind)

    def _need(self, name: str) -> str:
        try:
            return self._texts[name]
        except KeyError:
            raise UnknownShape(f"<{name}> is missing") from None

    def _match(self, name: str, form: re.Pattern[str]) -> str:
        text = self._need(name).strip()
        if not form.fullmatch(text):
            raise UnknownShape(f"<{name}> is not of the form {form.pattern}")
        return text
