from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from desk import conversations, outbox, windows
from desk.calendar import WorkingHours
from desk.outbox import Delivery
from gateway.channels.known import all_channels
from gateway.channels.splitting import size
from gateway.channels.wechat.calls.client import WeChatClient
from gateway.channels.wechat.delivering import rows
from gateway.channels.wechat.hearing.contact import open_window
from gateway.rules import ServiceRules
from gateway.timers import TimedDesk
from gateway.timers.parked import parked
from gateway.wording import Wording
from tests.integration.gateway.wechat_world import World, world

WORDING = Wording.load()
TICK = timedelta(seconds=5)


@pytest.fixture
async def wechat(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as made:
        yield made


def say(wechat: World, *texts: str, openid: str = "oA", pictures: tuple[str, ...] = ()) -> None:
    """What an agent or a timer says, each as a delivery of its own."""
    with wechat.database.write() as session:
        conversation = conversations.open_for(session, "wechat", openid, now=wechat.clock())
        for text in texts:
            made = rows.drafts(
                text, openid=openid, conversation_id=conversation.id, key=f"{text}-{wechat.clock()}", pictures=pictures
            )
            rows.queue(session, made, pushes=True, now=wechat.clock())


def allowance(wechat: World, openid: str = "oA") -> windows.Allowance:
    with wechat.database.read() as session:
        return windows.left(session, "wechat", openid, now=wechat.clock())


def unsent(wechat: World, openid: str = "oA") -> tuple[Delivery, ...]:
    with wechat.database.read() as session:
        conversation = conversations.find(session, "wechat", openid)
        assert conversation is not None
        return outbox.unsent(session, conversation.id, rows.KIND)


def answering(wechat: World, errcode: int) -> WeChatClient:
    """A client whose every push is answered with this code."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("stable_token"):
            return httpx2.Response(200, json={"access_token": "t", "expires_in": 7200})
        return httpx2.Response(200, json={"errcode": errcode, "errmsg": "as tested"})

    http = httpx2.AsyncClient(transport=httpx2.MockTransport(answer), base_url="http://x")
    return WeChatClient(wechat.settings, http, wechat.clock)


# ---- what the follower's own doings allow


async def test_a_message_opens_a_window_and_every_push_is_counted(wechat: World) -> None:
    await wechat.follower("oA").say("在吗")
    assert allowance(wechat) == windows.Allowance(5, wechat.clock() + timedelta(hours=48), of=5)
    say(wechat, "一", "二")
    await wechat.work()
    assert allowance(wechat).left == 3


async def test_a_repeated_delivery_renews_nothing(wechat: World) -> None:
    follower = wechat.follower("oA")
    body = follower.body({"MsgType": "text", "Content": "在吗", "MsgId": "77"})
    await follower.deliver(body)
    wechat.server.heard("oA")
    say(wechat, "一")
    await wechat.work()
    await wechat.restart()
    await follower.deliver(body)
    assert allowance(wechat).left == 4


async def test_a_click_opens_three_for_a_minute(wechat: World) -> None:
    await wechat.follower("oA").press("查工单")
    assert allowance(wechat) == windows.Allowance(3, wechat.clock() + timedelta(minutes=1), of=3)


async def test_who_leaves_is_sent_nothing_and_who_comes_back_gets_what_waited_first(wechat: World) -> None:
    follower = wechat.follower("oA")
    await follower.say("在吗")
    await follower.unsubscribe()
    assert allowance(wechat).gone
    say(wechat, "您的工单已处理")
    assert await wechat.work() == ["parked"]
    assert not [call for call in wechat.server.calls if "send" in call.path]
    shown = await follower.subscribe()
    assert shown is not None
    assert "您的工单已处理" in shown
    assert unsent(wechat) == ()


def follower_texts(wechat: World, openid: str = "oA") -> list[str]:
    return wechat.server.texts_to(openid)


# ---- never more than is left, never out of order


async def test_what_is_over_the_quota_is_parked_without_asking_wechat(wechat: World) -> None:
    await wechat.follower("oA").say("在吗")
    for number in range(5):
        say(wechat, f"第{number}条")
        await wechat.work()
    asked = len(wechat.server.calls)
    say(wechat, "第六条")
    assert await wechat.work() == ["parked"]
    assert len(wechat.server.calls) == asked
    assert [row.last_error for row in unsent(wechat)] == [
        "nothing more may be pushed before the follower's next message, which brings it"
    ]


async def test_seven_short_texts_go_out_as_few_messages_when_five_are_left(wechat: World) -> None:
    await wechat.follower("oA").say("在吗")
    say(wechat, *(f"第{number}条" for number in range(7)))
    assert await wechat.work() == ["sent"] * 7
    assert follower_texts(wechat) == ["\n\n".join(f"第{number}条" for number in range(7))]
    assert allowance(wechat).left == 4


async def test_what_does_not_fit_one_message_is_packed_into_the_next(wechat: World) -> None:
    await wechat.follower("oA").say("在吗")
    long = [f"{number}" + "长" * 280 for number in range(8)]  # 841 bytes each: two fit
    say(wechat, *long)
    await wechat.work()
    texts = follower_texts(wechat)
    assert "\n\n".join(texts) == "\n\n".join(long)
    assert len(texts) == 4
    assert max(map(size, texts)) <= 1800


async def test_three_texts_for_five_places_stay_three_texts(wechat: World) -> None:
    await wechat.follower("oA").say("在吗")
    say(wechat, *(f"第{number}条" for number in range(3)))
    await wechat.work()
    assert len(follower_texts(wechat)) == 3


async def test_nothing_overtakes_a_row_that_is_tried_again(wechat: World) -> None:
    await wechat.follower("oA").say("在吗")
    wechat.server.busy_rate = 1.0
    say(wechat, "先说的")
    assert await wechat.work() == ["again"]
    wechat.server.busy_rate = 0.0
    say(wechat, "后说的")
    assert await wechat.work(timedelta(seconds=1)) == ["again"]
    assert follower_texts(wechat) == []
    await wechat.work()
    assert follower_texts(wechat) == ["先说的", "后说的"]


async def test_nothing_overtakes_what_is_parked(wechat: World) -> None:
    await wechat.follower("oA").say("在吗")
    wechat.server.permitted = False
    say(wechat, "先说的")
    assert await wechat.work() == ["parked"]
    say(wechat, "后说的")
    assert await wechat.work() == ["parked"]
    wechat.server.permitted = True
    say(wechat, "最后说的")
    await wechat.work()
    assert follower_texts(wechat) == ["先说的", "后说的", "最后说的"]
    assert unsent(wechat) == ()


async def test_a_row_that_is_refused_for_good_holds_up_nobody(wechat: World) -> None:
    await wechat.follower("oA").say("在吗")
    say(wechat, "有图", pictures=("no such picture",))
    say(wechat, "后说的")
    assert sorted(await wechat.work()) == ["failed", "sent", "sent"]
    assert follower_texts(wechat) == ["有图", "后说的"]


async def test_what_is_parked_is_said_first_when_the_follower_writes(wechat: World) -> None:
    follower = wechat.follower("oA")
    await follower.say("在吗")
    wechat.clock.advance(timedelta(hours=48))
    say(wechat, "先说的", "后说的")
    assert await wechat.work() == ["parked", "parked"]
    shown = await follower.say("有结果了吗")
    assert shown is not None
    assert shown.index("先说的") < shown.index("后说的") < shown.index("答：有结果了吗")
    assert unsent(wechat) == ()
    assert follower_texts(wechat) == []


async def test_a_row_that_waits_for_its_next_try_comes_with_the_answer_too(wechat: World) -> None:
    follower = wechat.follower("oA")
    await follower.say("在吗")
    wechat.server.broken = True
    say(wechat, "先说的")
    await wechat.work()
    await wechat.work(timedelta(seconds=6))
    wechat.server.broken = False
    shown = await follower.say("有结果了吗")
    assert shown is not None
    assert shown.index("先说的") < shown.index("答：")
    assert unsent(wechat) == ()


async def test_a_late_answer_comes_behind_what_was_owed(wechat: World) -> None:
    follower = wechat.follower("oA")
    assert await follower.say("在吗") == "答：在吗"
    wechat.clock.advance(timedelta(hours=48))
    say(wechat, "先说的")
    await wechat.work()
    assert await wechat.too_late(follower, "慢问题") is None
    await wechat.work()
    assert follower_texts(wechat) == ["先说的", "答：慢问题"]


async def test_a_worker_does_not_overtake_an_answer_that_is_on_its_way(wechat: World) -> None:
    follower = wechat.follower("oA")
    await follower.say("在吗")
    wechat.clock.advance(timedelta(hours=48))
    say(wechat, "先说的")
    await wechat.work()
    with wechat.database.write() as session:
        open_window(session, "oA", "message", now=wechat.clock())
        [row] = rows.owed(session, 1, wechat.clock())
        outbox.take(session, [row.id], now=wechat.clock())  # an answer brings it at this moment
    wechat.server.heard("oA")
    say(wechat, "后说的")
    assert await wechat.work(timedelta(seconds=1)) == ["again"]
    assert follower_texts(wechat) == []


# ---- every code of WeChat's


@pytest.mark.parametrize(
    ("errcode", "verdict", "left"),
    [
        (-1, "again", 5),
        (45011, "again", 5),
        (45009, "again", 5),
        (40001, "again", 5),
        (40164, "again", 5),
        (40125, "again", 5),
        (48001, "parked", 5),
        (48004, "parked", 5),
        (50001, "parked", 5),
        (45015, "parked", 0),
        (45047, "parked", 0),
        (43004, "parked", 0),
        (40003, "failed", 5),
        (45002, "failed", 5),
        (99999, "again", 5),
    ],
)
async def test_every_refusal_has_its_verdict_and_costs_only_what_it_should(
    wechat: World, errcode: int, verdict: str, left: int
) -> None:
    await wechat.follower("oA").say("在吗")
    say(wechat, "你好")
    wechat.client = answering(wechat, errcode)
    assert await wechat.work() == [verdict]
    assert allowance(wechat).left == left
    assert wechat.counts().sent == 0
    assert wechat.counts().ambiguous == 0


async def test_the_day_limit_ends_at_midnight_in_beijing(wechat: World) -> None:
    await wechat.follower("oA").say("在吗")  # at 17:00
    say(wechat, "你好")
    wechat.client = answering(wechat, 45009)
    await wechat.work()
    [row] = unsent(wechat)
    assert row.next_at.isoformat() == "2026-11-22T16:05:00+00:00"
    assert row.attempts == 0


@pytest.mark.parametrize(
    ("errcode", "words"),
    [
        (40164, "IP 白名单"),
        (40125, "GONGDA_WECHAT_APP_SECRET"),
        (48001, "GONGDA_WECHAT_CUSTOMER_SERVICE"),
        (48004, "封禁"),
    ],
)
async def test_what_only_the_operator_can_mend_is_said_with_the_remedy(
    wechat: World, caplog: pytest.LogCaptureFixture, errcode: int, words: str
) -> None:
    await wechat.follower("oA").say("在吗")
    say(wechat, "你好")
    wechat.client = answering(wechat, errcode)
    await wechat.work()
    assert words in caplog.text
    assert words in str(unsent(wechat)[0].last_error)


@pytest.mark.parametrize("trouble", [httpx2.ReadTimeout, httpx2.ReadError, httpx2.RemoteProtocolError])
async def test_a_lost_answer_is_counted_as_perhaps_sent_and_stays_spent(
    wechat: World, trouble: type[httpx2.TransportError]
) -> None:
    await wechat.follower("oA").say("在吗")
    say(wechat, "你好")
    wechat.client = losing(wechat, trouble)
    assert await wechat.work() == ["again"]
    assert wechat.counts().ambiguous == 1
    assert allowance(wechat).left == 4


@pytest.mark.parametrize("trouble", [httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout])
async def test_what_never_went_out_is_neither_counted_nor_spent(
    wechat: World, trouble: type[httpx2.TransportError]
) -> None:
    await wechat.follower("oA").say("在吗")
    say(wechat, "你好")
    wechat.client = losing(wechat, trouble)
    assert await wechat.work() == ["again"]
    assert wechat.counts().ambiguous == 0
    assert allowance(wechat).left == 5


def losing(wechat: World, trouble: type[httpx2.TransportError]) -> WeChatClient:
    """A client that gets a token and then no answer."""

    def lose(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("stable_token"):
            return httpx2.Response(200, json={"access_token": "t", "expires_in": 7200})
        raise trouble("lost", request=request)

    http = httpx2.AsyncClient(transport=httpx2.MockTransport(lose), base_url="http://x")
    return WeChatClient(wechat.settings, http, wechat.clock)


async def test_a_token_that_does_not_come_costs_nothing(wechat: World) -> None:
    await wechat.follower("oA").say("在吗")
    say(wechat, "你好")
    wechat.server.broken = True
    assert await wechat.work() == ["again"]
    assert (allowance(wechat).left, wechat.counts().ambiguous) == (5, 0)


async def test_a_refusal_about_an_old_window_does_not_close_the_new_one(wechat: World) -> None:
    await wechat.follower("oA").say("在吗")
    say(wechat, "你好")

    def speaks_meanwhile(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("stable_token"):
            return httpx2.Response(200, json={"access_token": "t", "expires_in": 7200})
        wechat.clock.advance(timedelta(milliseconds=1))
        with wechat.database.write() as session:
            open_window(session, "oA", "message", now=wechat.clock())
        return httpx2.Response(200, json={"errcode": 45047, "errmsg": "out of response count limit"})

    http = httpx2.AsyncClient(transport=httpx2.MockTransport(speaks_meanwhile), base_url="http://x")
    real, wechat.client = wechat.client, WeChatClient(wechat.settings, http, wechat.clock)
    assert await wechat.work() == ["again"]
    assert allowance(wechat).left == 5
    wechat.client = real
    wechat.server.heard("oA")
    assert await wechat.work() == ["sent"]


async def test_one_whose_window_is_not_known_here_is_tried_and_wechat_decides(wechat: World) -> None:
    wechat.server.heard("oOld")  # before the update that counts
    say(wechat, "你好", openid="oOld")
    assert await wechat.work() == ["sent"]
    say(wechat, "再见", openid="oStranger")
    assert await wechat.work() == ["parked"]


# ---- nothing parked is forgotten


def timed(wechat: World, *, pushes: bool = True) -> TimedDesk:
    channels = all_channels(WORDING, pushes=pushes)
    return TimedDesk(wechat.database, wechat.clock, WorkingHours(), WORDING, ServiceRules(), "s", channels)


async def test_what_an_answer_should_have_brought_and_did_not_is_pushed_soon(wechat: World) -> None:
    await wechat.follower("oA").say("在吗")
    wechat.clock.advance(timedelta(hours=48))
    say(wechat, "先说的")
    await wechat.work()
    wechat.clock.advance(timedelta(minutes=1))
    wechat.server.heard("oA")
    with wechat.database.write() as session:
        open_window(session, "oA", "message", now=wechat.clock())  # and then the process died
    assert parked(timed(wechat)) == 0  # perhaps it is being answered
    wechat.clock.advance(timedelta(seconds=90))
    assert parked(timed(wechat, pushes=False)) == 0
    assert parked(timed(wechat)) == 1
    assert await wechat.work() == ["sent"]
    assert parked(timed(wechat)) == 0


async def test_what_was_parked_while_the_window_is_open_is_tried_every_hour(wechat: World) -> None:
    await wechat.follower("oA").say("在吗")
    say(wechat, "先说的")
    wechat.server.permitted = False
    await wechat.work()
    wechat.clock.advance(timedelta(minutes=59))
    assert parked(timed(wechat)) == 0
    wechat.clock.advance(timedelta(minutes=1))
    assert parked(timed(wechat)) == 1
    assert await wechat.work() == ["parked"]
    wechat.clock.advance(timedelta(hours=1))
    wechat.server.permitted = True
    parked(timed(wechat))
    assert await wechat.work() == ["sent"]
