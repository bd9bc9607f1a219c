from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk import conversations, messages
from desk.errors import ConflictingRepeat, StoreBusy
from desk.turns import Reply
from gateway.channels.wechat.phrases import Phrases
from gateway.errors import TooLarge
from gateway.turns.flow import Accepted, Incoming
from gateway.wording import Wording
from tests.integration.gateway.wechat_world import LONG, TOKEN, World, world
from tests.waiting import eventually

WORDING = Wording.load()


def said(key: str) -> str:
    return Phrases(WORDING).text(key)


@pytest.fixture
async def wechat(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as made:
        yield made


@pytest.fixture
async def hasty(tmp_path: Path) -> AsyncIterator[World]:
    """We wait for half a second only."""
    async with world(tmp_path, deadline=0.45) as made:
        yield made


@pytest.fixture
async def silent(tmp_path: Path) -> AsyncIterator[World]:
    """An account that may not push."""
    async with world(tmp_path, pushes=False) as made:
        yield made


# ---- the URL check and signatures


@pytest.mark.parametrize("path", ["/wechat", "/wechat/"])
async def test_the_url_check_echoes_exactly_what_was_sent(wechat: World, path: str) -> None:
    query = {**wechat.follower().query(), "echostr": "5837397576500011341"}
    response = await wechat.http.get(path, params=query)
    assert (response.status_code, response.text) == (200, "5837397576500011341")
    assert response.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("spoilt", ["signature", "timestamp", "nonce"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_wrong_or_missing_part_of_the_signature_is_refused(wechat: World, spoilt: str, method: str) -> None:
    for query in (wechat.follower().query() | {spoilt: "1"}, wechat.follower().query()):
        if query[spoilt] != "1":
            del query[spoilt]
        response = await wechat.http.request(method, "/wechat", params=query, content=b"<xml/>")
        assert response.status_code == 403
    assert wechat.flow.received == []


async def test_a_recorded_callback_is_refused_after_five_minutes(wechat: World) -> None:
    follower = wechat.follower()
    query, body = follower.query(), follower.body({"MsgType": "text", "Content": "在吗", "MsgId": "1"})
    wechat.clock.advance(timedelta(seconds=301))
    assert (await follower.deliver(body, query)).status_code == 403
    assert wechat.flow.received == []


async def test_a_callback_replayed_a_hundred_times_has_one_effect(wechat: World) -> None:
    follower = wechat.follower()
    query, body = follower.query(), follower.body({"MsgType": "text", "Content": "在吗", "MsgId": "1"})
    answers = {(await follower.deliver(body, query)).text for _ in range(100)}
    assert len(answers) == 1
    assert len(wechat.flow.effects) == 1


# ---- answered at once


async def test_a_text_is_answered_in_the_same_call(wechat: World) -> None:
    assert await wechat.follower("oA").say("导入报错 ERROR_403") == "答：导入报错 ERROR_403"
    [heard] = wechat.flow.effects
    assert (heard.channel, heard.external_user, heard.kind) == ("wechat", "oA", "text")
    assert wechat.counts().sent == wechat.counts().pending == 0


async def test_three_deliveries_at_once_have_one_effect_and_one_answer(wechat: World) -> None:
    wechat.flow.delay = 0.1
    follower = wechat.follower()
    body = follower.body({"MsgType": "text", "Content": "在吗", "MsgId": "77"})
    answers = await asyncio.gather(*(follower.deliver(body) for _ in range(3)))
    assert len(wechat.flow.effects) == 1
    assert len({answer.text for answer in answers}) == 1
    assert "答：在吗" in answers[0].text


async def test_a_repeat_after_a_restart_gets_the_recorded_answer(wechat: World) -> None:
    follower = wechat.follower()
    body = follower.body({"MsgType": "text", "Content": "在吗", "MsgId": "77"})
    first = await follower.deliver(body)
    await wechat.restart()
    assert (await follower.deliver(body)).text == first.text
    assert wechat.flow.effects == []


async def test_the_messages_of_one_burst_are_answered_once(wechat: World) -> None:
    wechat.flow.burst = 2
    follower = wechat.follower()
    shown = await asyncio.gather(follower.say("在吗"), follower.say("导入报错"))
    assert shown.count(None) == 1
    assert set(shown) - {None} <= {"答：在吗", "答：导入报错"}


async def test_while_a_human_has_the_conversation_the_bot_is_silent(wechat: World) -> None:
    wechat.flow.script = lambda incoming: ()
    assert await wechat.follower().say("还没好吗") is None
    assert wechat.follower().unavailable == 0


async def test_illegal_characters_in_an_answer_never_make_it_malformed(wechat: World) -> None:
    wechat.flow.script = lambda incoming: (Reply("结束符 ]]> 和 \x0b 控制符"),)
    follower = wechat.follower()
    assert await follower.say("x") == "结束符 ]]> 和  控制符"
    assert follower.unavailable == 0


async def test_a_choice_is_numbered(wechat: World) -> None:
    options = [{"id": "a", "label": "导入报错"}, {"id": "b", "label": "导出报错"}]
    wechat.flow.script = lambda incoming: (Reply("是哪一个？", "choices", {"options": options}),)
    assert await wechat.follower().say("报错") == f"是哪一个？\n1. 导入报错\n2. 导出报错\n{said('choose_hint')}"


# ---- long and late


async def test_a_long_answer_begins_at_once_and_goes_on_by_push(wechat: World) -> None:
    wechat.flow.script = lambda incoming: (Reply(LONG),)
    first = await wechat.follower("oA").say("怎么备份")
    assert first is not None
    assert first.endswith(said("continued_pushed"))
    assert await wechat.work() == ["sent", "sent"]
    pushed = wechat.server.texts_to("oA")
    assert [text[:5] for text in pushed] == ["（2/3）", "（3/3）"]
    rest = "".join(text[5:] for text in pushed)
    assert first.removesuffix(said("continued_pushed")).strip() + rest == LONG


async def test_a_late_answer_is_pushed_once(wechat: World) -> None:
    follower = wechat.follower("oA")
    assert await wechat.too_late(follower, "怎么导入") is None
    assert await wechat.work() == ["sent"]
    assert await wechat.work(timedelta(hours=1)) == []
    assert wechat.server.texts_to("oA") == ["答：怎么导入"]
    assert (follower.unavailable, follower.deliveries) == (0, 1)


async def test_a_late_answer_survives_the_death_of_the_process(hasty: World) -> None:
    hasty.flow.hold()
    assert await hasty.follower("oA").say("怎么导入") is None
    await hasty.restart()
    assert await hasty.work(timedelta(seconds=61)) == ["sent"]  # the promise becomes a text
    assert await hasty.work() == ["sent"]
    assert hasty.server.texts_to("oA") == ["答：怎么导入"]


async def test_a_promise_whose_turn_never_came_is_tried_again(hasty: World) -> None:
    hasty.flow.burst = 2  # waits for a second message that does not come
    await hasty.follower("oA").say("在吗")
    await hasty.restart()
    assert await hasty.work(timedelta(seconds=61)) == ["again"]


async def test_a_burst_with_a_late_first_message_is_told_once(hasty: World) -> None:
    hasty.flow.burst = 2
    follower = hasty.follower("oA")
    assert await follower.say("在吗") is None
    second = await follower.say("导入报错")
    await hasty.until_queued()
    await hasty.work()
    assert [text for text in [second, *hasty.server.texts_to("oA")] if text] == ["答：导入报错"]


async def test_a_failing_wait_for_the_outcome_is_a_late_answer(wechat: World) -> None:
    wechat.flow.loss = RuntimeError("lost")
    assert await wechat.follower("oA").say("怎么导入") is None
    await wechat.restart()
    await wechat.work(timedelta(seconds=61))
    await wechat.work()
    assert wechat.server.texts_to("oA") == ["答：怎么导入"]


# ---- without permission to push


async def test_without_permission_a_late_answer_comes_with_the_next_message(silent: World) -> None:
    follower = silent.follower("oA")
    assert await silent.too_late(follower, "怎么导入") == said("waiting")
    assert await follower.say("在吗") == f"{said('earlier')}\n\n答：怎么导入\n\n答：在吗"
    assert await follower.say("好") == "答：好"
    assert silent.server.sent == []
    assert silent.counts().parked == 0


async def test_without_permission_the_word_jixu_brings_the_rest_and_asks_the_bot_nothing(silent: World) -> None:
    silent.flow.script = lambda incoming: (Reply(LONG),)
    follower = silent.follower("oA")
    shown = [await follower.say("怎么备份")]
    while silent.counts().parked:
        shown.append(await follower.say("继续"))
    assert len(shown) == 3
    text = "".join(part or "" for part in shown)
    for mark in (said("earlier"), said("continued_asked"), "（2/3）", "（3/3）", "\n"):
        text = text.replace(mark, "")
    assert text == LONG
    assert [incoming.kind for incoming in silent.flow.effects] == ["text", "event", "event"]


async def test_jixu_with_nothing_owed_is_an_ordinary_message(silent: World) -> None:
    assert await silent.follower().say("继续") == "答：继续"


async def test_three_deliveries_bring_the_same_owed_text_and_it_is_sent_once(silent: World) -> None:
    follower = silent.follower("oA")
    await silent.too_late(follower, "怎么导入")
    body = follower.body({"MsgType": "text", "Content": "在吗", "MsgId": "78"})
    silent.flow.delay = 0.05
    answers = await asyncio.gather(*(follower.deliver(body) for _ in range(3)))
    assert len({answer.text for answer in answers}) == 1
    assert "答：怎么导入" in answers[0].text
    assert (silent.counts().sent, silent.counts().parked) == (2, 0)  # the promise and its text


async def test_an_owed_text_whose_carrier_never_arrived_is_owed_again(silent: World) -> None:
    follower = silent.follower("oA")
    await silent.too_late(follower, "怎么导入")
    body = follower.body({"MsgType": "text", "Content": "在吗", "MsgId": "78"})
    await silent.unheard(follower.deliver(body))
    await eventually(lambda: (silent.counts().leased, silent.counts().parked) == (1, 0), "the answer has been made")
    assert await silent.work(timedelta(seconds=61)) == ["parked", "sent"]  # nobody has heard the answer to 在吗 either
    shown = str(await follower.say("还在吗"))
    assert shown.index("答：怎么导入") < shown.index("答：在吗")


async def test_outside_the_window_a_text_waits_for_the_follower(wechat: World) -> None:
    wechat.flow.script = lambda incoming: (Reply(LONG),)
    follower = wechat.follower("oA")
    await follower.say("怎么备份")
    assert await wechat.work(timedelta(hours=49)) == ["parked", "parked"]
    wechat.flow.script = lambda incoming: (Reply("在。"),)
    shown = await follower.say("在吗")
    assert shown is not None
    assert shown.startswith(said("earlier"))
    assert set(await wechat.work()) == {"sent"}
    assert wechat.counts().parked == 0


async def test_when_the_quota_is_used_up_the_rest_waits_and_nothing_is_called_sent(wechat: World) -> None:
    wechat.flow.script = lambda incoming: (Reply(LONG * 4),)
    await wechat.follower("oA").say("怎么备份")
    verdicts = await wechat.work()
    assert verdicts.count("sent") == 5
    assert set(verdicts[5:]) == {"parked"}
    assert wechat.counts().sent == len(wechat.server.texts_to("oA")) == 5


# ---- things that are not words


@pytest.mark.parametrize(
    ("fields", "kind", "payload"),
    [
        ({"MsgType": "image", "MediaId": "m1", "PicUrl": "http://169.254.169.254/"}, "image", {"media_id": "m1"}),
        ({"MsgType": "voice", "MediaId": "m2", "Format": "amr"}, "voice", {"media_id": "m2"}),
        (
            {"MsgType": "location", "Location_X": "23.13", "Location_Y": "113.35", "Label": "三号工地"},
            "location",
            {"latitude": 23.13, "longitude": 113.35},
        ),
        ({"MsgType": "link", "Title": "题", "Url": "http://x"}, "link", {"url": "http://x"}),
        ({"MsgType": "video", "MediaId": "m3"}, "video", {"media_id": "m3"}),
        ({"MsgType": "shortvideo", "MediaId": "m4"}, "video", {"media_id": "m4"}),
        ({"MsgType": "file", "Title": "报错.log"}, "file", {}),
        ({"MsgType": "miniprogrampage", "Title": "题"}, "other", {"msg_type": "miniprogrampage"}),
    ],
)
async def test_what_is_not_words_is_stored_and_politely_acknowledged(
    wechat: World, fields: dict[str, str], kind: str, payload: dict[str, object]
) -> None:
    assert await wechat.follower().send({**fields, "MsgId": "5"}) == said(f"{kind}_received")
    [stored] = wechat.flow.effects
    assert (stored.kind, stored.payload) == (kind, payload)


async def test_a_picture_for_a_human_is_not_commented_on(wechat: World) -> None:
    follower = wechat.follower("oA")
    await follower.say("转人工")
    with wechat.database.write() as session:
        found = conversations.find(session, "wechat", "oA")
        assert found is not None
        conversations.update(session, found.id, {"state": "waiting"}, now=wechat.clock())
    assert await follower.send({"MsgType": "image", "MediaId": "m1", "MsgId": "6"}) is None
    with wechat.database.read() as session:
        assert messages.latest(session, found.id, limit=1)[0].kind == "image"


async def test_recognised_speech_is_words(wechat: World) -> None:
    spoken = {"MsgType": "voice", "MediaId": "m2", "Recognition": "项目打不开", "MsgId": "5"}
    assert await wechat.follower().send(spoken) == "答：项目打不开"


async def test_events(wechat: World) -> None:
    follower = wechat.follower()
    assert await follower.event("subscribe", "qrscene_12") == said("subscribe")
    assert await follower.event("SCAN", "12") == said("scan")
    assert await follower.event("CLICK", "人工服务") == "答：人工服务"
    assert await follower.event("unsubscribe") is None
    assert await follower.event("VIEW", "http://x") is None
    assert await follower.event("TEMPLATESENDJOBFINISH") is None
    assert [incoming.text for incoming in wechat.flow.effects] == ["人工服务"]


async def test_the_same_click_delivered_twice_is_one_event(wechat: World) -> None:
    follower = wechat.follower()
    body = follower.body({"MsgType": "event", "Event": "CLICK", "EventKey": "人工服务"})
    answers = [await follower.deliver(body), await follower.deliver(body)]
    assert answers[0].text == answers[1].text
    assert len(wechat.flow.effects) == 1


async def test_the_channels_own_words_follow_the_conversation(wechat: World) -> None:
    follower = wechat.follower("oA")
    await follower.say("在嗎")
    with wechat.database.write() as session:
        found = conversations.find(session, "wechat", "oA")
        assert found is not None
        conversations.update(session, found.id, {"script": "hant", "region": "tw"}, now=wechat.clock())
    shown = await follower.send({"MsgType": "image", "MediaId": "m1", "MsgId": "6"})
    assert shown is not None
    assert shown.startswith("圖片已經收到")


# ---- when things go wrong


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"not xml",
        b"<xml/>",
        b'{"MsgType": "text"}',
        b"\xff\xfe\x00\x00",
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml>&a;</xml>',
        b"<xml>" + b"x" * 70_000 + b"</xml>",
    ],
)
async def test_a_signed_body_of_no_use_is_answered_with_success(wechat: World, junk: bytes) -> None:
    response = await wechat.follower().deliver(junk)
    assert (response.status_code, response.text) == (200, "success")
    assert wechat.flow.received == []


@given(junk=st.binary(max_size=300), query=st.dictionaries(st.text(max_size=12), st.text(max_size=12), max_size=3))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_body_and_no_query_ever_make_a_server_error(wechat: World, junk: bytes, query: dict[str, str]) -> None:
    follower = wechat.follower()
    assert (await follower.deliver(junk, {**query, **follower.query()})).status_code == 200
    unsigned = {name: value for name, value in query.items() if name != "signature"} or {"signature": "x"}
    assert (await follower.deliver(junk, unsigned)).status_code == 403


@pytest.mark.parametrize("failure", [StoreBusy("locked"), RuntimeError("boom")])
async def test_a_message_that_could_not_be_stored_is_not_acknowledged(wechat: World, failure: Exception) -> None:
    follower = wechat.follower()
    body = follower.body({"MsgType": "text", "Content": "在吗", "MsgId": "9"})
    wechat.flow.failure = failure
    assert said("not_stored") in (await follower.deliver(body)).text
    wechat.flow.failure = None
    assert "答：在吗" in (await follower.deliver(body)).text


async def test_a_text_that_the_flow_refuses_is_answered_with_the_reason(wechat: World) -> None:
    wechat.flow.failure = TooLarge(limit=2000)
    assert await wechat.follower().say("长" * 600) == WORDING.text("errors.too_large", limit=2000)


async def test_another_text_under_a_known_message_id_changes_nothing(wechat: World) -> None:
    wechat.flow.failure = ConflictingRepeat("stored before")
    follower = wechat.follower()
    assert await follower.say("在吗") is None
    assert follower.unavailable == 0


async def test_a_slow_database_makes_wechat_deliver_again_and_nothing_is_doubled(tmp_path: Path) -> None:
    async with world(tmp_path, deadline=1.0, cut=1.5) as wechat:
        follower, receive = wechat.follower("oA"), wechat.flow.receive

        async def slowly(incoming: Incoming) -> Accepted:
            await eventually(lambda: follower.deliveries > 1, "WeChat delivers again")
            return await receive(incoming)

        wechat.flow.receive = slowly  # type: ignore[method-assign]
        await follower.say("怎么导入")
        assert follower.unavailable == 0
        assert follower.deliveries > 1
        assert len(wechat.flow.effects) == 1


async def test_the_token_is_not_shown_with_the_settings(wechat: World) -> None:
    assert TOKEN not in repr(wechat.settings)
    assert "s3" not in repr(wechat.settings)
