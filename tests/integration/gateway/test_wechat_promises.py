"""Whatever happens between WeChat's deliveries, a stored message is answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.channels.wechat.fakes.follower import FakeFollower, new_id
from tests.integration.gateway.wechat_world import World, world

AFTER_ALL_DELIVERIES = timedelta(seconds=21)


@pytest.fixture
async def wechat(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as made:
        yield made


@pytest.fixture
async def hasty(tmp_path: Path) -> AsyncIterator[World]:
    """WeChat waits for half a second only."""
    async with world(tmp_path, deadline=0.3, cut=0.5) as made:
        yield made


async def cut_off(follower: FakeFollower, text: str, after: float = 0.1) -> None:
    """Delivered once, and nobody hears the answer."""
    assert follower.server is not None
    follower.server.heard(follower.openid)
    fields = follower.whole({"MsgType": "text", "Content": text, "MsgId": new_id()})
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(follower.hand_over(fields), after)


async def test_a_message_whose_deliveries_all_broke_is_answered_by_a_push(wechat: World) -> None:
    wechat.flow.delay = 0.3
    await cut_off(wechat.follower("oA"), "怎么导入")
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
    wechat.flow.delay = 0.6
    follower = wechat.follower("oA")
    assert await follower.say("怎么导入") is None  # in time it can only say `success`
    await asyncio.sleep(0.05)
    assert wechat.counts().leased == 1
    for task in tuple(wechat.process.channel._following):
        task.cancel()  # as kill -9 would
    await wechat.flow.idle()

    await wechat.restart()
    assert await wechat.work() == ["sent"]  # the promise
    assert await wechat.work() == ["sent"]
    assert wechat.server.texts_to("oA") == ["答：怎么导入"]


async def test_who_stops_in_good_order_hands_over_what_was_promised(hasty: World) -> None:
    hasty.flow.delay = 0.6
    assert await hasty.follower("oA").say("怎么导入") is None
    await asyncio.sleep(0.05)
    assert hasty.counts().leased == 1

    await hasty.process.channel.aclose()

    assert hasty.counts().leased == 0
    assert hasty.counts().pending == 1


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
