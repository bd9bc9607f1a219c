"""Who hears an answer, and who goes on owing it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desk import conversations, messages, outbox, turns, windows
from desk.clock import FixedClock
from desk.database import Database
from desk.errors import StoreBusy, StoreFull
from desk.outbox import Delivery, DeliveryDraft
from desk.turns import Content, Reply, TurnDraft
from gateway.channels.wechat.channel import WeChatChannel
from gateway.channels.wechat.delivering import late, rows
from gateway.channels.wechat.delivering.ledger import Ledger, Recipient
from gateway.channels.wechat.fakes.follower import new_id
from gateway.channels.wechat.hearing.contact import open_window
from gateway.channels.wechat.hearing.front import Front
from gateway.channels.wechat.passive import Framing, arrange
from gateway.channels.wechat.phrases import Phrases
from gateway.channels.wechat.wire.xml import EventXml, parse
from gateway.turns.flow import Accepted
from gateway.wording import Wording
from tests.integration.desk.conftest import db, postgres_db, server, sqlite_template  # noqa: F401
from tests.integration.gateway.test_lock_order import until_it_waits
from tests.integration.gateway.test_wechat_promises import AFTER_ALL_DELIVERIES, cut_off
from tests.integration.gateway.wechat_world import AT_ONCE, LONG, NOW, World, world
from tests.waiting import eventually

WORDING = Wording.load()
WITHIN = timedelta(seconds=20)


def said(key: str) -> str:
    return Phrases(WORDING).text(key)


@pytest.fixture
async def wechat(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as made:
        yield made


@pytest.fixture
async def silent(tmp_path: Path) -> AsyncIterator[World]:
    """An account that cannot push."""
    async with world(tmp_path, pushes=False) as made:
        yield made


def answer_at_the_desk(wechat: World, text: str) -> Accepted:
    """The turn of the only message, as another process commits it."""
    with wechat.database.write() as session:
        [message] = messages.pending(session)
        draft = TurnDraft("turn-1", message.conversation_id, (message.id,), expects=None)
        turns.record_turn(session, draft, Content(replies=(Reply(text),)), now=wechat.clock())
    return Accepted(message.conversation_id, message.id, message.seq, fresh=False)


def unsent(wechat: World, kind: str) -> int:
    with wechat.database.read() as session:
        talk = conversations.find(session, "wechat", "oA")
        return len(outbox.unsent(session, talk.id, kind)) if talk else 0


# ---- promises


async def test_a_night_without_gateway_breaks_no_promise(wechat: World) -> None:
    wechat.flow.burst = 2  # never complete: no turn
    await cut_off(wechat, "怎么导入")
    await wechat.process.channel.aclose()  # the gateway is gone
    for _ in range(40):
        assert await wechat.work(timedelta(minutes=10)) == ["again"]

    answer_at_the_desk(wechat, "答：怎么导入")
    assert await wechat.work(timedelta(minutes=1)) == ["sent"]
    assert await wechat.work() == ["sent"]
    assert wechat.server.texts_to("oA") == ["答：怎么导入"]


async def test_the_team_sees_in_the_end_that_nothing_takes_a_message_up(wechat: World) -> None:
    wechat.flow.burst = 2
    await cut_off(wechat, "怎么导入")

    assert await wechat.work(timedelta(days=4)) == ["failed"]
    assert wechat.counts().failed == 1


async def test_a_promise_about_an_erased_message_is_over(wechat: World) -> None:
    await wechat.follower("oA").subscribe()
    with wechat.database.write() as session:
        talk = conversations.open_for(session, "wechat", "oA", now=wechat.clock())
        payload = {"openid": "oA", "message": 4_711}
        gone = DeliveryDraft(late.KIND, "wechat", payload, "wechat:late:4711", talk.id)
        outbox.enqueue(session, gone, now=wechat.clock())

    assert await wechat.work() == ["sent"]


async def test_silence_beside_a_human_leaves_no_promise(wechat: World) -> None:
    wechat.flow.script = lambda _: ()

    assert await wechat.follower("oA").say("好的，谢谢") is None
    assert unsent(wechat, late.KIND) == 0


async def test_an_answer_to_a_connection_that_was_gone_stays_promised(wechat: World) -> None:
    follower = wechat.follower("oA")
    envelope = follower.wire.wrap(follower.whole({"MsgType": "text", "Content": "怎么导入", "MsgId": new_id()}))
    wechat.server.heard("oA")
    sent = await broken_off(wechat, envelope.query, envelope.body)

    assert sent  # the answer was written, and nobody was there
    await wechat.work(AFTER_ALL_DELIVERIES)
    await wechat.work()
    assert wechat.server.texts_to("oA") == ["答：怎么导入"]


async def broken_off(wechat: World, query: Mapping[str, str], body: bytes) -> list[Any]:
    """A delivery as a web server passes it on whose client hangs up while it is answered."""
    came = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[Any] = []

    async def receive() -> Any:
        return came.pop() if came else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/wechat", "raw_path": b"/wechat", "root_path": "", "headers": [],
        "query_string": "&".join(f"{name}={value}" for name, value in query.items()).encode(),
        "client": ("127.0.0.1", 1), "server": ("us", 80),
    }  # fmt: skip
    await wechat.process.app(scope, receive, send)
    return sent


async def test_a_part_of_an_answer_does_not_keep_the_promise_of_all_of_it(wechat: World) -> None:
    wechat.flow.script = lambda _: (Reply(LONG),)
    ledger = FullLedger(wechat.database, wechat.clock, pushes=True)
    channel = WeChatChannel(wechat.settings, wechat.flow, ledger, WORDING, wechat.clock)
    wechat.server.heard("oA")
    follower = wechat.follower("oA")

    reply = await channel.answer(parse(follower.body({"MsgType": "text", "Content": "怎么导入", "MsgId": "1"})))
    await channel.delivered(reply)

    assert LONG.startswith(reply.text[:30])
    await wechat.work(AFTER_ALL_DELIVERIES)
    await wechat.work()
    assert sum(text.count("备份数据库") for text in wechat.server.texts_to("oA")) == 60


class FullLedger(Ledger):
    """Nothing can be queued at this moment."""

    async def settle(self, *_: object) -> tuple[str, tuple[Delivery, ...]]:
        raise StoreFull("the disk is full")


async def test_whoever_asks_is_not_kept_waiting_by_a_promise_that_cannot_be_written(tmp_path: Path) -> None:
    async with world(tmp_path, deadline=AT_ONCE) as wechat:
        wechat.flow.hold()
        ledger = BusyLedger(wechat.database, wechat.clock, pushes=True)
        channel = WeChatChannel(wechat.settings, wechat.flow, ledger, WORDING, wechat.clock)
        body = wechat.follower("oA").body({"MsgType": "text", "Content": "怎么导入", "MsgId": "1"})

        async with asyncio.timeout(20):
            assert (await channel.answer(parse(body))).text == ""
        await channel.aclose()


class BusyLedger(Ledger):
    """Others are writing all the time."""

    async def promise(self, *_: object) -> tuple[Delivery, ...]:
        await asyncio.sleep(600)
        raise StoreBusy("others were writing")


# ---- two processes, two people


async def test_who_answers_a_repeat_takes_the_promise_from_who_was_about_to_keep_it(wechat: World) -> None:
    wechat.flow.burst = 2
    await cut_off(wechat, "怎么导入")
    first, second = (Ledger(wechat.database, wechat.clock, pushes=True) for _ in range(2))
    accepted = Accepted(1, 1, 1, fresh=True)
    promise = await first.promise(accepted, "oA", 60.0)
    accepted = answer_at_the_desk(wechat, "答：怎么导入")

    assert not await second.kept(accepted, "oA", WITHIN)  # it answers now, passively
    await first.keep(promise, Recipient(1, "oA", "m1"), "turn-1", "答：怎么导入")
    assert unsent(wechat, rows.KIND) == 0

    assert await wechat.work(AFTER_ALL_DELIVERIES) == ["sent"]  # nobody has heard that
    await wechat.work()
    assert wechat.server.texts_to("oA") == ["答：怎么导入"]


async def test_a_promise_that_was_kept_is_not_answered_again(wechat: World) -> None:
    wechat.flow.burst = 2
    await cut_off(wechat, "怎么导入")
    ledger = Ledger(wechat.database, wechat.clock, pushes=True)
    promise = await ledger.promise(Accepted(1, 1, 1, fresh=True), "oA", 60.0)
    accepted = answer_at_the_desk(wechat, "答：怎么导入")
    await ledger.keep(promise, Recipient(1, "oA", "m1"), "turn-1", "答：怎么导入")

    assert await ledger.kept(accepted, "oA", WITHIN)


async def test_a_repeat_is_arranged_as_before_whatever_has_come_to_be_owed_since(silent: World) -> None:
    await silent.follower("oA").subscribe()
    owe(silent, "先前的答复")
    ledger = Ledger(silent.database, silent.clock, pushes=False)
    framing = Framing("【先补发】", "（未完）")

    async def settled() -> str:
        text, _ = await ledger.settle(
            Recipient(1, "oA", "m1"), "turn-1", lambda owed: arrange(owed, LONG[:1900], framing)
        )
        return text

    first = await settled()
    owe(silent, "工程师：" + "请稍候，" * 150)

    assert LONG[:20] in first
    assert await settled() == first


def owe(wechat: World, text: str) -> None:
    with wechat.database.write() as session:
        made = rows.drafts(text, openid="oA", conversation_id=1, key=text[:4])
        rows.queue(session, made, pushes=False, now=wechat.clock())


async def test_nobody_gets_the_answer_to_another_follower_with_the_same_message_id(wechat: World) -> None:
    fields = {"MsgType": "text", "Content": "怎么导入", "MsgId": "4711"}

    assert await wechat.follower("oA").send(fields) == "答：怎么导入"
    assert await wechat.follower("oB").send(fields) is None


async def test_two_buttons_within_a_second_are_both_answered_and_a_repeat_only_once(wechat: World) -> None:
    follower = wechat.follower("oA")

    assert await follower.press("查工单") == "答：查工单"
    assert await follower.press("转人工") == "答：转人工"
    assert await follower.press("转人工") == "答：转人工"
    assert len(wechat.flow.effects) == 2


# ---- 继续 while something is being looked for


async def test_asking_for_more_waits_for_the_late_answer_where_nothing_can_be_pushed(tmp_path: Path) -> None:
    async with world(tmp_path, pushes=False, deadline=60.0, cut=120.0) as silent:
        follower, looks = silent.follower("oA"), counted_looks(silent)
        silent.flow.hold()
        with silent.deadline(AT_ONCE):
            assert await follower.say("怎么导入") == said("waiting")

        asking = asyncio.create_task(follower.say("继续"))
        await eventually(lambda: len(looks) > 2, "it has looked, stored the wish, looked again, and goes on looking")
        silent.flow.let_go()
        brought = await asking

        assert brought is not None
        assert brought.endswith("答：怎么导入")
        assert [one.kind for one in silent.flow.effects] == ["text", "event"]  # the bot was not asked about 继续


def counted_looks(wechat: World) -> list[bool]:
    """What each look for an answer that is underway has found from now on."""
    ledger, looks = wechat.process.channel._ledger, list[bool]()
    underway = ledger.underway

    async def counted(conversation_id: int, *, too_late: bool = False) -> bool:
        looks.append(await underway(conversation_id, too_late=too_late))
        return looks[-1]

    ledger.underway = counted  # type: ignore[method-assign]
    return looks


async def test_who_writes_in_traditional_characters_is_asked_in_them_for_patience_and_to_send_again(
    tmp_path: Path,
) -> None:
    async with world(tmp_path, pushes=False, deadline=AT_ONCE) as wechat:
        wechat.flow.hold()
        assert await wechat.follower("oA").say("匯入資料時報錯") == Phrases(WORDING, "hant", "tw").text("waiting")
        wechat.flow.failure = RuntimeError("the disk is gone")
        assert await wechat.follower("oA").say("匯入資料時報錯") == Phrases(WORDING, "hant", "tw").text("not_stored")


async def test_asking_for_more_too_early_hears_that_it_is_still_looked_for(silent: World) -> None:
    follower = silent.follower("oA")
    silent.flow.hold()
    with silent.deadline(AT_ONCE):
        assert await follower.say("怎么导入") == said("waiting")

    with silent.deadline(0.5):
        assert await follower.say("继续") == said("waiting")
    silent.flow.let_go()
    await silent.until_queued()
    assert "答：怎么导入" in (await follower.say("继续") or "")


async def test_the_second_message_of_a_burst_brings_what_came_too_late_for_the_first(tmp_path: Path) -> None:
    async with world(tmp_path, pushes=False, deadline=60.0, cut=120.0) as silent:
        silent.flow.burst = 2
        silent.flow.hold()
        keep_after_two_looks(silent)
        follower = silent.follower("oA")
        with silent.deadline(0.5):
            first = asyncio.create_task(follower.say("在吗"))
            await eventually(lambda: len(silent.flow.effects) == 1, "the first is stored")
        second = asyncio.create_task(follower.say("怎么导入"))
        await eventually(lambda: len(silent.flow.effects) == 2, "the second is stored")

        assert await first == said("waiting")
        silent.flow.let_go()
        brought = await second

        assert brought is not None
        assert brought.endswith("答：怎么导入")


def keep_after_two_looks(wechat: World) -> None:
    """A late answer is not there when it is looked for the first time."""
    ledger, looks = wechat.process.channel._ledger, counted_looks(wechat)
    keep = ledger.keep

    async def kept(*what: Any) -> None:
        await eventually(lambda: len(looks) > 1, "it is looked for again")
        await keep(*what)

    ledger.keep = kept  # type: ignore[method-assign]


async def test_the_others_of_a_burst_do_not_wait_for_each_other(tmp_path: Path) -> None:
    async with world(tmp_path, pushes=False, deadline=60.0, cut=120.0) as wechat:
        wechat.flow.burst = 3
        follower = wechat.follower("oA")

        async with asyncio.timeout(30):
            answers = await asyncio.gather(*(follower.say(text) for text in ("在吗", "急", "怎么导入")))

    assert sorted(answer or "" for answer in answers) == ["", "", "答：怎么导入"]


# ---- coming and going


async def test_a_late_report_of_leaving_does_not_shut_out_who_has_come_back(wechat: World) -> None:
    follower = wechat.follower("oA")
    await follower.say("怎么导入")
    left = follower.whole({"MsgType": "event", "Event": "unsubscribe", "EventKey": ""})
    wechat.clock.advance(timedelta(seconds=4))
    await follower.subscribe()
    await follower.hand_over(left)

    with wechat.database.read() as session:
        assert windows.left(session, "wechat", "oA", now=wechat.clock()).left == 3


def test_leaving_and_sending_do_not_wait_for_each_other(db: Database) -> None:  # noqa: F811
    clock = FixedClock(NOW)
    with db.write() as session:
        talk = conversations.open_for(session, "wechat", "oA", now=NOW)
        open_window(session, "oA", "message", now=NOW)
    reception = Front.of(db, clock, WORDING).reception
    left = EventXml("gh_1", "oA", int(NOW.timestamp()), "oA:1:unsubscribe", "unsubscribe", "")
    with ThreadPoolExecutor(1) as pool:
        with db.write() as session:
            conversations.row_of(session, talk.id, lock=True)
            leaving = pool.submit(lambda: asyncio.run(reception.event(left)))
            until_it_waits(db, leaving)
            windows.spend(session, "wechat", "oA", now=NOW)
        leaving.result(timeout=20)

    with db.read() as session:
        assert windows.left(session, "wechat", "oA", now=NOW).gone
