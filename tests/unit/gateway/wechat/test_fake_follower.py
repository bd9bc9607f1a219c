"""The fake follower delivers, wraps and reads as the documentation says; the pages are named in the modules."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta, timezone

import httpx2
import pytest
from defusedxml.ElementTree import fromstring

from desk.clock import FixedClock
from gateway.channels.wechat.fake import FakeWeChat
from gateway.channels.wechat.fakes import wire as fake_wire
from gateway.channels.wechat.fakes.crypto import FakeCrypto, Unreadable, new_key
from gateway.channels.wechat.fakes.follower import ACCOUNT, FakeFollower
from gateway.channels.wechat.fakes.pushes import Choice
from gateway.channels.wechat.fakes.wire import Mode
from gateway.channels.wechat.wire.signature import sign

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)
TOKEN, APP_ID = "gongda2026", "wx1"
KEY = new_key()
CRYPTO = FakeCrypto(TOKEN, KEY, APP_ID)
Handler = Callable[[httpx2.Request], Coroutine[None, None, httpx2.Response]]


def reply(text: str, kind: str = "text", inner: str = "", to: str = "oA") -> str:
    return (
        f"<xml><ToUserName><![CDATA[{to}]]></ToUserName><FromUserName>{ACCOUNT}</FromUserName>"
        f"<CreateTime>1</CreateTime><MsgType>{kind}</MsgType><Content><![CDATA[{text}]]></Content>{inner}</xml>"
    )


def follower(answer: Handler | str | tuple[int, str], mode: Mode = "plain", cut: float = 5.0) -> FakeFollower:
    async def fixed(request: httpx2.Request) -> httpx2.Response:
        assert not callable(answer)
        status, text = (200, answer) if isinstance(answer, str) else answer
        return httpx2.Response(status, content=text.encode())

    transport = httpx2.MockTransport(answer if callable(answer) else fixed)
    http = httpx2.AsyncClient(transport=transport, base_url="http://us")
    clock = FixedClock(NOW)
    server = FakeWeChat(clock, APP_ID, "s3")
    return FakeFollower(http, TOKEN, clock, "oA", server, cut=cut, mode=mode, aes_key=KEY, app_id=APP_ID)


# -- deliveries: https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_standard_messages.html


async def test_a_message_is_delivered_three_times_and_then_the_red_sentence_is_shown() -> None:
    async def silent(request: httpx2.Request) -> httpx2.Response:
        await asyncio.sleep(10)
        raise AssertionError("nobody waits that long")

    phone = follower(silent, cut=0.01)
    assert await phone.say("在吗") is None
    assert (phone.deliveries, phone.unavailable) == (3, 1)


async def test_the_first_answer_in_time_is_shown_and_nothing_is_delivered_after_it() -> None:
    seen: list[httpx2.Request] = []

    async def second_time(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        await asyncio.sleep(10 if len(seen) == 1 else 0)
        return httpx2.Response(200, content=reply("在").encode())

    phone = follower(second_time, cut=0.02)
    assert await phone.say("在吗") == "在"
    assert (phone.deliveries, phone.unavailable, phone.chat) == (2, 0, ["在"])


async def test_a_broken_connection_is_tried_again_when_the_time_is_over() -> None:
    async def refused(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("nobody listens")

    phone, began = follower(refused, cut=0.05), asyncio.get_running_loop().time()
    await phone.say("在吗")
    assert (phone.deliveries, phone.unavailable) == (3, 1)
    assert asyncio.get_running_loop().time() - began >= 0.15


async def test_every_delivery_has_its_own_nonce_and_signature_and_the_same_message() -> None:
    seen: list[httpx2.Request] = []

    async def silent(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        raise httpx2.ReadError("cut")

    await follower(silent, cut=0.01).say("在吗")
    assert len({request.url.params["nonce"] for request in seen}) == 3
    assert len({request.content for request in seen}) == 1
    for request in seen:
        query = request.url.params
        assert query["signature"] == sign(TOKEN, query["timestamp"], query["nonce"])


# -- answers: https://developers.weixin.qq.com/doc/service/en/guide/product/message/Passive_user_reply_message.html


@pytest.mark.parametrize("silence", ["", "success"])
async def test_success_and_an_empty_body_show_nothing(silence: str) -> None:
    phone = follower(silence)
    assert await phone.say("在吗") is None
    assert (phone.unavailable, phone.shown[-1].kind) == (0, "nothing")


@pytest.mark.parametrize(
    "wrong",
    [
        '{"errcode": 0}',
        "<html>",
        "Success",
        reply(""),
        reply("字" * 683),
        reply("x", to="oSomebodyElse"),
        reply("x", kind="markdown"),
        reply("a]]>b"),
        '<!DOCTYPE x [<!ENTITY e "e">]><xml>&e;</xml>',
        (500, reply("x")),
        (404, "not found"),
    ],
)
async def test_anything_else_shows_the_red_sentence(wrong: str | tuple[int, str]) -> None:
    phone = follower(wrong)
    assert await phone.say("在吗") is None
    assert (phone.unavailable, phone.chat) == (1, [])


async def test_the_longest_text_is_shown() -> None:
    assert await follower(reply("字" * 682)).say("在吗") == "字" * 682


async def test_a_transfer_to_an_agent_is_understood_but_not_as_an_answer_to_an_event() -> None:
    transfer = reply("", "transfer_customer_service", "<TransInfo><KfAccount>li@gh</KfAccount></TransInfo>")
    phone = follower(transfer)
    await phone.say("转人工")
    assert (phone.shown[-1].kind, phone.shown[-1].kf_account) == ("transfer", "li@gh")
    await phone.press("转人工")
    assert phone.unavailable == 1


async def test_a_picture_as_an_answer_needs_its_media_id() -> None:
    phone = follower(reply("", "image", "<Image><MediaId>m1</MediaId></Image>"))
    await phone.say("图")
    assert (phone.shown[-1].kind, phone.shown[-1].media_id) == ("image", "m1")


# -- modes: https://developers.weixin.qq.com/doc/subscription/guide/dev/push/encryption.html


def sealed(text: str, signature: str = "") -> str:
    encrypted = CRYPTO.encrypt(reply(text).encode())
    signature = signature or CRYPTO.signature("1", "2", encrypted)
    fields = {"Encrypt": encrypted, "MsgSignature": signature, "TimeStamp": "1", "Nonce": "2"}
    return fake_wire.xml(fields).decode()


async def test_in_secure_mode_only_the_account_is_readable_and_the_signature_covers_the_rest() -> None:
    seen: list[httpx2.Request] = []

    async def keep(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, content=b"success")

    await follower(keep, "secure").say("在吗")
    root, query = fromstring(seen[0].content), seen[0].url.params
    assert [child.tag for child in root] == ["ToUserName", "Encrypt"]
    encrypted = root.findtext("Encrypt") or ""
    assert query["encrypt_type"] == "aes"
    assert query["msg_signature"] == CRYPTO.signature(query["timestamp"], query["nonce"], encrypted)
    assert fromstring(CRYPTO.decrypt(encrypted)).findtext("Content") == "在吗"


async def test_in_compatible_mode_both_are_there_and_both_kinds_of_answer_count() -> None:
    seen: list[httpx2.Request] = []

    async def keep(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, content=(sealed("密") if len(seen) == 1 else reply("明")).encode())

    phone = follower(keep, "compatible")
    assert [await phone.say("一"), await phone.say("二")] == ["密", "明"]
    root = fromstring(seen[0].content)
    assert root.findtext("Content") == "一"
    assert fromstring(CRYPTO.decrypt(root.findtext("Encrypt") or "")).findtext("Content") == "一"


async def test_in_secure_mode_a_readable_or_wrongly_signed_answer_shows_the_red_sentence() -> None:
    assert await follower(sealed("好"), "secure").say("在吗") == "好"
    for wrong in (reply("好"), sealed("好", signature="0" * 40)):
        phone = follower(wrong, "secure")
        assert await phone.say("在吗") is None
        assert phone.unavailable == 1


def test_what_was_encrypted_for_another_account_cannot_be_read() -> None:
    encrypted = FakeCrypto(TOKEN, KEY, "wx2").encrypt(b"x")
    with pytest.raises(Unreadable):
        CRYPTO.decrypt(encrypted)


@pytest.mark.parametrize("length", [0, 1, 11, 12, 13, 31, 32, 33, 4096])
def test_a_message_of_any_length_comes_back(length: int) -> None:
    assert CRYPTO.decrypt(CRYPTO.encrypt(b"x" * length)) == b"x" * length


# -- windows: https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage


@pytest.mark.parametrize(
    ("do", "left"),
    [
        (lambda phone: phone.say("在吗"), 5),
        (lambda phone: phone.picture(b"\x89PNG"), 5),
        (lambda phone: phone.press("查工单"), 3),
        (lambda phone: phone.subscribe(), 3),
        (lambda phone: phone.scan("7"), 3),
        (lambda phone: phone.visit("https://example.com"), 0),
        (lambda phone: phone.choose(Choice("1", "导出")), 0),
    ],
)
async def test_what_one_does_opens_its_window(do: Callable[[FakeFollower], Awaitable[object]], left: int) -> None:
    phone = follower("success")
    await do(phone)
    assert phone.server is not None
    assert phone.server.windows.left("oA") == left


async def test_who_unsubscribes_cannot_be_sent_anything() -> None:
    phone = follower("success")
    await phone.say("在吗")
    await phone.unsubscribe()
    assert phone.server is not None
    assert not phone.server.windows.follows("oA")


async def test_fields_are_those_of_the_documentation() -> None:
    bodies: list[dict[str, str]] = []

    async def keep(request: httpx2.Request) -> httpx2.Response:
        bodies.append({child.tag: child.text or "" for child in fromstring(request.content)})
        return httpx2.Response(200, content=b"success")

    phone = follower(keep)
    await phone.subscribe("7", "gQ1")
    await phone.place(31.2, 121.5, "一号工地")
    await phone.voice("导出报错")
    await phone.picture(b"\x89PNG")
    subscribed, place, voice, picture = bodies
    assert (subscribed["Event"], subscribed["EventKey"], subscribed["Ticket"]) == ("subscribe", "qrscene_7", "gQ1")
    assert "MsgId" not in subscribed
    assert (place["Location_X"], place["Location_Y"], place["Label"]) == ("31.200000", "121.500000", "一号工地")
    assert (voice["Recognition"], voice["Format"]) == ("导出报错", "amr")
    assert phone.server is not None
    assert phone.server.media.get(picture["MediaId"]).data == b"\x89PNG"


async def test_a_picture_is_gone_after_three_days() -> None:
    phone = follower("success")
    await phone.picture(b"\x89PNG")
    assert isinstance(phone.clock, FixedClock)
    phone.clock.advance(timedelta(days=3))
    assert phone.server is not None
    with pytest.raises(Exception, match="invalid media_id"):
        phone.server.media.get("media_image_000001")
