"""What becomes true with a message that brings a file instead of words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from desk import attachments, conversations
from desk.messages import Message
from desk.session import Session
from gateway.care.pictures import acknowledge
from gateway.channels.channel import Channel
from gateway.wording import Wording


@dataclass(frozen=True)
class Brought:
    """An `also` of `Incoming`: the file is expected from where `origin` says, such as kf:<media id> (empty: there is
    none to fetch), and the bot says in words that it has come. In the transaction that stores the message."""

    origin: str
    channel: Channel
    wording: Wording

    def __call__(self, session: Session, message: Message, now: datetime) -> None:
        if self.origin:
            attachments.expect(session, self.origin, message.conversation_id, message.id, "", "", now)
        said = acknowledge(session, self.wording, message, now)
        if said is not None:
            conversation = conversations.get(session, message.conversation_id)
            self.channel.record(session, conversation, [said], key=f"message:{said.id}", now=now)
