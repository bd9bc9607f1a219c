"""What becomes true with a follower's message or event: they may be pushed something again, and a file can be fetched.

The numbers are those of 客服消息 (https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage):
5 messages in 48 hours after a message, 3 in a minute after a click, a scan or a subscription. The choice of a line of
a msgmenu gives none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from desk import attachments, outbox, windows
from desk.messages import Message
from desk.outbox import DeliveryDraft
from desk.session import Session
from desk.windows import Cause, Opening
from gateway.channels.wechat.wire.xml import EventXml, ImageXml, InboundXml, TextXml, VoiceXml

CHANNEL = "wechat"
FETCH = "wechat_media"  # kind of the outbox rows that fetch a follower's file
_CONTACTS = ("subscribe", "SCAN", "CLICK")
AFTER: dict[Cause, Opening] = {
    "message": Opening("message", 5, timedelta(hours=48)),
    "event": Opening("event", 3, timedelta(minutes=1)),
}


@dataclass(frozen=True)
class Material:
    """A file that WeChat keeps for three days."""

    media_id: str
    media_type: str  # as the message's kind suggests; its content decides later

    @property
    def origin(self) -> str:
        """What the attachment is known by."""
        return f"{CHANNEL}:{self.media_id}"


@dataclass(frozen=True)
class Contact:
    """Called in the transaction that stores the message, see `Incoming.also`. `cause` None opens nothing."""

    openid: str
    cause: Cause | None = "message"
    material: Material | None = None

    def __call__(self, session: Session, message: Message, now: datetime) -> None:
        if self.cause is not None:
            open_window(session, self.openid, self.cause, now=now)
        if self.material is not None:
            expect(session, self.material, message, now=now)


def contact_of(inbound: InboundXml) -> Contact:
    """What a message to be stored means besides its words."""
    return Contact(inbound.openid, cause_of(inbound), material_of(inbound))


def cause_of(inbound: InboundXml) -> Cause | None:
    """Which window it opens; leaving and other events that WeChat sends by itself open none."""
    match inbound:
        case EventXml():
            return "event" if inbound.event in _CONTACTS else None
        case TextXml() if getattr(inbound, "menu_id", ""):
            return None  # a line of a msgmenu was pressed: "不会下发新的配额"
        case _:
            return "message"


def material_of(inbound: InboundXml) -> Material | None:
    """What is to be fetched; by media id only, never by an address from the body."""
    match inbound:
        case ImageXml():
            return Material(inbound.media_id, "image/jpeg")
        case VoiceXml():
            return Material(inbound.media_id, "audio/amr")
        case _:
            return None


def open_window(session: Session, openid: str, cause: Cause, *, now: datetime) -> None:
    """They have just written, clicked, scanned or subscribed."""
    after = AFTER[cause]
    windows.opened(session, CHANNEL, openid, cause, allowance=after.allowance, lasts=after.lasts, now=now)


def expect(session: Session, material: Material, message: Message, *, now: datetime) -> None:
    """The worker is to fetch this file, once."""
    conversation_id, media_type = message.conversation_id, material.media_type
    file = attachments.expect(session, material.origin, conversation_id, message.id, "", media_type, now)
    draft = DeliveryDraft(FETCH, CHANNEL, {"attachment": file.key, "media_id": material.media_id}, material.origin)
    outbox.enqueue(session, draft, now=now)
