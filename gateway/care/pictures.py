"""What the bot says to pictures and files: that they have come, and, read by the operator's program, what may be there.

It never claims to know what is on a picture: a code that was read is asked about, and answered when the person says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from contract.decisions import Option
from desk import attachments, conversations, messages
from desk.attachments import Attachment
from desk.clock import Clock
from desk.conversations import Change, Conversation
from desk.database import Database
from desk.messages import Message
from desk.session import Session
from desk.turns import Reply
from gateway import render
from gateway.attachments.codes import known_codes
from gateway.attachments.files import Files
from gateway.attachments.ocr import read_picture
from gateway.channels.channel import Channels
from gateway.render import Voice
from gateway.services import Services
from gateway.turns.plan import CHOICES_FOR
from gateway.wording import Wording

THINGS = ("image", "voice", "file")  # kinds of messages that bring a file and no words
_RECEIVED = "received"  # key of the payload of an acknowledgement
QUIET = "quiet"  # key of the payload of a file that nothing is asked about
_STILL_HOLDS = timedelta(minutes=10)
_LOOKED_AT = 20  # messages


def acknowledge(session: Session, wording: Wording, arrived: Message, now: datetime) -> Message | None:
    """That it has come, and what is needed besides; once for several in a row, and nothing while people are there.

    In the transaction that stores `arrived`, so that it is said exactly once.
    """
    conversation = conversations.get(session, arrived.conversation_id)
    if conversation.state != "bot" or _said_already(session, arrived, now):
        return None
    words = wording.text("turn.option.human")
    asked = wording.text(f"web.received.{arrived.kind if arrived.kind in THINGS else 'file'}")
    reply = render.text(_voice(conversation), asked, [Option(f"say:{words}", words)])
    return _say(session, conversation, reply, f"received:{arrived.id}", now)


def _said_already(session: Session, arrived: Message, now: datetime) -> bool:
    """Since the person's last words."""
    for message in reversed(messages.latest(session, arrived.conversation_id, limit=_LOOKED_AT)):
        if message.payload.get(_RECEIVED) and now - message.created_at < _STILL_HOLDS:
            return True
        if message.author == "user" and message.kind not in THINGS:
            return False
        if message.author in ("bot", "agent"):
            return False
    return False


@dataclass(frozen=True)
class PictureReader:
    """Reads pictures with the operator's program, if there is one."""

    db: Database
    clock: Clock
    wording: Wording
    channels: Channels
    files: Files
    index: Path | None
    command: tuple[str, ...]
    notify: Callable[[int], None] = lambda _: None

    @classmethod
    def of(cls, services: Services) -> PictureReader:
        """The gateway's."""
        return cls(
            db=services.db,
            clock=services.clock,
            wording=services.wording,
            channels=services.channels,
            files=services.files,
            index=services.settings.index,
            command=services.rules.attachments.ocr_command,
            notify=services.hub.notify,
        )

    def look(self, key: str) -> tuple[str, ...]:
        """Read one picture; keep the words for the agents, ask about known codes. The codes. Blocks for seconds."""
        if not self.command:
            return ()
        with self.db.read() as session:
            one = attachments.get(session, key)
        if not one.picture or one.sha256 is None or one.text:
            return ()
        text = read_picture(self.files.path(one.sha256), self.command)
        if not text:
            return ()
        codes = known_codes(text, self.index)
        with self.db.write() as session:
            attachments.read(session, one.id, text)
            asked = self._ask(session, one, codes)
        if asked and one.conversation_id is not None:
            self.notify(one.conversation_id)
        return codes

    def _ask(self, session: Session, one: Attachment, codes: tuple[str, ...]) -> bool:
        """Unless people are there, or the person has written in the meantime."""
        if not codes or one.conversation_id is None or one.message_id is None:
            return False
        now = self.clock()
        conversation = conversations.update(session, one.conversation_id, {}, now=now)  # locked, as everywhere first
        picture = messages.by_ids(session, [one.message_id])[0]
        since = messages.after(session, conversation.id, picture.seq)
        wrote = any(message.author == "user" and message.kind not in THINGS for message in since)
        if conversation.state != "bot" or conversation.form is not None or wrote or picture.payload.get(QUIET):
            return False
        if self.channels.of(conversation).abilities.unprompted is None:
            return False  # it would come with the answer to something else
        reply = self._question(_voice(conversation), codes)
        said = _say(session, conversation, reply, f"read:{one.key}", now)
        self.channels.record(session, conversation, [said], key=f"read:{one.key}", now=now)
        return True

    def _question(self, voice: Voice, codes: tuple[str, ...]) -> Reply:
        human = self.wording.text("turn.option.human")
        several = len(codes) > 1
        options = [Option(f"say:{code}", code if several else self._text("read_option", code)) for code in codes]
        asked = self.wording.text("web.received.read_several") if several else self._text("read", codes[0])
        return render.text(voice, asked, [*options, Option(f"say:{human}", human)])

    def _text(self, key: str, code: str) -> str:
        return self.wording.text(f"web.received.{key}", code=code)


def _voice(conversation: Conversation) -> Voice:
    return Voice(conversation.script, conversation.region)


def _say(session: Session, conversation: Conversation, reply: Reply, key: str, now: datetime) -> Message:
    """Say it, once for each key, and let its options be picked."""
    payload = {**reply.payload, _RECEIVED: True}
    said = messages.add(
        session, conversation.id, "bot", reply.text, kind=reply.kind, payload=payload, external_id=key, now=now
    )
    change = Change(choices=render.options_of([reply]), choices_until=now + CHOICES_FOR)
    conversations.update(session, conversation.id, change, now=now)
    return said
