from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest

from desk import attachments, messages, outbox
from desk.outbox import Delivery
from gateway.channels.pull.channel import PulledChannel
from gateway.channels.pull.errors import Unavailable
from gateway.channels.pull.fake import FakeKf
from gateway.channels.pull.kf import Kf
from gateway.channels.pull.puller import LONGEST_PAUSE, Puller
from gateway.channels.pull.sender import PullSender
from gateway.channels.pull.source import Page
from gateway.engine import Said
from gateway.turns.flow import Flow
from tests.integration.channels.stage import Stage
from tests.integration.gateway.turn_world import WORDING


class Dying:
    """A source whose process dies after a page was stored and before the mark moved."""

    def __init__(self, source: Kf) -> None:
        self._source = source
        self._left = 1

    async def page(self, mark: str) -> Page:
        page = await self._source.page(mark)
        if self._left == 0:
            raise Unavailable("the process died")
        self._left -= 1
        return Page(page.messages, mark, more=True)  # the mark did not move

    async def send(self, to: str, text: str, key: str) -> None:
        await self._source.send(to, text, key)


class Noticed(Dying):
    """A source that tells when it was asked; it does not die."""

    def __init__(self, source: Kf) -> None:
        super().__init__(source)
        self.asked = asyncio.Semaphore(0)

    async def page(self, mark: str) -> Page:
        self.asked.release()
        return await self._source.page(mark)


class Broken(Dying):
    """A source that answers with what nobody has thought of."""

    async def page(self, mark: str) -> Page:
        raise KeyError("msgid")


class Standing(Dying):
    """A source that always promises more and never brings any."""

    async def page(self, mark: str) -> Page:
        return Page((), mark, more=True)


class Kit:
    """The server, the source over it, and as many pullers as a test wants."""

    def __init__(self, stage: Stage, server: FakeKf, source: Kf, channel: PulledChannel) -> None:
        self.stage, self.server, self.source, self.channel = stage, server, source, channel

    def puller(self) -> Puller:
        return Puller(self.channel, self.source, self.stage.services, self.stage.flow)

    def texts(self) -> list[str]:
        return [one.text for one in self.stage.messages("user")]

    def rows(self) -> tuple[Delivery, ...]:
        with self.stage.db.read() as session:
            return outbox.parked(session, self.stage.conversation().id)


@pytest.fixture
async def kit(stage: Stage) -> AsyncIterator[Kit]:
    channel, server = PulledChannel("kf", WORDING), FakeKf(stage.clock)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(server.app), base_url="http://kf") as http:
        source = Kf(http, "wk-1", server.access_token)
        stage.put_on(channel, [PullSender(channel.name, source, stage.db, stage.clock)])
        yield Kit(stage, server, source, channel)


async def test_all_pages_are_fetched_in_order_and_the_next_pull_finds_nothing(kit: Kit) -> None:
    for number in range(5):  # the fake gives two at a time
        kit.server.write("wm-1", f"m{number}", f"第{number}句？")

    fetched = [await kit.puller().pull(), await kit.puller().pull()]

    assert fetched == [5, 0]
    assert kit.texts() == [f"第{number}句？" for number in range(5)]


async def test_a_page_that_comes_again_after_a_crash_is_stored_once(kit: Kit) -> None:
    kit.server.write("wm-1", "m1", "怎么导出报表？")
    dying = Puller(kit.channel, Dying(kit.source), kit.stage.services, kit.stage.flow)
    with pytest.raises(Unavailable):
        await dying.pull()

    await kit.puller().pull()
    await kit.stage.work()

    assert kit.texts() == ["怎么导出报表？"]
    assert kit.server.shown["wm-1"] == ["答：怎么导出报表？"]


async def test_two_gateways_do_not_both_pull(kit: Kit) -> None:
    for number in range(6):
        kit.server.write("wm-1", f"m{number}", f"第{number}句？")

    fetched = await asyncio.gather(kit.puller().pull(), kit.puller().pull(), kit.puller().pull())

    assert sorted(fetched) == [0, 0, 6]
    assert kit.server.pulls == 3


async def test_a_reply_that_a_dead_process_still_owed_is_sent_by_the_next(kit: Kit) -> None:
    kit.server.write("wm-1", "m1", "在吗")  # a fragment: its turn waits for more, and the process dies meanwhile
    await kit.puller().pull()
    kit.stage.flow = Flow(kit.stage.services, pace=kit.stage.world.pace)
    kit.stage.clock.advance(timedelta(seconds=1))

    await kit.stage.flow.resume()
    await kit.stage.work()

    assert kit.server.shown["wm-1"] == ["答：在吗"]


async def test_failures_make_it_look_less_often_and_a_success_ends_that(kit: Kit) -> None:
    puller = kit.puller()
    kit.server.down = True
    pauses = []
    for _ in range(9):
        assert not await puller.look()
        pauses.append(puller.pause)
    kit.server.down = False
    kit.server.write("wm-1", "m1", "怎么导出报表？")

    assert await puller.look()

    assert pauses[:4] == [1.0, 2.0, 4.0, 8.0]
    assert pauses[-1] == LONGEST_PAUSE
    assert kit.texts() == ["怎么导出报表？"]


async def test_a_callback_makes_it_look_at_once(kit: Kit) -> None:
    source = Noticed(kit.source)
    puller = Puller(kit.channel, source, kit.stage.services, kit.stage.flow)
    running = asyncio.create_task(puller.run())
    async with asyncio.timeout(10):
        await source.asked.acquire()
        kit.server.write("wm-1", "m1", "怎么导出报表？")

        puller.news()

        await source.asked.acquire()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_what_is_beyond_the_allowance_waits_and_goes_first_at_the_next_contact(kit: Kit) -> None:
    kit.stage.world.says(Said("已转给工程师。"))
    kit.server.write("wm-1", "m1", "怎么导出报表？")
    await kit.puller().pull()
    await kit.stage.work()
    for number in range(6):
        _say_to(kit, f"通知{number}")
    await kit.stage.work()
    assert kit.server.shown["wm-1"] == ["已转给工程师。", *(f"通知{number}" for number in range(4))]
    assert [row.payload["text"] for row in kit.rows()] == ["通知4", "通知5"]

    kit.stage.clock.advance(timedelta(days=3))
    kit.stage.world.says(Said("还在。"))
    kit.server.write("wm-1", "m2", "还在吗？")
    await kit.puller().pull()
    await kit.stage.work()

    assert kit.server.shown["wm-1"][5:] == ["通知4", "通知5", "还在。"]
    assert kit.rows() == ()


async def test_nothing_is_pushed_after_48_hours(kit: Kit) -> None:
    kit.server.write("wm-1", "m1", "怎么导出报表？")
    await kit.puller().pull()
    await kit.stage.work()
    kit.stage.clock.advance(timedelta(hours=48, minutes=1))

    _say_to(kit, "通知")
    await kit.stage.work()

    assert "通知" not in kit.server.shown["wm-1"]
    assert len(kit.rows()) == 1


async def test_an_answer_that_got_lost_counts_as_ambiguous(kit: Kit) -> None:
    kit.server.write("wm-1", "m1", "怎么导出报表？")
    await kit.puller().pull()
    kit.server.lose = 1

    await kit.stage.work()
    await kit.stage.work(passing=timedelta(minutes=1))

    assert kit.stage.counts().ambiguous == 1
    assert kit.stage.counts().sent == 1


async def test_what_the_bot_cannot_take_holds_up_nobody_and_is_said(kit: Kit) -> None:
    kit.server.write("wm-1", "m1", "长" * 3000)
    kit.server.write("wm-1", "m2", "怎么导出报表？")

    await kit.puller().pull()
    await kit.stage.work()

    assert [len(text) for text in kit.texts()] == [2000, 7]
    assert kit.server.shown["wm-1"][0] == WORDING.text("errors.too_large", limit=2000)
    assert kit.server.shown["wm-1"][1] == "答：怎么导出报表？"


async def test_files_are_expected_from_where_they_lie(kit: Kit) -> None:
    kit.server.write("wm-1", "m1", image={"media_id": "media-7"})
    await kit.puller().pull()

    with kit.stage.db.read() as session:
        (expected,) = attachments.due_to_fetch(session)

    assert expected.origin == "kf:media-7"


async def test_what_others_have_said_there_is_not_ours_to_answer(kit: Kit) -> None:
    kit.server.write("wm-1", "m1", "怎么导出报表？")
    kit.server.write("wm-1", "m2", event={"event_type": "user_recall_msg"})

    assert await kit.puller().pull() == 1
    assert kit.texts() == ["怎么导出报表？"]


def _say_to(kit: Kit, text: str) -> None:
    """Something that nobody has asked for."""
    with kit.stage.db.write() as session:
        now, conversation = kit.stage.clock(), kit.stage.conversation()
        said = messages.add(session, conversation.id, "system", text, kind="notice", external_id=text, now=now)
        kit.channel.record(session, conversation, [said], key=text, now=now)


async def test_what_nobody_has_thought_of_does_not_end_the_looking(kit: Kit) -> None:
    puller = Puller(kit.channel, Broken(kit.source), kit.stage.services, kit.stage.flow)

    assert not await puller.look()
    assert not await puller.look()

    assert puller.pause == 2.0


async def test_a_server_that_promises_more_and_brings_nothing_is_not_asked_for_ever(kit: Kit) -> None:
    puller = Puller(kit.channel, Standing(kit.source), kit.stage.services, kit.stage.flow)

    assert await asyncio.wait_for(puller.pull(), 5) == 0


async def test_a_message_without_id_or_author_holds_up_nobody(kit: Kit) -> None:
    kit.server.write("wm-1", "", "谁写的？")
    kit.server.write("", "m-2", "谁写的？")
    kit.server.write("wm-1", "m-3", "怎么导出报表？")

    page = await kit.source.page("")
    rest = await kit.source.page(page.mark)

    assert [one.id for one in (*page.messages, *rest.messages)] == ["m-3"]
