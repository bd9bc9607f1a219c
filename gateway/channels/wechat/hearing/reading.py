"""What a callback means for us: something to store, something to say at once, both or neither."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.channels.wechat.hearing.contact import CHANNEL as CHANNEL
from gateway.channels.wechat.hearing.contact import contact_of
from gateway.channels.wechat.hearing.scenes import Located, cleaned
from gateway.channels.wechat.wire.xml import (
    EventXml,
    FileXml,
    ImageXml,
    InboundXml,
    LinkXml,
    LocationXml,
    OtherXml,
    TextXml,
    VideoXml,
    VoiceXml,
)
from gateway.turns.flow import Also, Incoming

CLICK = "CLICK"  # a button of the menu that says something


@dataclass(frozen=True)
class Reading:
    """`remark` is a key of `wording/wechat.yml`; with one, no turn is waited for. `pressed` is a line of a msgmenu."""

    incoming: Incoming | None = None
    remark: str | None = None
    pressed: str = ""


def read(inbound: InboundXml) -> Reading:
    """Words go to the bot; other things are stored for the humans and politely acknowledged."""
    match inbound:
        case TextXml():
            return _words(inbound, inbound.content, pressed=inbound.menu_id)
        case VoiceXml() if inbound.recognition.strip():
            return _words(inbound, inbound.recognition, {"media_id": inbound.media_id, "recognised": True})
        case EventXml() if inbound.event == CLICK and inbound.key.strip():
            return _words(inbound, inbound.key)
        case EventXml():
            return Reading()
        case _:
            return _sent(inbound)


def _sent(inbound: InboundXml) -> Reading:
    """What is not words."""
    match inbound:
        case VoiceXml():
            return _thing(inbound, "voice", "", {"media_id": inbound.media_id})
        case ImageXml():
            return _thing(inbound, "image", "", {"media_id": inbound.media_id})
        case VideoXml():
            return _thing(inbound, "video", "", {"media_id": inbound.media_id})
        case LocationXml():
            place = {"latitude": inbound.latitude, "longitude": inbound.longitude}
            located = Located(contact_of(inbound), cleaned(inbound.label))
            return _thing(inbound, "location", inbound.label, place, also=located)
        case LinkXml():
            about = {"url": inbound.url} | ({"description": inbound.description} if inbound.description else {})
            return _thing(inbound, "link", inbound.title, about)
        case FileXml():
            return _thing(inbound, "file", inbound.title, {})
        case OtherXml():
            return _thing(inbound, "other", "", {"msg_type": inbound.msg_type})
        case _:
            return Reading()


def _words(inbound: InboundXml, text: str, payload: Mapping[str, Any] | None = None, *, pressed: str = "") -> Reading:
    if not text.strip():
        return Reading()
    return Reading(_incoming(inbound, "text", text, payload or {}), pressed=pressed)


def _thing(
    inbound: InboundXml, kind: str, text: str, payload: Mapping[str, Any], *, also: Also | None = None
) -> Reading:
    return Reading(_incoming(inbound, kind, text, payload, also), f"{kind}_received")


def _incoming(
    inbound: InboundXml, kind: str, text: str, payload: Mapping[str, Any], also: Also | None = None
) -> Incoming:
    return Incoming(
        channel=CHANNEL,
        external_user=inbound.openid,
        message_id=inbound.message_id,
        text=text,
        kind=kind,
        payload=payload,
        also=also or contact_of(inbound),
    )
