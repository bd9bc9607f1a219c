"""Whatever happens between WeChat's deliveries, a stored message is answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from desk.outbox import Delivery
from gateway.channels.wechat.channel import WeChatChannel
from gateway.channels.wechat.delivering.ledger import Ledger, _Late
from gateway.channels.wechat.fakes.follower import new_id
from gateway.channels.wechat.wire.xml import parse
from gateway.turns.flow import Accepted, Outcome
from gateway.wording import Wording
from tests.integration.gateway.wechat_world import AT_ONCE, World, world
from tests.waiting import eventually

AFTER_ALL_DELIVERIES = timedelta(seconds=21)


@pytest.fixture
async def wechat(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as made:
        yield made


@pytest.fixture
async def hasty(tmp_path: Path) -> AsyncIterator[World]:
    """No answer is there in time."""
    async with world(tmp_path, deadline=AT_ONCE) as made:
        made.flow.hold()
        yield made


async def cut_off(wechat: World, text: str, openid: str = "oA") -> None:
    """Delivered once, and nobody hears the answer."""
    wechat.server.heard(openid)
    follower = wechat.follower(openid)
    fields = follower.whole({"MsgType": "text", "Content": text, "MsgId": new_id()})
    await wechat.unheard(follower.hand_over(fields))


async def test_a_message_whose_deliveries_all_broke_is_answered_by_a_push(wechat: World) -> None:
    await cut_off(wechat, "怎么导入")
    await wechat.flow.idle()
    await wechat.restart()

    assert await wechat.work(timedelta(seconds=10)) == []  # WeChat may still try
    assert await wechat.work(AFTER_ALL_DELIVERIES) == ["sent"]  # the promise
    assert await wechat.work() == ["sent"]
    assert wechat.server.texts_to("oA") == ["答：怎么导入"]


async def test_what_a_dead_process_was_to_answer_late_is_answered_as_soon_as_the_next_one_is_there(
    hasty: World,
) -> None:
    wechat = hasty
    follower = wechat.follower("oA")
    assert await follower.say("怎么导入") is None  # in time it can only say `success`
    await wechat.until_promised()
    for task in tuple(wechat.process.channel._following):
        task.cancel()  # as kill -9 would
    wechat.flow.let_go()
    await wechat.flow.idle()

    await wechat.restart()
    assert await wechat.work() == ["sent"]  # the promise
    assert await wechat.work() == ["sent"]
    assert wechat.server.texts_to("oA") == ["答：怎么导入"]


async def test_who_stops_in_good_order_hands_over_what_was_promised(hasty: World) -> None:
    assert await hasty.follower("oA").say("怎么导入") is None
    await hasty.until_promised()

    await hasty.process.channel.aclose()

    assert hasty.counts().leased == 0
    assert hasty.counts().pending == 1


async def test_who_stops_while_promises_are_being_written_down_hands_them_over_as_well(hasty: World) -> None:
    ledger = SlowLedger(hasty.database, hasty.clock, pushes=True)
    channel = WeChatChannel(hasty.settings, hasty.flow, ledger, Wording.load(), hasty.clock)
    body = hasty.follower("oA").body({"MsgType": "text", "Content": "怎么导入", "MsgId": "1"})
    assert (await channel.answer(parse(body))).text == ""
    await eventually(ledger.begun.is_set, "the first promise is being written down")
    body = hasty.follower("oA").body({"MsgType": "text", "Content": "怎么导出", "MsgId": "2"})
    assert (await channel.answer(parse(body))).text == ""
    await eventually(lambda: ledger._late._waiting, "the second one waits for it")

    await channel.aclose()
    await ledger.idle()

    assert (hasty.counts().leased, hasty.counts().pending) == (0, 2)


async def test_an_answer_that_becomes_late_while_the_gateway_stops_is_handed_over_as_well(hasty: World) -> None:
    assert await hasty.follower("oA").say("怎么导入") is None
    await hasty.until_promised()
    outcome, stopping = hasty.flow.outcome, asyncio.Event()

    async def late_when_it_stops(accepted: Accepted, timeout: float) -> Outcome | None:
        hasty.flow.outcome = outcome  # type: ignore[method-assign]
        await stopping.wait()
        return None

    hasty.flow.outcome = late_when_it_stops  # type: ignore[method-assign]
    for task in hasty.process.channel._following:
        task.add_done_callback(lambda _: stopping.set())
    second = asyncio.create_task(hasty.follower("oA").say("怎么导出"))
    await eventually(lambda: hasty.flow.outcome == outcome, "the second is being answered")

    await hasty.process.channel.aclose()
    await asyncio.wait([second])
    await eventually(lambda: hasty.counts().pending + hasty.counts().leased == 2, "both are promised")

    assert not hasty.process.channel._following
    assert hasty.counts().leased == 0


class SlowLedger(Ledger):
    """Promises are not written before somebody waits for them, or takes them for handed over."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.begun, self._go = Event(), Event()

    def _promise(self, promised: Sequence[_Late]) -> list[tuple[Delivery, ...]]:
        self.begun.set()
        assert self._go.wait(20)
        return super()._promise(promised)

    async def idle(self) -> None:
        self._go.set()
        await super().idle()

    async def released(self) -> int:
        left = await super().released()
        self._go.set()
        return left


async def test_an_answer_that_went_out_leaves_no_promise(wechat: World) -> None:
    assert await wechat.follower("oA").say("怎么导入") == "答：怎么导入"

    assert await wechat.work(AFTER_ALL_DELIVERIES) == []
    assert wechat.server.texts_to("oA") == []


async def test_a_burst_whose_answer_went_out_is_not_pushed_for_its_other_message(wechat: World) -> None:
    wechat.flow.burst = 2
    follower = wechat.follower("oA")
    answers = await asyncio.gather(follower.say("在吗"), follower.say("怎么导入"))
    assert sum(answer is not None for answer in answers) == 1

    await wechat.work(AFTER_ALL_DELIVERIES)
    await wechat.work()
    assert wechat.server.texts_to("oA") == []


async def test_a_store_that_undoes_the_message_undoes_the_promise(wechat: World) -> None:
    wechat.flow.failure = RuntimeError("the disk is gone")
    await wechat.follower("oA").say("怎么导入")
    wechat.flow.failure = None

    assert await wechat.work(AFTER_ALL_DELIVERIES) == []
