from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from contract.decisions import Decline, to_json
from gateway.answers import FakeAnswers, HttpAnswers
from gateway.errors import NoDirectAnswer

DECLINE = Decline("no_evidence", build_id="b", trace_id="t")


def answers(answer: Callable[[httpx2.Request], Any], *, timeout: float = 30.0) -> HttpAnswers:
    client = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))
    return HttpAnswers("http://actions", "secret", timeout, client)


async def test_a_direct_answer_is_asked_with_the_token() -> None:
    heard: list[tuple[str, str | None, Any]] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        heard.append((request.url.path, request.headers.get("x-gongda-token"), json.loads(request.content)))
        return httpx2.Response(200, json=to_json(DECLINE))

    assert await answers(answer).decide("怎么导出") == DECLINE
    assert heard == [("/answer", "secret", {"question": "怎么导出"})]


@pytest.mark.parametrize(
    "response",
    [
        httpx2.Response(500, json={}),
        httpx2.Response(401, json={}),
        httpx2.Response(200, text="no json"),
        httpx2.Response(200, json=[1, 2]),
        httpx2.Response(200, json=None),
        httpx2.Response(200, json={"type": "dance"}),
        httpx2.Response(200, json={"type": "answer"}),
    ],
    ids=["500", "401", "text", "list", "null", "unknown", "malformed"],
)
async def test_anything_but_a_decision_is_no_direct_answer(response: httpx2.Response) -> None:
    with pytest.raises(NoDirectAnswer):
        await answers(lambda _: response).decide("怎么导出")


async def test_a_late_answer_is_none() -> None:
    async def late(_: httpx2.Request) -> httpx2.Response:
        await asyncio.Event().wait()
        return httpx2.Response(200, json=to_json(DECLINE))

    with pytest.raises(NoDirectAnswer, match="TimeoutError"):
        await answers(late, timeout=0.2).decide("怎么导出")


async def test_a_server_that_is_gone_says_so() -> None:
    def gone(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused", request=request)

    with pytest.raises(NoDirectAnswer, match="ConnectError"):
        await answers(gone).search("怎么导出")
    assert (await answers(gone).state())["ready"] is False


async def test_the_state_is_passed_on_even_when_it_is_bad() -> None:
    state = {"ready": False, "build_id": None, "problem": "no build"}

    assert await answers(lambda _: httpx2.Response(503, json=state)).state() == state


async def test_a_state_that_is_no_object_is_not_ready() -> None:
    assert (await answers(lambda _: httpx2.Response(200, json=[1])).state())["ready"] is False


async def test_the_fake_declines_what_it_does_not_know_and_can_be_down() -> None:
    fake = FakeAnswers({"怎么导出": DECLINE})

    assert await fake.decide("怎么导出") == DECLINE
    assert await fake.decide("别的") == Decline("no_evidence")
    fake.down = True
    with pytest.raises(NoDirectAnswer):
        await fake.decide("怎么导出")
