"""The event stream of one conversation: what is new, from the database, as soon as the bell rings."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from typing import Any

from starlette.concurrency import run_in_threadpool

from desk import conversations, messages
from desk.messages import Message
from gateway.attachments.links import FileLinks
from gateway.errors import TooMany
from gateway.services import Services

HEARTBEAT = 15.0  # seconds; proxies cut streams that are silent for 30
POLL = 3.0  # seconds; messages of another process (worker, second gateway) ring no bell here
MOST = 30  # streams of one visitor, who may have as many tabs and devices; each looks at the database every POLL
PAGE = 200  # messages that are read from the database at once
CHANNEL = "web"


class Streams:
    """How many each visitor has open."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._open: Counter[str] = Counter()

    def check(self, user: str) -> None:
        """Raises TooMany when one more is too much."""
        if self._open[user] >= self._most:
            raise TooMany(retry_after=int(HEARTBEAT))

    async def counted(self, user: str, events: AsyncGenerator[str, None]) -> AsyncIterator[str]:
        """The same events; the stream counts until nobody listens any more."""
        self._open[user] += 1
        try:
            async with aclosing(events):
                async for one in events:
                    yield one
        finally:
            self._open[user] -= 1
            if not self._open[user]:
                del self._open[user]


async def stream(services: Services, user: str, after: int) -> AsyncGenerator[str, None]:
    """Server-sent events for `user` from sequence number `after` on, for ever."""
    conversation_id = await run_in_threadpool(_conversation, services, user)
    state: str | None = None
    silent = 0.0
    links = FileLinks(services.settings.secret, services.clock)
    yield ": hello\n\n"
    with services.hub.listening(conversation_id) as bell:
        while True:
            bell.clear()
            fresh, now_state = await run_in_threadpool(_news, services, conversation_id, after)
            for message in fresh:
                after = message.seq
                yield event("message", as_json(message, links), message.seq)
            if now_state != state:
                state = now_state
                yield event("state", {"state": state})
            silent = 0.0 if fresh else silent
            if silent >= HEARTBEAT:
                silent = 0.0
                yield ": still here\n\n"
            if len(fresh) < PAGE:  # else there is more, and a history must not come in pieces
                silent += await _wait(bell)


async def _wait(bell: asyncio.Event) -> float:
    """Seconds waited: none when the bell rang."""
    try:
        await asyncio.wait_for(bell.wait(), POLL)
    except TimeoutError:
        return POLL
    return 0.0


def _conversation(services: Services, user: str) -> int:
    """Looking comes first: a stream that is opened again, as after every reload, writes nothing."""
    with services.db.read() as session:
        found = conversations.find(session, CHANNEL, user)
    if found is not None:
        return found.id
    with services.db.write() as session:
        return conversations.open_for(session, CHANNEL, user, now=services.clock()).id


def _news(services: Services, conversation_id: int, after: int) -> tuple[tuple[Message, ...], str]:
    with services.db.read() as session:
        fresh = messages.after(session, conversation_id, after, limit=PAGE)
        return fresh, conversations.get(session, conversation_id).state


def event(name: str, data: Mapping[str, Any], event_id: int | None = None) -> str:
    """One event on the wire; JSON holds no line break, so one `data:` line is enough."""
    head = f"id: {event_id}\n" if event_id is not None else ""
    return f"{head}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def as_json(message: Message, links: FileLinks | None = None) -> dict[str, Any]:
    """A message as the widget reads it; nothing of the payload but what is meant for the customer.

    Files come with an address that is good for a while, where there are `links`.
    """
    data: dict[str, Any] = {
        "seq": message.seq,
        "author": message.author,
        "kind": message.kind,
        "text": message.text,
        "at": message.created_at.isoformat(),
    }
    if message.external_id and message.author == "user":
        data["client_id"] = message.external_id.rpartition(":")[2]
    for key in ("options", "card", "name", "stars"):
        if message.payload.get(key):
            data[key] = message.payload[key]
    if message.payload.get("attachments"):
        data["attachments"] = [_file(one, message, links) for one in message.payload["attachments"]]
    return data


def _file(one: Mapping[str, Any], message: Message, links: FileLinks | None) -> dict[str, Any]:
    told = {name: one.get(name) for name in ("name", "media_type", "size", "width", "height")}
    return told if links is None else {**told, "url": links.to(one["key"], message.conversation_id)}
