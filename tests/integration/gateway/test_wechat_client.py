from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from desk import conversations, outbox
from desk.clock import FixedClock
from desk.outbox import Delivery
from gateway.channels.wechat.calls.client import WeChatClient
from gateway.channels.wechat.delivering import delivery
from gateway.channels.wechat.errors import (
    ApiError,
    OutOfWindow,
    QuotaUsed,
    RecipientGone,
    TextRefused,
    TokenRejected,
    WeChatUnavailable,
)
from gateway.channels.wechat.settings import WeChatSettings
from tests.integration.gateway.wechat_world import NOW, World, world

SETTINGS = WeChatSettings(token="gongda2026", app_id="wx1", app_secret="s3", customer_service=True)


@pytest.fixture
async def wechat(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as made:
        made.server.heard("oA")
        yield made


def answering(status: int, body: bytes) -> WeChatClient:
    """A client whose server always gives the same answer."""
    transport = httpx2.MockTransport(lambda request: httpx2.Response(status, content=body))
    return WeChatClient(SETTINGS, httpx2.AsyncClient(transport=transport, base_url="http://x"), FixedClock(NOW))


def queued(wechat: World, text: str = "你好") -> Delivery:
    """One leased row for the follower oA."""
    with wechat.database.write() as session:
        conversation = conversations.open_for(session, "wechat", "oA", now=wechat.clock())
        for draft in delivery.drafts(text, openid="oA", conversation_id=conversation.id, key=text[:20]):
            outbox.enqueue(session, draft, now=wechat.clock())
        return outbox.lease(session, now=wechat.clock())[0]


async def deliver(wechat: World, row: Delivery) -> str:
    return await delivery.deliver(row, wechat.client, wechat.database, wechat.clock)


async def test_a_text_arrives_as_it_is(wechat: World) -> None:
    await wechat.client.send_text("oA", "编码 \\u4f60 与“引号”\n😀")
    assert wechat.server.texts_to("oA") == ["编码 \\u4f60 与“引号”\n😀"]


async def test_a_hundred_senders_fetch_one_token(wechat: World) -> None:
    wechat.server.latency = 0.01
    for number in range(100):
        wechat.server.heard(f"o{number}")
    await asyncio.gather(*(wechat.client.send_text(f"o{number}", "x") for number in range(100)))
    assert len(wechat.server.sent) == 100
    assert wechat.server.tokens_fetched == 1


async def test_a_hundred_senders_renew_a_revoked_token_once(wechat: World) -> None:
    await wechat.client.send_text("oA", "x")
    wechat.server.revoke()
    wechat.server.latency = 0.01
    for number in range(100):
        wechat.server.heard(f"o{number}")
    await asyncio.gather(*(wechat.client.send_text(f"o{number}", "x") for number in range(100)))
    assert wechat.server.tokens_fetched == 2


async def test_a_token_is_renewed_before_it_ends(wechat: World) -> None:
    await wechat.client.send_text("oA", "x")
    wechat.clock.advance(timedelta(seconds=7200 - 299))
    await wechat.client.send_text("oA", "y")
    assert wechat.server.tokens_fetched == 2


async def test_a_token_that_is_refused_twice_is_reported() -> None:
    asked: list[str] = []

    def refuse(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.path.rsplit("/", 1)[-1])
        token = {"access_token": "t", "expires_in": 7200}
        return httpx2.Response(200, json=token if asked[-1] == "stable_token" else {"errcode": 40001, "errmsg": "no"})

    http = httpx2.AsyncClient(transport=httpx2.MockTransport(refuse), base_url="http://x")
    with pytest.raises(TokenRejected, match="40001"):
        await WeChatClient(SETTINGS, http, FixedClock(NOW)).send_text("oA", "x")
    assert asked == ["stable_token", "send", "stable_token", "stable_token", "send"]  # the third one is forced


async def test_the_sixth_message_is_over_the_quota_and_a_new_one_of_the_follower_fills_it(wechat: World) -> None:
    for _ in range(5):
        await wechat.client.send_text("oA", "x")
    with pytest.raises(QuotaUsed):
        await wechat.client.send_text("oA", "x")
    wechat.server.heard("oA")
    await wechat.client.send_text("oA", "x")


async def test_after_48_hours_the_window_is_shut(wechat: World) -> None:
    wechat.clock.advance(timedelta(hours=48, seconds=1))
    with pytest.raises(OutOfWindow):
        await wechat.client.send_text("oA", "x")


async def test_who_has_left_gets_nothing(wechat: World) -> None:
    wechat.server.left("oA")
    with pytest.raises(RecipientGone):
        await wechat.client.send_text("oA", "x")


async def test_a_text_that_is_too_long_is_refused(wechat: World) -> None:
    with pytest.raises(TextRefused):
        await wechat.client.send_text("oA", "字" * 700)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (502, b"bad gateway"),
        (200, b""),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'"ok"'),
        (200, b'{"errcode": "0"}'),
        (200, b"{}"),
        (200, b'{"access_token": "", "expires_in": 7200}'),
        (200, b'{"access_token": "t", "expires_in": "long"}'),
        (200, b'{"access_token": "t", "expires_in": 7200}'),  # a token, but never an errcode 0 for the message
        (302, b""),
    ],
)
async def test_an_answer_that_is_not_as_documented_is_no_success(status: int, body: bytes) -> None:
    with pytest.raises(WeChatUnavailable):
        await answering(status, body).send_text("oA", "x")


async def test_an_unknown_errcode_is_an_error_too() -> None:
    with pytest.raises(ApiError, match="99999"):
        await answering(200, b'{"errcode": 99999, "errmsg": "?"}').send_text("oA", "x")


async def test_silence_is_unavailable() -> None:
    def silence(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadTimeout("too late", request=request)

    http = httpx2.AsyncClient(transport=httpx2.MockTransport(silence), base_url="http://x")
    with pytest.raises(WeChatUnavailable, match="ReadTimeout"):
        await WeChatClient(SETTINGS, http, FixedClock(NOW)).send_text("oA", "x")


async def test_no_error_names_the_token_or_the_secret() -> None:
    for body in (b'{"errcode": 40001, "errmsg": "no"}', b"<html>"):
        with pytest.raises(ApiError) as caught:
            await answering(200, body).send_text("oA", "x")
        assert "s3" not in str(caught.value)


# ---- rows of the outbox


async def test_a_row_is_sent_only_when_wechat_says_so(wechat: World) -> None:
    row = queued(wechat)
    wechat.server.broken = True
    assert await deliver(wechat, row) == "again"
    assert wechat.counts().sent == 0
    wechat.server.broken = False
    assert await wechat.work() == ["sent"]
    assert wechat.server.texts_to("oA") == ["你好"]


async def test_what_is_for_one_who_has_left_waits_until_they_come_back(wechat: World) -> None:
    row = queued(wechat)
    wechat.server.left("oA")
    assert await deliver(wechat, row) == "parked"
    assert wechat.counts().parked == 1


async def test_a_row_waits_when_the_account_turns_out_not_to_be_permitted(wechat: World) -> None:
    row = queued(wechat)
    wechat.server.permitted = False
    assert await deliver(wechat, row) == "parked"


async def test_a_lost_lease_is_told(wechat: World) -> None:
    row = queued(wechat)
    wechat.clock.advance(timedelta(seconds=61))
    with wechat.database.write() as session:
        outbox.lease(session, now=wechat.clock())
    assert await deliver(wechat, row) == "lost"


async def test_a_row_without_a_recipient_fails_for_good(wechat: World) -> None:
    with wechat.database.write() as session:
        draft = outbox.DeliveryDraft(delivery.KIND, "wechat", {"text": "x"}, "k1")
        outbox.enqueue(session, draft, now=wechat.clock())
        [row] = outbox.lease(session, now=wechat.clock())
    assert await deliver(wechat, row) == "failed"


def test_the_same_text_under_the_same_key_is_queued_once(wechat: World) -> None:
    queued(wechat, "长" * 1500)
    with wechat.database.write() as session:
        again = delivery.drafts("长" * 1500, openid="oA", conversation_id=1, key=("长" * 1500)[:20])
        assert len(again) == 3
        assert not any(outbox.enqueue(session, draft, now=wechat.clock()) for draft in again)
