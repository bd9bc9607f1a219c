"""The page of `gongda dev wechat`: what it lets one do, and what it shows."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import datetime, timezone
from html.parser import HTMLParser
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response

from desk.clock import FixedClock
from gateway.channels.wechat.fake import FakeWeChat
from gateway.channels.wechat.fakes.crypto import FakeCrypto, new_key
from gateway.channels.wechat.fakes.phone import FILES, Phone
from gateway.channels.wechat.fakes.wire import xml

KEY, TOKEN = new_key(), "dev2026"
PNG = b"\x89PNG\r\n\x1a\n"


class Page:
    """A browser without a window, and a gateway that answers as a test wants."""

    def __init__(self) -> None:
        clock = FixedClock(datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc))
        self.fake = FakeWeChat(clock, "wx1", "s3")
        self.answer: Response = PlainTextResponse("success")
        us = FastAPI()
        us.add_api_route("/wechat", self._check, methods=["GET"])
        us.add_api_route("/wechat", self._receive, methods=["POST"])
        gateway = httpx2.AsyncClient(transport=httpx2.ASGITransport(us), base_url="http://us")
        Phone(self.fake, gateway, TOKEN, KEY, "oDev", "secure").mount(self.fake.app)
        self.http = httpx2.AsyncClient(transport=httpx2.ASGITransport(self.fake.app), base_url="http://127.0.0.1")
        self.gateway_is_there = True

    async def _check(self, echostr: str) -> Response:
        return PlainTextResponse(echostr, status_code=200 if self.gateway_is_there else 404)

    async def _receive(self, request: Request) -> Response:
        return self.answer

    def answers(self, text: str) -> None:
        """In 安全模式."""
        crypto = FakeCrypto(TOKEN, KEY, "wx1")
        inner = {"ToUserName": "oDev", "FromUserName": "gh", "CreateTime": "1", "MsgType": "text", "Content": text}
        encrypted = crypto.encrypt(xml(inner))
        fields = {"Encrypt": encrypted, "MsgSignature": crypto.signature("1", "2", encrypted)}
        self.answer = Response(xml({**fields, "TimeStamp": "1", "Nonce": "2"}), media_type="application/xml")

    async def do(self, what: str, value: str = "", **more: str) -> int:
        answer = await self.http.post("/phone/do", json={"do": what, "value": value, **more})
        return answer.status_code

    async def state(self, after: int = 0) -> dict[str, Any]:
        return dict((await self.http.get("/phone/state", params={"after": str(after)})).json())

    async def bubbles(self, many: int) -> list[dict[str, Any]]:
        """Once there are so many, and none is being sent."""
        async with asyncio.timeout(5):
            while True:
                entries = (await self.state())["entries"]
                if len(entries) >= many and all(e["seconds"] is not None for e in entries if e["side"] == "me"):
                    return sorted(entries, key=lambda entry: int(entry["number"]))
                await asyncio.sleep(0.01)


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    made = Page()
    async with made.http:
        yield made


async def test_what_is_said_and_answered_are_two_bubbles_with_their_xml(page: Page) -> None:
    page.answers("请升级到 6.2")
    assert await page.do("text", "ERROR_403 怎么办") == 202
    mine, reply = await page.bubbles(2)
    assert (mine["text"], mine["deliveries"]) == ("ERROR_403 怎么办", 1)
    assert (reply["side"], reply["text"], reply["via"]) == ("account", "请升级到 6.2", "passive")
    assert "<Encrypt>" in mine["wire"][0]["body"]
    assert "请升级到 6.2" in reply["wire"][0]["body"]


async def test_an_answer_that_wechat_does_not_understand_is_the_red_sentence_with_its_reason(page: Page) -> None:
    page.answer = PlainTextResponse('{"ok": true}')
    await page.do("text", "在吗")
    _, reply = await page.bubbles(2)
    assert reply["kind"] == "red"
    assert "ParseError" in reply["why"]


async def test_success_is_shown_as_such_and_a_push_arrives_as_a_bubble(page: Page) -> None:
    await page.do("text", "在吗")
    await page.bubbles(2)
    token = page.fake.tokens.fetch(force=False).token
    menu = {"head_content": "哪一个？", "list": [{"id": "e1", "content": "导出"}]}
    body = {"touser": "oDev", "msgtype": "msgmenu", "msgmenu": menu}
    await page.http.post("/cgi-bin/message/custom/send", params={"access_token": token}, json=body)
    _, silent, pushed = await page.bubbles(3)
    assert silent["kind"] == "silent"
    assert (pushed["kind"], pushed["text"], pushed["choices"]) == (
        "choices",
        "哪一个？",
        [{"id": "e1", "content": "导出"}],
    )
    assert (await page.state())["left"] == 4
    assert await page.do("choose", "导出", id="e1") == 202
    assert (await page.bubbles(5))[3]["text"] == "导出"


async def test_a_picture_is_kept_and_shown(page: Page) -> None:
    sent = await page.http.post("/phone/picture", content=PNG, headers={"content-type": "image/png"})
    assert sent.status_code == 202
    mine, _ = await page.bubbles(2)
    shown = await page.http.get(f"/phone/media/{mine['picture']}")
    assert (shown.content, shown.headers["x-content-type-options"]) == (PNG, "nosniff")


@pytest.mark.parametrize(("media_type", "status"), [("image/svg+xml", 415), ("text/html", 415)])
async def test_what_is_no_picture_is_refused(page: Page, media_type: str, status: int) -> None:
    sent = await page.http.post("/phone/picture", content=b"<svg>", headers={"content-type": media_type})
    assert sent.status_code == status


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("voice", "导出报错"),
        ("voice", ""),
        ("place", "一号工地"),
        ("click", "查工单"),
        ("view", "https://example.com"),
        ("subscribe", ""),
        ("scan", "device-A17"),
        ("unsubscribe", ""),
    ],
)
async def test_everything_a_follower_can_do_reaches_the_gateway(page: Page, what: str, value: str) -> None:
    assert await page.do(what, value) == 202
    mine, answer = await page.bubbles(2)
    assert mine["deliveries"] == 1
    assert answer["kind"] == "silent"


@pytest.mark.parametrize("wrong", ["", "fly", "text"])
async def test_what_a_phone_cannot_do_is_refused(page: Page, wrong: str) -> None:
    assert await page.do(wrong, " ") == 422


async def test_switches_change_the_server(page: Page) -> None:
    for what, value in (("mode", "plain"), ("latency", "bad"), ("permitted", "false"), ("broken", "true")):
        assert await page.do(what, value) == 200
    state = await page.state()
    assert (state["mode"], state["ours"], state["latency"], state["permitted"], state["broken"]) == (
        "plain",
        "secure",
        "bad",
        False,
        True,
    )


async def test_the_page_knows_whether_the_gateway_is_set_up_for_it(page: Page) -> None:
    await page.do("text", "在吗")
    await page.bubbles(2)
    assert (await page.state())["link"] == "ready"
    page.gateway_is_there = False
    assert (await page.state())["link"] == "closed"


async def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing_inline(page: Page) -> None:
    shown = await page.http.get("/")
    policy = shown.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    addresses: list[str] = []

    class Addresses(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            addresses.extend(value or "" for name, value in attrs if name in ("src", "href"))
            assert not [name for name, _ in attrs if name.startswith("on") or name == "style"]

    Addresses().feed(shown.text)
    assert addresses == ["/phone.css", "/phone.js"]
    for address in (*addresses, "/words.json"):
        assert (await page.http.get(address)).status_code == 200


async def test_who_opens_the_page_before_anything_has_happened_sees_the_state_at_once(page: Page) -> None:
    (begins,) = re.findall(r"let version = (-?\d+)", (FILES / "phone.js").read_text(encoding="utf-8"))
    async with asyncio.timeout(1):
        assert (await page.state(int(begins)))["mode"] == "secure"


async def test_another_host_name_is_refused(page: Page) -> None:
    assert (await page.http.get("/phone/state", headers={"host": "evil.example"})).status_code == 400


def test_every_sentence_that_the_page_says_is_there() -> None:
    words = json.loads((FILES / "words.json").read_text(encoding="utf-8"))
    script = (FILES / "phone.js").read_text(encoding="utf-8")
    built = {f"link_{link}" for link in ("down", "closed", "refused")} | {"wire_in", "wire_out", "passive", "push"}
    said = {key for key in words if f'say("{key}"' in script or f'"{key}"' in script}
    assert built | said == set(words)
