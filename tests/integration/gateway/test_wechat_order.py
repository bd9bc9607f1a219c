from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from desk import conversations, outbox, sending
from gateway.channels.wechat.delivering import rows
from tests.integration.gateway.wechat_world import NOW, World, world

STEPS = st.sampled_from(
    ["say", "say", "say long", "writes", "clicks", "leaves", "comes back", "work", "work", "work later", "two days",
     "busy", "out of order", "not permitted", "well"]
)  # fmt: skip
SAID = re.compile(r"#(\d+)#")


class Line:
    """What is said to one follower in numbered texts, while everything that can go wrong does."""

    def __init__(self, wechat: World) -> None:
        self.wechat = wechat
        self.follower = wechat.follower("oA")
        self.number = 0
        self.shown: list[int] = []  # in the order in which they came: pushed, or with an answer
        self._pushed = 0

    async def step(self, name: str) -> None:
        server = self.wechat.server
        if name.startswith("say"):
            self.say("长" * 550 if name.endswith("long") else "")
        elif name == "writes":
            self.see(await self.follower.say("有结果了吗"))
        elif name == "clicks":
            self.see(await self.follower.press("查工单"))
        elif name == "leaves":
            await self.follower.unsubscribe()
        elif name == "comes back":
            self.see(await self.follower.subscribe())
        elif name.startswith("work"):
            await self.work(timedelta(hours=2 if name.endswith("later") else 0, seconds=6))
        elif name == "two days":
            self.wechat.clock.advance(timedelta(hours=48))
        else:
            server.busy_rate = 1.0 if name == "busy" else 0.0
            server.broken = name == "out of order"
            server.permitted = name != "not permitted"

    def say(self, filling: str) -> None:
        now = self.wechat.clock()
        with self.wechat.database.write() as session:
            talk = conversations.open_for(session, "wechat", "oA", now=now)
            text, self.number = f"#{self.number}#{filling}", self.number + 1
            made = rows.drafts(text, openid="oA", conversation_id=talk.id, key=text[:5])
            rows.queue(session, made, pushes=True, now=now)

    async def work(self, after: timedelta) -> None:
        await self.wechat.work(after)
        texts = self.wechat.server.texts_to("oA")
        for text in texts[self._pushed :]:
            self.see(text)
        self._pushed = len(texts)

    def see(self, text: str | None) -> None:
        self.shown += map(int, SAID.findall(text or ""))

    def unsent(self) -> int:
        with self.wechat.database.read() as session:
            talk = conversations.find(session, "wechat", "oA")
            return len(outbox.unsent(session, talk.id, rows.KIND)) if talk else 0

    def sent(self) -> int:
        """Rows that are said to be sent: one for each text here."""
        with self.wechat.database.read() as session:
            return len(sending.sent_since(session, rows.KIND, NOW - timedelta(days=1)))

    async def heal(self) -> None:
        """WeChat is well, the follower is there and writes, and the worker goes on."""
        await self.step("well")
        self.see(await self.follower.subscribe())
        for _ in range(12):
            await self.step("writes")
            await self.work(timedelta(hours=1, seconds=6))
            if not self.unsent():
                return


async def run(steps: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with world(Path(folder)) as wechat:
            line = Line(wechat)
            for step in ("writes", *steps):
                await line.step(step)
                assert line.shown == list(range(len(line.shown))), steps  # in order, none twice, none left out
                assert line.sent() == len(line.shown)  # nothing is said to be sent that nobody has seen
            await line.heal()
            assert line.shown == list(range(line.number)), steps
            assert (line.unsent(), wechat.counts().failed) == (0, 0)


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.lists(STEPS, max_size=10))
@example(["say", "busy", "work", "say", "well", "work", "work"])
@example(["two days", "say", "say long", "work", "writes", "say", "work"])
@example(["leaves", "say", "work", "say", "comes back", "work", "work"])
@example(["not permitted", "say", "work", "well", "say", "work", "work later"])
def test_whatever_goes_wrong_everything_arrives_once_and_in_order(steps: list[str]) -> None:
    asyncio.run(run(steps))
