from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from contract.decisions import Asking, Decline, Option
from contract.turn import TurnContext
from gateway.breaker import Breaker
from gateway.engine import FakeEngine, HttpEngine, Said, parts_of
from gateway.errors import NoReply
from gateway.gate import Gate

CONTEXT = TurnContext(turn_id="t", now="2026-11-23T10:00:00+08:00", channel="wechat")
TEXT = {"recipient_id": "1:0", "text": "您好"}


def engine(
    answer: Callable[[httpx2.Request], Any], breaker: Breaker | None = None, *, timeout: float = 30.0
) -> HttpEngine:
    transport = httpx2.MockTransport(answer)
    return HttpEngine("http://engine", timeout, httpx2.AsyncClient(transport=transport), breaker)


def always(status: int, body: Any) -> Callable[[httpx2.Request], httpx2.Response]:
    return lambda _: httpx2.Response(status, json=body)


def test_texts_buttons_and_decisions_become_parts_in_order() -> None:
    items = [
        {"text": "方便留个手机号吗？", "buttons": [{"title": "跳过", "payload": "跳过"}]},
        {"custom": {"type": "asking", "form": "ticket_form", "slot": "phone"}},
        {"text": "好的", "custom": {"type": "decline", "reason": "no_evidence"}},
    ]

    assert parts_of(items) == (
        Said("方便留个手机号吗？", (Option("跳过", "跳过"),)),
        Asking("ticket_form", "phone"),
        Said("好的"),
        Decline("no_evidence"),
    )


@pytest.mark.parametrize("items", [[], [{"recipient_id": "1:0"}], [{"text": ""}], [{"text": None, "custom": None}]])
def test_an_answer_that_says_nothing_is_silence(items: Any) -> None:
    with pytest.raises(NoReply, match="engine_silent"):
        parts_of(items)


@pytest.mark.parametrize(
    "items",
    [
        None,
        {"text": "您好"},
        "您好",
        ["您好"],
        [None],
        [{"custom": "answer"}],
        [{"custom": {"type": "dance"}}],
        [{"custom": {"type": "answer"}}],
        [{"text": "您好", "buttons": [{"title": "跳过"}]}],
        [{"text": "您好", "buttons": ["跳过"]}],
    ],
)
def test_an_answer_that_breaks_the_contract_is_no_reply(items: Any) -> None:
    with pytest.raises(NoReply, match="engine_broke_contract"):
        parts_of(items)


async def test_the_engine_gets_the_text_the_episode_and_the_context() -> None:
    heard: list[dict[str, Any]] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        heard.append({"path": request.url.path, **json.loads(request.content)})
        return httpx2.Response(200, json=[TEXT])

    parts = await engine(answer).ask("7:2", "在吗", CONTEXT)

    assert parts == (Said("您好"),)
    assert heard == [
        {
            "path": "/webhooks/rest/webhook",
            "sender": "7:2",
            "message": "在吗",
            "input_channel": "wechat",
            "metadata": CONTEXT.to_json(),
        }
    ]


async def test_a_late_answer_is_no_reply() -> None:
    async def late(_: httpx2.Request) -> httpx2.Response:
        await asyncio.Event().wait()
        return httpx2.Response(200, json=[TEXT])

    with pytest.raises(NoReply, match="engine_late"):
        await engine(late, timeout=0.2).ask("7:2", "在吗", CONTEXT)


@pytest.mark.parametrize("status", [400, 500, 502])
async def test_an_error_of_the_engine_is_no_reply(status: int) -> None:
    with pytest.raises(NoReply, match="engine_unreachable"):
        await engine(always(status, [TEXT])).ask("7:2", "在吗", CONTEXT)


async def test_no_json_is_no_reply() -> None:
    with pytest.raises(NoReply, match="engine_unreachable"):
        await engine(lambda _: httpx2.Response(200, text="<html>")).ask("7:2", "在吗", CONTEXT)


async def test_an_engine_that_cannot_be_reached_is_left_alone_for_a_while() -> None:
    calls = 0

    def refused(request: httpx2.Request) -> httpx2.Response:
        nonlocal calls
        calls += 1
        raise httpx2.ConnectError("refused", request=request)

    asked = engine(refused, Breaker(failures=2))
    for _ in range(2):
        with pytest.raises(NoReply, match="engine_unreachable"):
            await asked.ask("7:2", "在吗", CONTEXT)

    with pytest.raises(NoReply, match="engine_breaker_open"):
        await asked.ask("7:2", "在吗", CONTEXT)
    assert calls == 2


async def test_one_persons_silences_do_not_cut_off_the_others() -> None:
    silent = True
    asked = engine(lambda _: httpx2.Response(200, json=[] if silent else [TEXT]), Breaker(failures=2))
    for _ in range(5):
        with pytest.raises(NoReply, match="engine_silent"):
            await asked.ask("7:2", "???", CONTEXT)

    silent = False

    assert await asked.ask("8:0", "在吗", CONTEXT) == (Said("您好"),)


async def test_ready_is_what_the_engine_says_of_itself() -> None:
    def gone(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused", request=request)

    assert await engine(always(200, {})).ready()
    assert not await engine(always(503, {})).ready()
    assert not await engine(gone).ready()


async def test_the_fake_remembers_what_it_was_asked() -> None:
    fake = FakeEngine(lambda text, context: [Said(f"{context.channel}：{text}")])

    assert await fake.ask("7:2", "在吗", CONTEXT) == (Said("wechat：在吗"),)
    assert fake.asked == [("7:2", "在吗", CONTEXT)]


async def test_who_finds_no_place_is_turned_away_at_once_and_the_others_are_in_time() -> None:
    asked: list[str] = []

    async def slowly(request: httpx2.Request) -> httpx2.Response:
        asked.append(json.loads(request.content)["sender"])
        await asyncio.sleep(0.1)
        return httpx2.Response(200, json=[TEXT])

    breaker = Breaker(failures=1)
    client = httpx2.AsyncClient(transport=httpx2.MockTransport(slowly))
    crowded = HttpEngine("http://engine", 5.0, client, breaker, Gate(places=2, patience=0.02))

    answers = await asyncio.gather(
        *(crowded.ask(f"{number}:0", "导入报错", CONTEXT) for number in range(5)), return_exceptions=True
    )

    assert [isinstance(answer, tuple) for answer in answers] == [True, True, False, False, False]
    assert all("engine_busy" in str(answer) for answer in answers[2:])
    assert asked == ["0:0", "1:0"]
    assert breaker.allows()  # a crowd is no fault of the engine's
    assert await crowded.ask("9:0", "导入报错", CONTEXT) == (Said("您好"),)
