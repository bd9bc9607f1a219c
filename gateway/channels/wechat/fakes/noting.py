"""A follower whose every step is noted, for the page of `gongda dev wechat`: bubbles, and what passed over the wire."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field

import httpx2

from gateway.channels.wechat.fakes.follower import FakeFollower

LONGEST_XML = 6000  # characters shown


@dataclass
class Entry:
    """One bubble or one line between bubbles. `wire` is what passed, in order."""

    number: int
    side: str  # me | account | system
    kind: str  # text | picture | voice | place | choices | red | silent | transfer | other, or the name of an event
    text: str = ""
    via: str = ""  # passive | push
    picture: str = ""  # the media id
    choices: list[dict[str, str]] = field(default_factory=list)
    deliveries: int = 0
    seconds: float | None = None
    why: str = ""
    wire: list[dict[str, str]] = field(default_factory=list)


under_way: ContextVar[Entry | None] = ContextVar("entry", default=None)


class WatchedFollower(FakeFollower):
    """Notes what passes over the wire in the entry that is under way."""

    async def hand_over(self, fields: Mapping[str, str]) -> httpx2.Response:
        entry = under_way.get()
        envelope = self.wire.wrap(fields)
        if entry is not None:
            entry.deliveries += 1
            address = "&".join(f"{name}={value}" for name, value in envelope.query.items())
            entry.wire.append({"way": "out", "head": f"POST {self.path}?{address}", "body": cut(envelope.body)})
        response = await self.http.post(self.path, params=envelope.query, content=envelope.body)
        if entry is not None:
            entry.wire.append({"way": "in", "head": f"HTTP {response.status_code}", "body": cut(response.content)})
        return response


def cut(body: bytes) -> str:
    """As much of a body as the page shows."""
    return body.decode("utf-8", "replace")[:LONGEST_XML]
