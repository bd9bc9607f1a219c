"""The contacts: a visitor of the website and a follower of the official account."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from desk import conversations
from desk.conversations import Conversation
from desk.database import Database
from gateway.channels.web.routes import CHANNEL as WEB
from gateway.channels.web.sessions import WebSessions
from gateway.channels.wechat.fakes.follower import FakeFollower
from gateway.channels.wechat.hearing.reading import CHANNEL as WECHAT
from gongda.replay.stage import Stage


@dataclass(frozen=True)
class Posted:
    """A message on its way. `key` finds it at the desk; `reply` is what the HTTP answer shows, if anything."""

    key: str
    reply: asyncio.Future[str | None]
    stored: bool = False  # known to be; WeChat's answer tells only when the turn is over

    @property
    def over(self) -> bool:
        """Nothing more will come of it."""
        return self.reply.done() and not self.stored


class Person(Protocol):
    """One contact, from the outside."""

    async def post(self, text: str) -> Posted:
        """Send a text without waiting for its turn."""
        ...

    def conversation(self) -> Conversation | None:
        """At the desk; None before the first message is stored."""
        ...


class WebVisitor:
    """Writes as the widget does; a refusal is shown under the text box."""

    def __init__(self, stage: Stage) -> None:
        self._http = stage.http
        self._db = stage.services.db
        self._sessions = WebSessions(stage.services.settings.secret)
        self._token = ""

    async def post(self, text: str) -> Posted:
        await self._begin()
        client_id = uuid.uuid4().hex
        body = {"client_id": client_id, "text": text}
        answer = await self._http.post("/web/messages", json=body, headers={"x-gongda-session": self._token})
        refusal = None if answer.status_code == 202 else str(answer.json()["error"]["message"])
        shown: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        shown.set_result(refusal)
        return Posted(client_id, shown, stored=refusal is None)

    def conversation(self) -> Conversation | None:
        return _find(self._db, WEB, self._sessions.user(self._token)) if self._token else None

    async def _begin(self) -> None:
        if not self._token:
            answer = await self._http.post("/web/session", json={"site": "replay"})
            self._token = str(answer.raise_for_status().json()["token"])


class WeChatFollower:
    """Signed XML, with WeChat's server in between; the passive reply comes when the turn is done."""

    def __init__(self, stage: Stage) -> None:
        self.openid = f"oReplay{uuid.uuid4().hex[:20]}"
        settings, self._db = stage.wechat_settings, stage.services.db
        self._follower = FakeFollower(
            stage.http, settings.token, stage.clock, self.openid, stage.wechat, cut=settings.cut
        )
        self._ids = count(24_000_000_000_000_001)

    async def post(self, text: str) -> Posted:
        key = str(next(self._ids))
        fields = {"MsgType": "text", "Content": text, "MsgId": key}
        return Posted(key, asyncio.create_task(self._follower.send(fields)))

    def conversation(self) -> Conversation | None:
        return _find(self._db, WECHAT, self.openid)


def person(stage: Stage, channel: str) -> Person:
    """A contact who has never been here before."""
    return WeChatFollower(stage) if channel == WECHAT else WebVisitor(stage)


def _find(database: Database, channel: str, user: str) -> Conversation | None:
    with database.read() as session:
        return conversations.find(session, channel, user)
