"""What a callback means for us: something to store, something to say at once, both or neither."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.channels.wechat.xml import (
    EventXml,
    ImageXml,
    InboundXml,
    LinkXml,
    LocationXml,
    OtherXml,
    TextXml,
    VoiceXml,
)
from gateway.turns.flow import Incoming

CHANNEL = "wechat"


@dataclass(frozen=True)
class Reading:
    """`remark` is a key of `wording/wechat.yml`; with one, no turn is waited for."""

    incoming: Incoming | None = None
    remark: str | None = None


def read(inbound: InboundXml) -> Reading:
    """Words go to the bot; other things are stored for the humans and politely acknowledged."""
    match inbound:
        case TextXml():
            return _words(inbound, inbound.content)
        case VoiceXml() if inbound.recognition.strip():
            return _words(inbound, inbound.recognition, {"voice": inbound.media_id})
        case VoiceXml():
            return _thing(inbound, "voice", "", {"media_id": inbound.media_id})
        case ImageXml():
            return _thing(inbound, "image", "", {"media_id": inbound.media_id})
        case LocationXml():
            place = {"latitude": inbound.latitude, "longitude": inbound.longitude}
            return _thing(inbound, "location", inbound.label, place)
        case LinkXml():
            return _thing(inbound, "link", inbound.title, {"url": inbound.url})
        case EventXml():
            return _event(inbound)
        case OtherXml():
            return _thing(inbound, "other", "", {"msg_type": inbound.msg_type})
        case _:
            return Reading()


def _event(inbound: EventXml) -> Reading:
    match inbound.event:
        case "subscribe":
            return Reading(remark="subscribe")
        case "SCAN":
            return Reading(remark="scan")
        case "CLICK" if inbound.key.strip():
            return _words(inbound, inbound.key)
        case _:
            return Reading()


def _words(inbound: InboundXml, text: str, payload: Mapping[str, Any] | None = None) -> Reading:
    if not text.strip():
        return Reading()
    return Reading(_incoming(inbound, "text", text, payload or {}))


def _thing(inbound: InboundXml, kind: str, text: str, payload: Mapping[str, Any]) -> Reading:
    return Reading(_incoming(inbound, kind, text, payload), f"{kind}_received")


def _incoming(inbound: InboundXml, kind: str, text: str, payload: Mapping[str, Any]) -> Incoming:
    return Incoming(
        channel=CHANNEL,
        external_user=inbound.openid,
        message_id=inbound.message_id,
        text=text,
        kind=kind,
        payload=payload,
    )
