"""From a delivery to its outcome: store it, join it with its burst, run its turn, hand the result to whoever waits.

Turns of one conversation never overlap; deliveries of one message share one outcome.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any, Protocol

from starlette.concurrency import run_in_threadpool

from desk import conversations, messages, turns
from desk.conversations import Change, Choice
from desk.messages import Message
from desk.session import Session
from desk.turns import Recorded
from gateway.errors import TooLarge, Unusable
from gateway.services import Services
from gateway.turns import waited
from gateway.turns.bursts import Pace
from gateway.turns.line import Line
from gateway.turns.mailbox import Mailbox
from gateway.turns.turn import TurnRunner

_WORDED = ("text",)  # kinds that the bot can answer
_AT_ONCE = 200  # conversations taken up again in one transaction
Also = Callable[[Session, Message, datetime], None]


@dataclass(frozen=True)
class Incoming:
    """One delivery from a channel; `message_id` is the channel's own and makes repeats harmless.

    Only kind `text` opens a turn, and what `asks` because words came with it; pictures, voices and places are kept for
    the human who reads the conversation.
    `also` runs in the transaction that stores it, not for a repeat: what becomes true with the message, such as a file
    that came with it. It must be quick, and what it raises undoes both.
    """

    channel: str
    external_user: str
    message_id: str
    text: str
    kind: str = "text"
    payload: Mapping[str, Any] = field(default_factory=dict)
    choice: Choice | None = None
    also: Also | None = None
    asks: bool = False


@dataclass(frozen=True)
class Accepted:
    """Stored for good. `fresh` is False for a repeat."""

    conversation_id: int
    message_id: int
    seq: int
    fresh: bool


@dataclass(frozen=True)
class Outgoing:
    """One message to the person, already in their script."""

    seq: int
    text: str
    kind: str  # text | answer | choices | ticket | notice
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What a turn came to; no replies when a human has the conversation."""

    turn_id: str
    replies: tuple[Outgoing, ...]
    degraded: bool


class Inbox(Protocol):
    """What a channel needs of the flow."""

    async def receive(self, incoming: Incoming) -> Accepted:
        """Store exactly once by channel and message id. Raises TooLarge, Unusable and the desk's errors."""
        ...

    async def outcome(self, accepted: Accepted, timeout: float) -> Outcome | None:
        """Wait for the turn of a message; None when it is not ready in time (it goes on)."""
        ...


class Flow:
    """The gateway's inbox."""

    def __init__(
        self,
        services: Services,
        runner: TurnRunner | None = None,
        pace: Pace | None = None,
        line: Line | None = None,
    ) -> None:
        self._services = services
        self._line = line or Line()
        self._runner = runner or TurnRunner(services)
        self._pace = pace or Pace()
        self._mailboxes: dict[int, Mailbox] = {}

    async def receive(self, incoming: Incoming) -> Accepted:
        came = monotonic()
        _check(incoming, self._services.settings.max_text)
        accepted, expecting, open_turn = await run_in_threadpool(self._store, incoming)
        if accepted.fresh:
            self._services.hub.notify(accepted.conversation_id)
        if open_turn:
            picks = incoming.choice is not None
            box = self._mailbox(accepted.conversation_id)
            box.put(accepted.message_id, incoming.text, expecting, picks=picks, since=came)
        return accepted

    async def outcome(self, accepted: Accepted, timeout: float) -> Outcome | None:
        mailbox = self._mailboxes.get(accepted.conversation_id)
        waiting = mailbox.done(accepted.message_id) if mailbox else None
        if waiting is not None:
            await asyncio.wait([waiting], timeout=timeout)
            if not waiting.done():
                return None
        return await run_in_threadpool(self._stored_outcome, accepted)

    async def resume(self) -> int:
        """Run the turns a crash has left undone; how many messages they hold."""
        left = await run_in_threadpool(self._left)
        for message in left:
            picks = "choice" in message.payload
            self._mailbox(message.conversation_id).put(message.id, message.text, expecting=True, picks=picks)
        return len(left)

    async def idle(self) -> None:
        """Wait until no turn is running; for shutting down and for tests."""
        while tasks := [box.task for box in self._mailboxes.values() if box.task]:
            await asyncio.wait(tasks)

    def _store(self, incoming: Incoming) -> tuple[Accepted, bool, bool]:
        now = self._services.clock()
        payload = dict(incoming.payload)
        if incoming.choice is not None:
            payload["choice"] = {"id": incoming.choice.id, "label": incoming.choice.label}
        with self._services.db.write() as session:
            conversation = conversations.open_for(session, incoming.channel, incoming.external_user, now=now)
            stored = messages.record_inbound(
                session,
                conversation.id,
                incoming.message_id,
                incoming.text,
                kind=incoming.kind,
                payload=payload,
                now=now,
            )
            if stored.fresh and incoming.also is not None:
                incoming.also(session, stored.message, now)
            worded = incoming.kind in _WORDED or incoming.asks
            if stored.fresh and not worded:
                messages.mark(session, [stored.message_id], "handled")
                waited.over(session, conversation, now=now)
        accepted = Accepted(conversation.id, stored.message_id, stored.seq, stored.fresh)
        expecting = incoming.choice is not None or conversation.form is not None or bool(conversation.choices_at(now))
        return accepted, expecting, worded and (stored.fresh or stored.message.status == "pending")

    def _stored_outcome(self, accepted: Accepted) -> Outcome | None:
        with self._services.db.read() as session:
            found = messages.by_ids(session, [accepted.message_id])[0]
            if found.turn_id is None:
                return Outcome("", (), False) if found.status == "handled" else None
            replies = messages.of_turn(session, found.turn_id)
            turn = turns.find(session, found.turn_id)
        return Outcome(found.turn_id, tuple(map(_outgoing, replies)), degraded=turn is not None and turn.degraded)

    def _left(self) -> tuple[Message, ...]:
        now = self._services.clock()
        with self._services.db.read() as session:
            left = messages.pending(session, before=now)
        theirs = sorted({message.conversation_id for message in left})
        for start in range(0, len(theirs), _AT_ONCE):  # there may be thousands, and others want to write
            self._begin_anew(theirs[start : start + _AT_ONCE], now)
        return left

    def _begin_anew(self, conversation_ids: Sequence[int], now: datetime) -> None:
        """The engine may have heard the message already: heard twice, the last answer of a form would be a question
        without a form. A new episode is seeded with the form as it stands here."""
        with self._services.db.write() as session:
            for conversation_id in conversation_ids:
                conversations.update(session, conversation_id, Change(new_episode=True), now=now)

    def _mailbox(self, conversation_id: int) -> Mailbox:
        if conversation_id not in self._mailboxes:
            self._mailboxes[conversation_id] = Mailbox(conversation_id, self._run, self._forget, self._pace, self._line)
        return self._mailboxes[conversation_id]

    async def _run(self, conversation_id: int, message_ids: list[int]) -> Recorded | None:
        try:
            return await self._runner.run(conversation_id, message_ids)
        finally:
            self._services.hub.notify(conversation_id)

    def _forget(self, conversation_id: int) -> None:
        self._mailboxes.pop(conversation_id, None)


def _outgoing(message: Message) -> Outgoing:
    return Outgoing(seq=message.seq, text=message.text, kind=message.kind, payload=message.payload)


def _check(incoming: Incoming, limit: int) -> None:
    if len(incoming.text) > limit:
        raise TooLarge(limit=limit)
    if not incoming.text.strip() and incoming.kind == "text":
        raise Unusable
    if any(0xD800 <= ord(char) <= 0xDFFF or char == "\0" for char in incoming.text):
        raise Unusable
