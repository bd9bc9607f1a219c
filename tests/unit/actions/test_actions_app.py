from __future__ import annotations

import gzip
import json
import logging
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from fastapi.testclient import TestClient

from actions.app import create_app
from actions.knowledge import FakeKnowledge, an_answer
from actions.settings import ActionsSettings
from contract.decisions import Decision, to_json
from tests.unit.actions.calls import call, message

DOMAIN = Path(__file__).parents[3] / "bot" / "domain" / "actions.yml"
TOKEN = "a token"
SECRET = "13812345678"
SETTINGS = ActionsSettings(index=Path("unused"), token=TOKEN, max_body=10_000, reload_seconds=60.0)
PATHS = ["/webhook", "/answer", "/search", "/reload"]


class Knowledge(FakeKnowledge):
    """Counts reloads, and fails when asked to."""

    def __init__(self, decisions: dict[str, Decision] | None = None) -> None:
        super().__init__(decisions)
        self.reloads = 0
        self.ready = True

    def decide(self, question: str, version: str | None = None) -> Decision:
        if SECRET in question:
            raise RuntimeError(f"cannot rank {question}")
        return super().decide(question)

    def reload(self) -> dict[str, Any]:
        self.reloads += 1
        return self.state()

    def state(self) -> dict[str, Any]:
        return {"build_id": "fake", "ready": self.ready, "problem": None}


@pytest.fixture
def knowledge() -> Knowledge:
    return Knowledge({"怎么导出": an_answer()})


@pytest.fixture
def http(knowledge: Knowledge) -> Iterator[TestClient]:
    with TestClient(create_app(SETTINGS, knowledge), raise_server_exceptions=False) as client:
        client.headers["x-gongda-token"] = TOKEN
        yield client


def refused(response: httpx2.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("token", ["", "wrong", "a toke", "a tokens", "\u00e9"])
def test_nobody_gets_in_without_the_token(http: TestClient, path: str, token: str) -> None:
    headers = {"x-gongda-token": token.encode()}

    assert refused(http.post(path, json={"question": "怎么导出"}, headers=headers)) == (401, "refused")
    assert refused(http.post(f"{path}?token=wrong", json={})) == (401, "refused")


def test_rasa_gives_the_token_in_the_query(http: TestClient) -> None:
    response = http.post(
        "/answer", params={"token": TOKEN}, json={"question": "怎么导出"}, headers={"x-gongda-token": ""}
    )

    assert response.status_code == 200


def test_health_needs_no_token_and_tells_nothing_else(http: TestClient, knowledge: Knowledge) -> None:
    assert http.get("/health", headers={"x-gongda-token": ""}).status_code == 200
    knowledge.ready = False
    assert http.get("/health").status_code == 503


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/redoc", "/actions"])
def test_there_is_nothing_else(http: TestClient, path: str) -> None:
    assert http.get(path).status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_a_body_over_the_limit_is_refused(http: TestClient, path: str) -> None:
    response = http.post(path, content=b'{"question": "' + b"x" * 10_000 + b'"}')

    assert refused(response) == (413, "refused")


def test_a_chunked_body_is_counted_while_it_arrives(http: TestClient) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1_000
            yield b"x" * 1_000

    assert refused(http.post("/answer", content=endless())) == (413, "refused")


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("deflate", zlib.compress(b" " * 5_000_000)), ("gzip", gzip.compress(b" " * 5_000_000)), ("br", b"x")],
)
@pytest.mark.parametrize("path", PATHS)
def test_a_compressed_body_is_never_unpacked(http: TestClient, path: str, encoding: str, body: bytes) -> None:
    response = http.post(path, content=body, headers={"content-encoding": encoding})

    assert refused(response) == (415, "refused")


@pytest.mark.parametrize("body", [b"no json", b"[1]", b'"text"', b"\xff\xfe", b"3", b"[" * 5_000])
def test_a_body_that_is_no_object_is_refused_without_being_echoed(http: TestClient, body: bytes) -> None:
    assert refused(http.post("/webhook", content=body)) == (400, "refused")


@pytest.mark.parametrize("body", [{}, {"question": ""}, {"question": "  "}, {"question": 3}, {"question": None}])
@pytest.mark.parametrize("path", ["/answer", "/search"])
def test_a_question_must_be_a_text(http: TestClient, path: str, body: object) -> None:
    assert refused(http.post(path, json=body)) == (422, "refused")


def test_a_direct_answer_is_a_decision(http: TestClient) -> None:
    assert http.post("/answer", json={"question": "怎么导出"}).json() == to_json(an_answer())


def test_the_hit_test_is_passed_on(http: TestClient) -> None:
    assert http.post("/search", json={"question": "怎么导出"}).json() == {"normalized": "怎么导出", "candidates": []}


def test_the_index_is_looked_at_when_it_starts_and_when_told(http: TestClient, knowledge: Knowledge) -> None:
    assert knowledge.reloads == 1

    assert http.post("/reload").json()["build_id"] == "fake"
    assert knowledge.reloads == 2


def test_a_publisher_that_forgot_to_say_so_is_noticed(knowledge: Knowledge) -> None:
    often = ActionsSettings(index=Path("unused"), token=TOKEN, reload_seconds=0.01)
    with TestClient(create_app(often, knowledge)) as client:
        while knowledge.reloads < 3:
            client.get("/health")

    assert knowledge.reloads >= 3


def test_an_index_that_cannot_be_read_does_not_stop_the_watch(knowledge: Knowledge) -> None:
    class Broken(Knowledge):
        def reload(self) -> dict[str, Any]:
            super().reload()
            if self.reloads > 1:
                raise OSError("damaged")
            return self.state()

    broken = Broken()
    often = ActionsSettings(index=Path("unused"), token=TOKEN, reload_seconds=0.01)
    with TestClient(create_app(often, broken)) as client:
        while broken.reloads < 4:
            assert client.get("/health").status_code == 200


def test_an_action_runs_although_rasa_leaves_the_domain_out(http: TestClient) -> None:
    response = http.post("/webhook", json=call("action_answer", message("怎么导出")))

    assert response.status_code == 200
    (said,) = response.json()["responses"]
    assert said["custom"] == to_json(an_answer())
    assert [(event["name"], event["value"]) for event in response.json()["events"]] == [("pending_question", None)]


@pytest.mark.parametrize("name", yaml.safe_load(DOMAIN.read_text(encoding="utf-8"))["actions"])
def test_every_action_of_the_domain_is_there(http: TestClient, name: str) -> None:
    assert http.post("/webhook", json=call(name, message("怎么导出"))).status_code == 200


def test_a_failed_action_is_an_error_without_any_of_the_request(
    http: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        response = http.post("/webhook", json=call("action_answer", message(f"我的电话{SECRET}")))

    assert response.status_code == 500
    assert response.json() == {"error": "the action failed; see the log"}
    assert "action_answer failed" in caplog.text


def test_an_action_nobody_knows_is_an_error_too(http: TestClient) -> None:
    response = http.post("/webhook", json=call(f"action_{SECRET}", message("你好")))

    assert response.status_code == 500
    assert SECRET not in response.text


@pytest.mark.parametrize("body", [{}, {"next_action": "action_answer"}, {"next_action": 3, "tracker": {}}])
def test_half_a_call_is_answered_and_not_crashed_on(http: TestClient, body: object) -> None:
    assert http.post("/webhook", json=body).status_code in (200, 500)


def test_a_direct_answer_that_fails_tells_nothing_of_the_question(http: TestClient) -> None:
    response = http.post("/answer", json={"question": f"我的电话{SECRET}"})

    assert response.status_code == 500
    assert SECRET not in response.text


def test_the_answer_travels_as_readable_chinese(http: TestClient) -> None:
    raw = http.post("/answer", json={"question": "怎么导出"}).content

    assert "标题" in raw.decode()
    assert json.loads(raw)["type"] == "answer"
