"""One script's own world: database, clock, gateway, worker's ticks and WeChat's server, all in this process.

Only the dialogue engine and the action server are shared with the other scripts, and they keep no state that matters.
"""

from __future__ import annotations

import logging
import secrets
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx2

from contract.turn import TurnContext
from desk.calendar import FixedHours
from desk.clock import FixedClock
from desk.database import Database
from desk.outbox import Delivery
from gateway.app import create_app
from gateway.channels.known import all_channels
from gateway.channels.wechat.adapter import WeChatSender
from gateway.channels.wechat.calls.client import WeChatClient
from gateway.channels.wechat.delivering.delivery import KIND as WECHAT_TEXT
from gateway.channels.wechat.delivering.media import Keeping
from gateway.channels.wechat.fake import FakeWeChat
from gateway.channels.wechat.settings import WeChatSettings
from gateway.engine import Engine, Part
from gateway.hub import Hub
from gateway.services import Services
from gateway.timers.schedule import EVERY, Look
from gateway.timers.timed_desk import TimedDesk
from gateway.turns.flow import Flow
from gongda.deliveries import Deliveries
from gongda.replay.pace import ReplayPace

log = logging.getLogger(__name__)

Tick = Callable[[], Awaitable[int]]  # one look of the worker's at what is due; how much there was

STEP = timedelta(minutes=1)  # how finely time moves on, so that a timer goes off near its time
STEPS = 144  # at most, however far time moves; one costs some 20 ms
_ROUNDS = 100  # ticks until nothing is due; more would be a timer that never rests
_UNLIMITED = 1_000_000  # messages a minute: limits count real minutes, scripts do not last one


@dataclass(frozen=True)
class Push:
    """A customer-service message that has reached the follower. `answers` is the message it answers, empty for none."""

    text: str
    answers: str


@dataclass
class Stage:
    """`ticks` is what the worker does; new timers are added in `_ticks`."""

    services: Services
    clock: FixedClock
    pace: ReplayPace
    flow: Flow
    http: httpx2.AsyncClient  # to the gateway
    wechat: FakeWeChat
    wechat_settings: WeChatSettings
    pushes: list[Push]
    ticks: list[Tick] = field(default_factory=list)

    async def settle(self) -> None:
        """Everything that is due now is done, and what becomes due by that."""
        for _ in range(_ROUNDS):
            if not sum([await tick() for tick in self.ticks]):
                return
        log.warning("still something due at %s after %s rounds", self.clock().isoformat(), _ROUNDS)

    async def move_on(self, to: datetime) -> None:
        """Let time pass; timers go off on the way."""
        step = max(STEP, (to - self.clock()) / STEPS)
        while self.clock() < to:
            self.clock.advance(min(step, to - self.clock()))
            await self.settle()


@asynccontextmanager
async def stage(
    base: Services, template: Path, folder: Path, start: datetime, wechat: WeChatSettings
) -> AsyncIterator[Stage]:
    """A fresh world in `folder`, at time `start`. `base` gives engine, answers and policy; `template` is an
    empty database of the present schema."""
    clock, pace, pushes = FixedClock(start), ReplayPace(), list[Push]()
    shutil.copyfile(template, folder / "desk.db")
    database = Database(f"sqlite:///{folder / 'desk.db'}").open()
    services = replace(
        base,
        db=database,
        clock=clock,
        engine=_OwnSenders(base.engine, folder.name),
        hub=Hub(),
        calendar=FixedHours(base.hours),
        channels=all_channels(base.wording, pushes=wechat.customer_service),
        settings=replace(base.settings, wechat=wechat, messages_per_minute=_UNLIMITED, sessions_per_minute=_UNLIMITED),
    )
    server = FakeWeChat(clock, wechat.app_id, wechat.app_secret)
    app = create_app(services, secrets.token_urlsafe(), pace)
    try:
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://gateway") as http,
            httpx2.AsyncClient(transport=httpx2.ASGITransport(server.app), base_url="http://wechat") as towards,
        ):
            client = WeChatClient(wechat, towards, clock)
            ticks = _ticks(services, client, pushes)
            yield Stage(services, clock, pace, app.state.flow, http, server, wechat, pushes, ticks)
    finally:
        database.close()


def _ticks(services: Services, client: WeChatClient, pushes: list[Push]) -> list[Tick]:
    """What the worker does, in the order in which it does it. A new timer of the worker belongs in this list."""
    database, clock = services.db, services.clock
    keeping = Keeping(services.files, services.checker, services.rules.attachments)
    sender = WeChatSender(client, database, clock, services.wording, keeping)

    async def send(delivery: Delivery) -> None:
        if await sender.send(delivery) == "sent" and delivery.kind == WECHAT_TEXT:
            pushes.append(Push(str(delivery.payload["text"]), str(delivery.payload.get("message_id", ""))))

    deliveries = Deliveries(database, clock, dict.fromkeys(sender.kinds, send), _nothing)
    return [deliveries.tick, *(_look(services, look) for look in EVERY)]


def _look(services: Services, look: Look) -> Tick:
    """One of the worker's timers on this world's desk."""
    desk = TimedDesk(
        db=services.db,
        clock=services.clock,
        hours=services.hours,
        wording=services.wording,
        rules=services.rules,
        secret=services.settings.secret,
        channels=services.channels,
    )

    async def tick() -> int:
        return look(desk)

    return tick


class _OwnSenders:
    """Every world counts its conversations from 1; the engine they share must not take them for the same."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._name = name

    async def ask(self, sender: str, text: str, context: TurnContext) -> tuple[Part, ...]:
        return await self._engine.ask(f"{self._name}-{sender}", text, context)

    async def ready(self) -> bool:
        return await self._engine.ready()


async def _nothing() -> None:
    """The connections are the stage's own."""
