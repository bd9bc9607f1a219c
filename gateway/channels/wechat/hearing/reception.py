"""Who follows, scans, leaves or asks for 常见问题: things that need no turn, each said once by the message's id.

What happens is kept as a message of kind `event`, so that agents see it where they read; what we say to it is kept
behind it. A repeat of WeChat's gets the same words again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from desk import conversations, messages, tickets, windows
from desk.clock import Clock
from desk.conversations import Change, Conversation
from desk.database import Database
from desk.messages import Message
from desk.session import Session
from desk.turns import Reply
from gateway import render
from gateway.channels.wechat.hearing.contact import CHANNEL, cause_of, contact_of, open_window
from gateway.channels.wechat.hearing.questions import frequent
from gateway.channels.wechat.hearing.scenes import SLOTS, Scene, placed, scene_of
from gateway.channels.wechat.rules import WeChatRules
from gateway.channels.wechat.wire.xml import EventXml, InboundXml
from gateway.render import Voice
from gateway.turns.plan import CHOICES_FOR
from gateway.wording import Wording
from zhtext.contacts import AllowList

ARRIVALS = ("subscribe", "SCAN")
_LEFT = "unsubscribe"
_CLOSED = "kf_close_session"  # WeChat's own desk is done with them
_HUMANS = ("waiting", "human")
_STAND_IN = "\ue000"  # private use: no script conversion touches it
_BEHIND = 20  # messages looked at behind an event for what was said to it


@dataclass(frozen=True)
class Received:
    """Somebody's conversation, and what is to be said to them now, in order."""

    conversation_id: int
    said: tuple[Message, ...]


class Reception:
    """The desk, for what is no question. `notify` is told which conversation has news."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        wording: Wording,
        rules: WeChatRules,
        contacts: AllowList,
        notify: Callable[[int], None] | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._wording = wording
        self._rules = rules
        self._contacts = contacts
        self._notify = notify

    async def event(self, inbound: EventXml) -> Received | None:
        """None for events that mean nothing to us, and for who leaves. Raises StoreError."""
        if inbound.event not in (*ARRIVALS, _LEFT, _CLOSED):
            return None
        return self._told(await asyncio.to_thread(self._event, inbound))

    async def questions(self, inbound: InboundXml, text: str) -> Received | None:
        """常见问题 as a list; None when the flow should hear the words after all: with a human, or within a form.

        Raises StoreError.
        """
        return self._told(await asyncio.to_thread(self._questions, inbound, text))

    def _told(self, received: Received | None) -> Received | None:
        if received is not None and self._notify is not None:
            self._notify(received.conversation_id)
        return received

    def _event(self, inbound: EventXml) -> Received | None:
        now = self._clock()
        with self._database.write() as session:
            if inbound.event in ARRIVALS:
                return self._arrived(session, inbound, now)
            # The conversation is locked first, as everywhere: whoever sends looks at the windows behind it.
            self._noted(session, inbound, "left" if inbound.event == _LEFT else "closed", now)
            if inbound.event == _LEFT:
                windows.closed(session, CHANNEL, inbound.openid, now=_left_at(inbound, now))
        return None

    # -- coming and going ------------------------------------------------------------------------

    def _arrived(self, session: Session, inbound: EventXml, now: datetime) -> Received:
        known = conversations.find(session, CHANNEL, inbound.openid)
        conversation = conversations.open_for(session, CHANNEL, inbound.openid, now=now)
        scene = scene_of(inbound.event, inbound.key)
        event, fresh = self._kept(session, inbound, conversation, inbound.event, now, scene=scene)
        if not fresh:
            return Received(conversation.id, _behind(session, event))
        open_window(session, inbound.openid, cause_of(inbound) or "event", now=now)
        if scene:
            slots = placed(conversation.slots, scene, self._rules.scenes)
            conversations.update(session, conversation.id, {"slots": slots}, now=now)
        if inbound.event == "subscribe" and known is not None:
            self._tell_agents(session, conversation, "returned_note", now)
        reply = self._greeting(conversation, inbound.event, scene, returning=known is not None)
        return Received(conversation.id, self._say(session, event, conversation, reply, now))

    def _greeting(self, conversation: Conversation, event: str, scene: str, *, returning: bool) -> Reply | None:
        voice = Voice(conversation.script, conversation.region)
        humans = conversation.state in _HUMANS
        lines: list[str] = []
        if event == "subscribe":
            key = "returning_human" if returning and humans else "returning" if returning else "subscribe"
            lines.append(voice.say(self._text(key)))
        if not humans:
            lines += self._scene_lines(voice, scene, alone=event == "SCAN")
        return Reply("\n".join(lines)) if lines else None

    def _scene_lines(self, voice: Voice, scene: str, *, alone: bool) -> list[str]:
        known = self._rules.scenes.get(scene, Scene())
        if known.greeting:
            return [voice.say(known.greeting)]
        places = " · ".join(voice.say(known.slots[name]) for name in SLOTS if name in known.slots)
        if places:
            return [voice.say(self._text("scene", places=_STAND_IN)).replace(_STAND_IN, places)]
        return [voice.say(self._text("scan"))] if alone else []

    def _noted(self, session: Session, inbound: EventXml, key: str, now: datetime) -> None:
        """Agents are told once, on every open ticket of the conversation."""
        conversation = conversations.find(session, CHANNEL, inbound.openid)
        if conversation is None:
            return
        _, fresh = self._kept(session, inbound, conversation, inbound.event, now)
        if fresh:
            self._tell_agents(session, conversation, f"{key}_note", now)

    def _tell_agents(self, session: Session, conversation: Conversation, key: str, now: datetime) -> None:
        for ticket in tickets.listing(session, tickets.Filter(conversation_id=conversation.id, open=True)):
            tickets.note(session, ticket.number, self._text(key), by="bot", now=now)

    # -- 常见问题 --------------------------------------------------------------------------------

    def _questions(self, inbound: InboundXml, text: str) -> Received | None:
        now = self._clock()
        with self._database.write() as session:
            conversation = conversations.open_for(session, CHANNEL, inbound.openid, now=now)
            if conversation.state != "bot" or conversation.form is not None:
                return None
            stored = messages.record_inbound(session, conversation.id, inbound.message_id, text, now=now)
            if not stored.fresh:
                return Received(conversation.id, _behind(session, stored.message))
            messages.mark(session, [stored.message_id], "handled")
            contact_of(inbound)(session, stored.message, now)
            options = frequent(session, self._rules.faq, self._contacts, now=now)
            voice = Voice(conversation.script, conversation.region)
            reply = render.text(voice, self._text("faq" if options else "faq_empty"), options)
            if options:
                offered = Change(choices=render.options_of((reply,)), choices_until=now + CHOICES_FOR)
                conversations.update(session, conversation.id, offered, now=now)
            return Received(conversation.id, self._say(session, stored.message, conversation, reply, now))

    # -- pieces ----------------------------------------------------------------------------------

    def _kept(
        self,
        session: Session,
        inbound: EventXml,
        conversation: Conversation,
        event: str,
        now: datetime,
        scene: str = "",
    ) -> tuple[Message, bool]:
        """The event as a message that agents can read, and whether it is new."""
        text = self._text(f"event.{event}") + (f"（{scene}）" if scene else "")
        payload = {"event": event, **({"scene": scene} if scene else {})}
        stored = messages.record_inbound(
            session, conversation.id, inbound.message_id, text, kind="event", payload=payload, now=now
        )
        if stored.fresh:
            messages.mark(session, [stored.message_id], "handled")
        return stored.message, stored.fresh

    def _say(
        self, session: Session, to: Message, conversation: Conversation, reply: Reply | None, now: datetime
    ) -> tuple[Message, ...]:
        if reply is None:
            return ()
        said = messages.add(
            session,
            conversation.id,
            "bot",
            reply.text,
            kind=reply.kind,
            payload=reply.payload,
            external_id=_key(to),
            now=now,
        )
        return (said,)

    def _text(self, key: str, **values: str) -> str:
        return self._wording.text(f"wechat.{key}", **values)


def _left_at(inbound: EventXml, now: datetime) -> datetime:
    """By WeChat's clock, so that a late delivery does not shut what they have opened by coming back meanwhile; its
    seconds are whole ones."""
    try:
        return min(now, datetime.fromtimestamp(inbound.created + 1, now.tzinfo))
    except (ValueError, OverflowError, OSError):
        return now


def _key(to: Message) -> str:
    """Of what was said to a message without a turn."""
    return f"said:{to.id}"


def _behind(session: Session, to: Message) -> tuple[Message, ...]:
    """What was said to it when it came first."""
    later = messages.after(session, to.conversation_id, to.seq, limit=_BEHIND)
    return tuple(one for one in later if one.author == "bot" and one.external_id == _key(to))
