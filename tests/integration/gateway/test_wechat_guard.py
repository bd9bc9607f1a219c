from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.channels.wechat.fakes.crypto import FakeCrypto
from gateway.channels.wechat.fakes.follower import FakeFollower
from gateway.channels.wechat.fakes.wire import Mode, Wire
from gateway.channels.wechat.wire.signature import sign
from tests.integration.gateway.wechat_world import TOKEN, World, world

KEY, OLD_KEY, OTHER_KEY = "A" * 43, "B" * 43, "C" * 43
OLD_TOKEN = "gongda2025"
TEXT = {"MsgType": "text", "Content": "我的电话是 13800138000", "MsgId": "1"}


@pytest.fixture
async def plain(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, body_patience=0.2) as made:
        yield made


@pytest.fixture
async def secure(tmp_path: Path) -> AsyncIterator[World]:
    """安全模式 while token and key are being changed."""
    async with world(tmp_path, mode="secure", aes_key=KEY, previous_aes_key=OLD_KEY, previous_token=OLD_TOKEN) as made:
        yield made


@pytest.fixture
async def compatible(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, mode="compatible", aes_key=KEY) as made:
        yield made


def follower(wechat: World, mode: Mode = "secure", key: str = KEY, token: str = TOKEN) -> FakeFollower:
    return FakeFollower(
        wechat.http, token, wechat.clock, "oFollower1", wechat.server, mode=mode, aes_key=key, app_id="wx1"
    )


def wire(wechat: World, mode: Mode, key: str = KEY, app_id: str = "wx1") -> Wire:
    return Wire(TOKEN, wechat.clock, mode, FakeCrypto(TOKEN, key, app_id))


def fields(wechat: World, **changes: str) -> dict[str, str]:
    created = str(int(wechat.clock().timestamp()))
    return {"ToUserName": "gh_fake", "FromUserName": "oFollower1", "CreateTime": created, **TEXT, **changes}


async def post(wechat: World, query: Mapping[str, str], body: bytes) -> tuple[int, str]:
    response = await wechat.http.post("/wechat", params=query, content=body)
    return response.status_code, response.text


class Asgi:
    """One request by hand: `chunks` arrive one after the other, then nothing more."""

    def __init__(self, query: str, chunks: int, chunk: bytes = b"x" * 1000) -> None:
        self.scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
            "path": "/wechat", "raw_path": b"/wechat", "query_string": query.encode(), "headers": [],
            "client": ("192.0.2.1", 1), "server": ("us", 80), "root_path": "",
        }  # fmt: skip
        self.chunks = chunks
        self.chunk = chunk
        self.read = 0
        self.answer: list[dict[str, Any]] = []

    async def run(self, app: Any) -> tuple[int, bytes]:
        await asyncio.wait_for(app(self.scope, self._receive, self._send), 3.0)
        return self.answer[0]["status"], self.answer[1]["body"]

    async def _receive(self) -> dict[str, Any]:
        if self.read >= self.chunks:
            await asyncio.Event().wait()
        self.read += 1
        return {"type": "http.request", "body": self.chunk, "more_body": True}

    async def _send(self, message: dict[str, Any]) -> None:
        self.answer.append(message)


# ---- the three modes


async def test_in_secure_mode_a_conversation_goes_on_as_in_any_other(secure: World) -> None:
    someone = follower(secure)
    assert await someone.say("导入报错") == "答：导入报错"
    assert await someone.event("CLICK", "人工服务") == "答：人工服务"
    assert someone.unavailable == 0
    assert [heard.text for heard in secure.flow.effects] == ["导入报错", "人工服务"]


@pytest.mark.parametrize(("key", "token"), [(KEY, OLD_TOKEN), (OLD_KEY, TOKEN), (OLD_KEY, OLD_TOKEN)])
async def test_while_keys_change_the_answer_is_sealed_with_those_that_came(secure: World, key: str, token: str) -> None:
    assert await follower(secure, key=key, token=token).say("在吗") == "答：在吗"


async def test_in_compatible_mode_both_kinds_are_answered(compatible: World) -> None:
    assert await follower(compatible, "compatible").say("在吗") == "答：在吗"
    assert await follower(compatible, "plain").say("还在吗") == "答：还在吗"


@pytest.mark.parametrize("mode", ["secure", "compatible"])
async def test_the_url_check_stays_plain(secure: World, mode: Mode) -> None:
    query = {**wire(secure, mode).query(), "echostr": "4375120948345356249"}
    response = await secure.http.get("/wechat", params=query)
    assert (response.status_code, response.text) == (200, "4375120948345356249")


async def test_the_readable_half_may_say_what_it_likes(compatible: World) -> None:
    packet = wire(compatible, "compatible").wrap(fields(compatible, Content="密文"))
    shown = packet.body.replace(b"</xml>", b"").replace("密文".encode(), "改过的明文".encode()) + b"</xml>"
    await post(compatible, packet.query, shown)
    assert [heard.text for heard in compatible.flow.effects] == ["密文"]


# ---- forged


async def test_taking_the_encryption_off_is_refused(secure: World) -> None:
    for mode in ("plain", "compatible"):
        packet = wire(secure, "compatible").wrap(fields(secure))
        body = packet.body[: packet.body.index(b"<Encrypt>")] + b"</xml>"
        query = packet.query if mode == "compatible" else wire(secure, "plain").query()
        assert await post(secure, query, body) == (403, "refused")
    assert secure.flow.received == []


@pytest.mark.parametrize(("key", "app_id"), [(OTHER_KEY, "wx1"), (KEY, "wx2")])
async def test_what_is_encrypted_for_somebody_else_is_refused(
    secure: World, key: str, app_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    packet = wire(secure, "secure", key, app_id).wrap(fields(secure))
    assert await post(secure, packet.query, packet.body) == (403, "refused")
    assert "GONGDA_WECHAT_A" in caplog.text
    assert secure.flow.received == []


@pytest.mark.parametrize("spoilt", ["signature", "timestamp", "nonce", "msg_signature"])
async def test_no_part_of_the_address_may_be_changed_or_missing(secure: World, spoilt: str) -> None:
    packet = wire(secure, "secure").wrap(fields(secure))
    changed = {**packet.query, spoilt: packet.query[spoilt][:-1] + ("0" if packet.query[spoilt][-1] != "0" else "1")}
    missing = {name: value for name, value in packet.query.items() if name != spoilt}
    for query in (changed, missing):
        assert await post(secure, query, packet.body) == (403, "refused")
    doubled = urlencode([*packet.query.items(), (spoilt, packet.query[spoilt])])
    response = await secure.http.post(f"/wechat?{doubled}", content=packet.body)
    assert response.status_code == 403
    assert secure.flow.received == []


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_flipped_bit_of_the_body_has_an_effect(secure: World, place: int, bit: int) -> None:
    before = len(secure.flow.received)
    packet = wire(secure, "secure").wrap(fields(secure))
    start, end = packet.body.index(b"<Encrypt>") + 18, packet.body.index(b"]]></Encrypt>")
    spoilt = bytearray(packet.body)
    spoilt[start + place % (end - start)] ^= 1 << bit
    status, text = await post(secure, packet.query, bytes(spoilt))
    assert (status, text) in ((403, "refused"), (200, "success"))
    assert len(secure.flow.received) == before


# ---- replayed


async def test_a_known_signature_with_another_body_is_refused_and_the_first_stays_good(plain: World) -> None:
    query = wire(plain, "plain").query()
    said, forged = (plain.follower().body({**TEXT, "Content": text}) for text in ("在吗", "我要退款"))
    first = await post(plain, query, said)
    assert await post(plain, query, forged) == (403, "refused")
    assert await post(plain, query, forged.replace(b"<MsgId><![CDATA[1", b"<MsgId><![CDATA[2")) == (403, "refused")
    assert await post(plain, query, said) == first
    assert [heard.text for heard in plain.flow.effects] == ["在吗"]


async def test_junk_under_a_signature_takes_nobodys_place(plain: World) -> None:
    query = wire(plain, "plain").query()
    assert await post(plain, query, b"<xml/>") == (200, "success")
    status, text = await post(plain, query, plain.follower().body(TEXT))
    assert status == 200
    assert "答：" in text


async def test_wechats_own_repeats_with_new_signatures_share_one_answer(secure: World) -> None:
    packets = [wire(secure, "secure").wrap(fields(secure)) for _ in range(3)]
    answers = await asyncio.gather(*(post(secure, packet.query, packet.body) for packet in packets))
    assert {status for status, _ in answers} == {200}
    assert len(secure.flow.effects) == 1


# ---- odd, slow, huge


async def test_what_is_not_signed_is_refused_before_its_body_is_read(plain: World) -> None:
    for query in ("", "signature=x", urlencode({**wire(plain, "plain").query(), "nonce": "7"}), "a" * 60_000):
        request = Asgi(query, chunks=10)
        assert await request.run(plain.process.app) == (403, b"refused")
        assert request.read == 0


async def test_a_body_that_does_not_end_is_given_up(plain: World) -> None:
    request = Asgi(urlencode(wire(plain, "plain").query()), chunks=3)
    assert await request.run(plain.process.app) == (200, b"success")


async def test_a_body_that_is_too_large_is_not_read_to_its_end(plain: World) -> None:
    request = Asgi(urlencode(wire(plain, "plain").query()), chunks=10_000)
    assert await request.run(plain.process.app) == (200, b"success")
    assert request.read <= 66


@pytest.mark.parametrize(
    "query",
    [
        "signature=%FF%FE&timestamp=1&nonce=2",
        "signature=签名&timestamp=时间&nonce=数",
        "signature=%ED%A0%80&timestamp=%00&nonce=%0D%0A",
        "signature[]=a&timestamp[]=1&nonce[]=2",
        "signature&timestamp&nonce",
        "signature=" + "a" * 40 + "&timestamp=" + "1" * 50_000 + "&nonce=1",
    ],
)
async def test_odd_addresses_are_refused(plain: World, query: str) -> None:
    for method in ("GET", "POST"):
        response = await plain.http.request(method, f"/wechat?{query}", content=b"<xml/>")
        assert (response.status_code, response.text) == (403, "refused")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD"])
async def test_other_methods_are_not_taken(plain: World, method: str) -> None:
    response = await plain.http.request(method, "/wechat", params=wire(plain, "plain").query())
    assert response.status_code == 405


async def test_a_body_in_another_encoding_or_form_is_ignored(plain: World) -> None:
    xml = plain.follower().body(TEXT).decode()
    junk = [
        xml.encode("gbk"),
        ('<?xml version="1.0" encoding="GBK"?>' + xml).encode("gbk"),
        xml.encode("utf-16"),
        b'{"MsgType": "text", "MsgId": 1}',
        xml.replace("<xml>", '<!DOCTYPE xml [<!ENTITY a "b">]><xml>').encode(),
        xml.replace("</xml>", "<MsgId>2</MsgId></xml>").encode(),
        xml.replace("电话", "\x00").encode(),
        xml.replace("电话", "\ud800").encode("utf-8", "surrogatepass"),
        xml.replace("电话", "]]>&#xD800;<![CDATA[").encode(),
    ]
    for body in junk:
        assert await post(plain, wire(plain, "plain").query(), body) == (200, "success")
    assert plain.flow.received == []


async def test_an_encrypted_body_without_a_key_is_refused_with_the_remedy(
    plain: World, caplog: pytest.LogCaptureFixture
) -> None:
    packet = wire(plain, "secure").wrap(fields(plain))
    assert await post(plain, packet.query, packet.body) == (403, "refused")
    assert "GONGDA_WECHAT_AES_KEY" in caplog.text


async def test_nothing_secret_is_logged_whatever_comes(secure: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="gateway")
    good = wire(secure, "secure").wrap(fields(secure))
    for query in (good.query, {**good.query, "nonce": "1"}, {**good.query, "msg_signature": "1"}, {}):
        for body in (good.body, good.body[:-9], b"<xml><Content>13800138000</Content></xml>", b"13800138000"):
            await post(secure, query, body)
    for packet in (wire(secure, "secure", OTHER_KEY), wire(secure, "secure", KEY, "wx2")):
        wrapped = packet.wrap(fields(secure))
        await post(secure, wrapped.query, wrapped.body)
    assert caplog.records
    for secret in (TOKEN, OLD_TOKEN, KEY, OLD_KEY, "13800138000", good.query["signature"], good.query["msg_signature"]):
        assert secret not in caplog.text


async def test_a_flood_of_forgeries_is_a_few_lines_in_the_log(plain: World, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(200):
        await post(plain, {"signature": sign("guess", "1", str(number)), "timestamp": "1", "nonce": str(number)}, b"")
    assert len(caplog.records) == 1
