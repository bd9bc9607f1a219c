"""An account, its followers and WeChat in between, all in one process and on one clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI

from desk import outbox
from desk.clock import FixedClock
from desk.database import Database
from desk.outbox import Delivery
from desk.turns import Reply
from gateway.channels.wechat.adapter import WeChatSender
from gateway.channels.wechat.calls.client import WeChatClient
from gateway.channels.wechat.channel import WeChatChannel
from gateway.channels.wechat.delivering.ledger import Ledger
from gateway.channels.wechat.fake import FakeWeChat
from gateway.channels.wechat.fakes.flow import FakeFlow, Script
from gateway.channels.wechat.fakes.follower import FakeFollower
from gateway.channels.wechat.hearing.front import Front
from gateway.channels.wechat.routes import router
from gateway.channels.wechat.rules import WeChatRules
from gateway.channels.wechat.settings import WeChatSettings
from gateway.turns.flow import Incoming
from gateway.wording import Wording
from tests.waiting import eventually

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=timezone.utc)
TOKEN = "gongda2026"
AT_ONCE = 0.01  # seconds; a deadline that a turn which is held does not keep
LONG = "先在【备份恢复】里备份数据库，再继续下一步。" * 60  # 3,960 bytes: passive, and two more


def echo(incoming: Incoming) -> Sequence[Reply]:
    """Says what it heard."""
    return (Reply(f"答：{incoming.text}"),)


class Process:
    """Our side of the wire; a new one remembers nothing."""

    def __init__(
        self,
        database: Database,
        clock: FixedClock,
        settings: WeChatSettings,
        script: Script,
        rules: WeChatRules | None = None,
    ) -> None:
        self.flow = FakeFlow(database, clock, script)
        self.rules = rules or WeChatRules()
        ledger = Ledger(database, clock, pushes=settings.customer_service)
        front = Front.of(database, clock, Wording.load(), rules=self.rules, working=lambda now: True)
        self.channel = WeChatChannel(settings, self.flow, ledger, Wording.load(), clock, front)
        self.app = FastAPI()
        self.app.include_router(router(self.channel, settings, clock))

    async def stop(self) -> None:
        await self.channel.aclose()
        self.flow.let_go()
        await self.flow.idle()


@dataclass
class World:
    """Everything a test may look at or turn."""

    clock: FixedClock
    database: Database
    settings: WeChatSettings
    server: FakeWeChat
    client: WeChatClient
    process: Process
    http: httpx2.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx2.AsyncClient(transport=httpx2.ASGITransport(self._asgi), base_url="http://us")

    async def _asgi(self, scope: Any, receive: Any, send: Any) -> None:
        await self.process.app(scope, receive, send)

    @property
    def flow(self) -> FakeFlow:
        return self.process.flow

    def follower(self, openid: str = "oFollower1") -> FakeFollower:
        return FakeFollower(self.http, TOKEN, self.clock, openid, self.server, cut=self.settings.cut)

    async def restart(self) -> None:
        """The process dies; another one takes over."""
        await self.process.stop()
        self.process = Process(self.database, self.clock, self.settings, self.flow.script, self.process.rules)
        await self.process.channel.resume()

    async def work(self, after: timedelta = timedelta(seconds=5)) -> list[str]:
        """What the worker does some time later; its verdicts."""
        self.clock.advance(after)
        with self.database.write() as session:
            leased = outbox.lease(session, limit=100, now=self.clock())
        return [await self._handle(row) for row in leased]

    async def _handle(self, row: Delivery) -> str:
        return await WeChatSender(self.client, self.database, self.clock, Wording.load()).send(row)

    async def unheard(self, delivery: Awaitable[object]) -> None:
        """One delivery: its message is stored, and the connection is gone before there is an answer."""
        stored = len(self.flow.effects)
        self.flow.hold()
        delivering = asyncio.ensure_future(delivery)
        await eventually(lambda: len(self.flow.effects) > stored, "the message is stored")
        delivering.cancel()
        await asyncio.wait([delivering])
        assert delivering.cancelled()
        self.flow.let_go()

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """What comes meanwhile is to be answered within this."""
        channel = self.process.channel
        usual, channel._settings = channel._settings, replace(self.settings, passive_deadline=seconds)
        yield
        channel._settings = usual

    async def too_late(self, follower: FakeFollower, text: str) -> str | None:
        """The turn of this text outlasts the deadline, and ends: what the follower is told in time."""
        self.flow.hold()
        with self.deadline(AT_ONCE):
            told = await follower.say(text)
        self.flow.let_go()
        await self.until_queued()
        return told

    async def until_promised(self) -> None:
        """Wait until a late answer has been promised and is followed here."""
        await eventually(lambda: self.counts().leased == 1, "the promise is written down")

    async def until_queued(self) -> None:
        """Wait until late answers are in the outbox."""
        await self.process.channel.idle()

    def counts(self) -> outbox.Counts:
        with self.database.read() as session:
            return outbox.counts(session)


@asynccontextmanager
async def world(
    folder: Path,
    *,
    pushes: bool = True,
    deadline: float = 4.5,
    cut: float = 5.0,
    rules: WeChatRules | None = None,
    **changes: Any,
) -> AsyncIterator[World]:
    """A fresh desk; a short `deadline` and `cut` (seconds) make late answers quick to test. `changes` are settings."""
    clock = FixedClock(NOW)
    database = Database(f"sqlite:///{folder / 'desk.db'}").open()
    database.migrate()
    settings = WeChatSettings(
        token=TOKEN,
        app_id="wx1",
        app_secret="s3",
        customer_service=pushes,
        passive_deadline=deadline,
        cut=cut,
        **changes,
    )
    server = FakeWeChat(clock, app_id="wx1", app_secret="s3")
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(server.app), base_url="http://wechat") as towards:
        client = WeChatClient(settings, towards, clock)
        made = World(clock, database, settings, server, client, Process(database, clock, settings, echo, rules))
        async with made.http:
            yield made
            await made.process.stop()
    database.close()
