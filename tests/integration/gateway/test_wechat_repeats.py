"""WeChat delivers a message up to three times; in between the gateway may have died, or another process may be asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from desk import conversations, messages
from desk.turns import Reply
from gateway.channels.wechat.delivering.ledger import Ledger, Recipient
from gateway.channels.wechat.fakes.follower import FakeFollower
from gateway.turns.flow import Accepted
from gateway.wording import Wording
from tests.integration.gateway.wechat_world import LONG, Process, World, world

WORDING = Wording.load()


def said(key: str) -> str:
    return WORDING.text(f"wechat.{key}")


class Two:
    """Two gateway processes on one database; the world's own is the first."""

    def __init__(self, first: World) -> None:
        self.world = first
        self.other = Process(first.database, first.clock, first.settings, first.flow.script)
        self.follower = first.follower("oA")
        self._http = httpx2.AsyncClient(transport=httpx2.ASGITransport(self.other.app), base_url="http://us")
        self._otherwise = FakeFollower(
            self._http, self.follower.token, first.clock, "oA", first.server, cut=first.settings.cut
        )

    def message(self, number: int, text: str = "怎么导入", **fields: str) -> bytes:
        return self.follower.body({"MsgType": "text", "Content": text, "MsgId": str(number), **fields})

    async def first(self, body: bytes) -> str:
        return _content((await self.follower.deliver(body)).text)

    async def second(self, body: bytes) -> str:
        """The repeat, at the other process."""
        return _content((await self._otherwise.deliver(body)).text)

    async def pushed(self) -> list[str]:
        """Everything that the worker sends in the next two minutes."""
        self.world.server.heard("oA")
        for _ in range(12):
            await self.world.work(timedelta(seconds=11))
        return self.world.server.texts_to("oA")

    async def close(self) -> None:
        await self.other.stop()
        await self._http.aclose()


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    """An account that may push."""
    async with world(tmp_path) as made:
        processes = Two(made)
        yield processes
        await processes.close()


@pytest.fixture
async def silent(tmp_path: Path) -> AsyncIterator[Two]:
    """An account that may not."""
    async with world(tmp_path, pushes=False) as made:
        processes = Two(made)
        yield processes
        await processes.close()


def _content(text: str) -> str:
    return text.partition("<Content><![CDATA[")[2].partition("]]></Content>")[0] if text.startswith("<xml>") else ""


@pytest.mark.parametrize(
    "fields",
    [
        {"MsgType": "text", "Content": "在吗"},
        {"MsgType": "voice", "MediaId": "m2", "Recognition": "项目打不开"},
        {"MsgType": "voice", "MediaId": "m2", "Format": "amr"},
        {"MsgType": "image", "MediaId": "m1", "PicUrl": "http://x"},
        {"MsgType": "location", "Location_X": "23.1", "Location_Y": "113.3", "Label": "工地"},
        {"MsgType": "link", "Title": "题", "Url": "http://x"},
        {"MsgType": "video", "MediaId": "m3"},
        {"MsgType": "event", "Event": "subscribe", "EventKey": ""},
        {"MsgType": "event", "Event": "SCAN", "EventKey": "12"},
        {"MsgType": "event", "Event": "CLICK", "EventKey": "人工服务"},
    ],
)
async def test_whatever_comes_the_other_process_gives_the_same_answer(two: Two, fields: dict[str, str]) -> None:
    event = fields["MsgType"] == "event"
    body = two.follower.body(fields if event else {**fields, "MsgId": "9"})
    answers = [await two.first(body), await two.second(body), await two.first(body)]
    assert answers[0]
    assert len(set(answers)) == 1
    assert len(two.world.flow.effects) + len(two.other.flow.effects) <= 1
    assert await two.pushed() == []


async def test_of_a_burst_the_same_delivery_carries_the_answer_in_every_process(two: Two) -> None:
    two.world.flow.burst = 2
    bodies = [two.message(1, "在吗"), two.message(2, "导入报错")]
    first = await asyncio.gather(*(two.first(body) for body in bodies))
    assert sorted(first) == ["", "答：导入报错"]
    assert [await two.second(body) for body in reversed(bodies)] == list(reversed(first))
    assert await two.pushed() == []


async def test_two_processes_at_once_answer_a_burst_once(two: Two) -> None:
    two.world.flow.burst = 2
    two.world.flow.loss = RuntimeError("killed before it could answer")
    bodies = [two.message(1, "在吗"), two.message(2, "导入报错")]
    await asyncio.gather(*(two.first(body) for body in bodies))
    await two.world.flow.idle()
    answers = await asyncio.gather(*(two.second(body) for body in bodies))
    assert sorted(answers) == ["", "答：导入报错"]
    assert await two.pushed() == []


async def test_a_promise_that_another_process_has_answered_is_not_pushed_as_well(two: Two) -> None:
    two.world.flow.loss = RuntimeError("killed while it waited")
    body = two.message(1)
    assert await two.first(body) == ""  # promised
    await two.world.flow.idle()
    assert await two.second(body) == "答：怎么导入"
    assert await two.pushed() == []


async def test_a_promise_that_the_worker_has_kept_is_not_answered_again(two: Two) -> None:
    two.world.flow.loss = RuntimeError("killed while it waited")
    body = two.message(1)
    await two.first(body)
    await two.world.until_queued()
    assert await two.pushed() == ["答：怎么导入"]
    assert await two.second(body) == ""
    assert await two.pushed() == ["答：怎么导入"]


async def test_an_answer_that_did_not_arrive_is_pushed_after_all(two: Two) -> None:
    two.world.flow.loss = RuntimeError("killed while it waited")
    body = two.message(1)
    await two.first(body)
    await two.world.until_queued()

    async def not_confirmed(reply: object) -> None:
        """WeChat had hung up."""

    two.other.channel.delivered = not_confirmed  # type: ignore[method-assign]
    assert await two.second(body) == "答：怎么导入"
    assert await two.pushed() == ["答：怎么导入"]


async def test_a_process_that_still_follows_yields_to_the_one_that_answers(two: Two) -> None:
    two.world.flow.loss = RuntimeError("still waiting")
    assert await two.first(two.message(1)) == ""
    await two.world.until_queued()
    with two.world.database.read() as session:
        found = conversations.find(session, "wechat", "oA")
        assert found is not None
        stored = messages.latest(session, found.id)[0]
    accepted = Accepted(found.id, stored.id, stored.seq, fresh=False)
    first, second = (Ledger(two.world.database, two.world.clock, pushes=True) for _ in range(2))
    held = await first.promise(accepted, "oA", 60.0)
    assert held
    assert await second.promise(accepted, "oA", 60.0)
    await first.keep(held, Recipient(found.id, "oA", "1"), "turn-1", "答：怎么导入")
    assert two.world.counts().pending == 0


async def test_the_beginning_of_a_long_answer_is_said_again_and_its_rest_comes_once(silent: Two) -> None:
    silent.world.flow.script = silent.other.flow.script = lambda incoming: (Reply(LONG),)
    body = silent.message(1)
    first = await silent.first(body)
    assert await silent.second(body) == first
    assert await silent.first(body) == first
    shown = [first]
    for number in range(2, 6):
        if not silent.world.counts().parked:
            break
        shown.append(await silent.second(silent.message(number, "继续")))
    assert silent.world.counts().parked == 0
    for sentence in ("先在【备份恢复】里备份数据库，再继续下一步。",):
        assert sum(text.count("先在【备份恢复】里备份数据库") for text in shown) == LONG.count(sentence)


async def _owing(two: Two) -> None:
    """Something is still owed to the follower."""
    assert await two.world.too_late(two.follower, "怎么导入") == said("waiting")


async def test_what_was_owed_and_has_arrived_is_not_said_again(silent: Two) -> None:
    await _owing(silent)
    body = silent.message(2, "在吗")
    assert await silent.first(body) == f"{said('earlier')}\n\n答：怎么导入\n\n答：在吗"
    assert await silent.second(body) == "答：在吗"
    assert silent.world.counts().parked == silent.world.counts().leased == 0
    assert await silent.second(silent.message(3, "好")) == "答：好"


async def test_what_was_owed_is_not_lost_when_the_process_dies_with_it(silent: Two) -> None:
    await _owing(silent)
    body = silent.message(2, "在吗")

    async def killed(reply: object) -> None:
        """Before it could be confirmed."""

    silent.world.process.channel.delivered = killed  # type: ignore[method-assign]
    first = await silent.first(body)
    assert silent.world.counts().leased == 1
    assert await silent.second(body) == first
    assert silent.world.counts().leased == silent.world.counts().parked == 0


async def test_a_wish_for_more_is_granted_again_to_its_repeat(silent: Two) -> None:
    await _owing(silent)
    body = silent.message(2, "继续")

    async def killed(reply: object) -> None:
        """Before it could be confirmed."""

    silent.world.process.channel.delivered = killed  # type: ignore[method-assign]
    first = await silent.first(body)
    assert "答：怎么导入" in first
    assert await silent.second(body) == first
    assert await silent.second(silent.message(3, "好")) == "答：好"
