from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from starlette.exceptions import HTTPException

from desk.errors import ConflictingRepeat, IllegalMove, NotFound, StoreBusy, StoreFull, StoreUnavailable
from gateway.errors import GatewayError, Missing, NotSignedIn, TooLarge, TooMany
from gateway.guard import Guard, install_errors
from gateway.requests import RequestBody
from gateway.wording import Wording

LIMIT = 1_000
SECRET = "13812345678"
WORDING = Wording.load()


class Note(RequestBody):
    text: str


# What the route `/fail` raises, by name.
FAILURES: dict[str, Exception] = dict(
    missing=Missing(),
    slow_down=TooMany(),
    slow_down_for_a_while=TooMany(retry_after=7),
    not_signed_in=NotSignedIn(),
    api_key=NotSignedIn("api_key"),
    too_large=TooLarge(limit=2_000),
    busy=StoreBusy(SECRET),
    full=StoreFull(SECRET),
    unavailable=StoreUnavailable(SECRET),
    conflict=ConflictingRepeat(SECRET),
    unknown=NotFound(SECRET),
    illegal=IllegalMove(SECRET),
    teapot=HTTPException(418, SECRET),
    crash=RuntimeError(SECRET),
)


def application() -> FastAPI:
    app = FastAPI(openapi_url=None)
    app.add_middleware(Guard, max_body=LIMIT, wording=WORDING, larger={"/documents": 3 * LIMIT})
    install_errors(app, WORDING)

    @app.post("/notes")
    async def notes(note: Note) -> dict[str, int]:
        return {"length": len(note.text)}

    @app.post("/documents")
    @app.post("/documents/{name}")
    @app.post("/documentsandmore")
    async def documents(note: Note) -> dict[str, int]:
        return {"length": len(note.text)}

    @app.get("/fail/{name}")
    async def fail(name: str) -> None:
        raise FAILURES[name]

    return app


@pytest.fixture
def client() -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=application(), raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://gateway")


def code(response: httpx2.Response) -> str:
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    return str(body["error"]["code"])


def note(length: int) -> bytes:
    """A body of exactly `length` bytes."""
    return json.dumps({"text": "x" * (length - len('{"text": ""}'))}).encode()


def chunks(body: bytes) -> AsyncIterator[bytes]:
    async def each() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 100):
            yield body[start : start + 100]

    return each()


async def test_a_body_at_the_limit_is_read(client: httpx2.AsyncClient) -> None:
    response = await client.post("/notes", content=note(LIMIT), headers={"content-type": "application/json"})

    assert response.status_code == 200


async def test_a_body_over_the_limit_is_refused_by_its_declared_length(client: httpx2.AsyncClient) -> None:
    response = await client.post("/notes", content=note(LIMIT + 1))

    assert (response.status_code, code(response)) == (413, "too_large_body")
    assert str(LIMIT) in response.json()["error"]["message"]


async def test_a_body_at_the_limit_may_come_in_chunks(client: httpx2.AsyncClient) -> None:
    response = await client.post("/notes", content=chunks(note(LIMIT)), headers={"content-type": "application/json"})

    assert response.status_code == 200


async def test_a_chunked_body_over_the_limit_is_refused_while_it_arrives(client: httpx2.AsyncClient) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1_000):
            sent += 100
            yield b"x" * 100

    response = await client.post("/notes", content=endless(), headers={"content-type": "application/json"})

    assert (response.status_code, code(response)) == (413, "too_large_body")
    assert "content-length" not in response.request.headers
    assert sent <= 100_000


async def test_no_more_than_the_limit_is_taken_from_the_network() -> None:
    taken = 0

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += 600
        return {"type": "http.request", "body": b"x" * 600, "more_body": True}

    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/notes", "raw_path": b"/notes", "query_string": b"", "root_path": "",
        "headers": [(b"content-type", b"application/json")], "http_version": "1.1", "scheme": "http",
        "server": ("gateway", 80), "client": ("127.0.0.1", 1),
    }  # fmt: skip
    await application()(scope, receive, send)  # type: ignore[arg-type]

    assert sent[0]["status"] == 413
    assert taken == 1_200


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "GZIP", "identity, gzip"])
async def test_a_compressed_body_is_refused_unread(client: httpx2.AsyncClient, encoding: str) -> None:
    bomb = gzip.compress(b"x" * 500_000)

    response = await client.post("/notes", content=bomb, headers={"content-encoding": encoding})

    assert (response.status_code, code(response)) == (415, "compressed")


@pytest.mark.parametrize("length", ["-1", "abc", "1e9", ""])
async def test_a_strange_length_is_no_way_around(client: httpx2.AsyncClient, length: str) -> None:
    response = await client.post("/notes", content=chunks(note(LIMIT + 1)), headers={"content-length": length})

    assert (response.status_code, code(response)) == (413, "too_large_body")


@pytest.mark.parametrize(
    "body",
    [
        '{"text": "\\ud800' + SECRET + '"}',
        '{"text": "\\u0000' + SECRET + '"}',
        '{"text": ["' + SECRET + '"]}',
        '{"' + SECRET + '": 1}',
        '{"text": "' + SECRET,
        '["' + SECRET + '"]',
        SECRET,
        "",
    ],
    ids=["surrogate", "NUL", "type", "field", "cut off", "list", "number", "empty"],
)
async def test_bad_input_is_a_422_that_echoes_nothing(client: httpx2.AsyncClient, body: str) -> None:
    response = await client.post("/notes", content=body.encode(), headers={"content-type": "application/json"})

    assert (response.status_code, code(response)) == (422, "bad_request")
    assert SECRET not in response.text


@pytest.mark.parametrize("depth", [100, 450])
async def test_deep_nesting_is_refused_like_any_bad_input(client: httpx2.AsyncClient, depth: int) -> None:
    body = '{"text": ' + "[" * depth + "]" * depth + "}"

    response = await client.post("/notes", content=body, headers={"content-type": "application/json"})

    assert (response.status_code, code(response)) == (422, "bad_request")


async def test_bytes_that_are_no_text_are_refused(client: httpx2.AsyncClient) -> None:
    response = await client.post(
        "/notes", content=b'{"text": "\xff\xfe"}', headers={"content-type": "application/json"}
    )

    assert response.status_code in (400, 422)
    assert code(response) == "bad_request"


@pytest.mark.parametrize(
    ("name", "status", "key"),
    [
        ("missing", 404, "missing"),
        ("slow_down", 429, "too_many"),
        ("not_signed_in", 401, "not_signed_in"),
        ("api_key", 401, "api_key"),
        ("too_large", 413, "too_large"),
        ("busy", 503, "busy"),
        ("full", 503, "full"),
        ("unavailable", 503, "busy"),
        ("conflict", 409, "conflict"),
        ("unknown", 404, "missing"),
        ("illegal", 400, "bad_request"),
        ("teapot", 418, "bad_request"),
        ("crash", 500, "internal"),
    ],
)
async def test_every_error_has_its_status_and_a_sentence_of_ours(
    client: httpx2.AsyncClient, name: str, status: int, key: str
) -> None:
    response = await client.get(f"/fail/{name}")

    assert (response.status_code, code(response)) == (status, key)
    assert SECRET not in response.text
    assert ("retry-after" in response.headers) == (status == 503)


async def test_an_unknown_path_is_missing_and_a_wrong_method_is_refused(client: httpx2.AsyncClient) -> None:
    assert code(await client.get("/nowhere")) == "missing"
    assert (await client.get("/notes")).status_code == 405


@pytest.mark.parametrize("path", ["/nowhere", "/fail/busy", "/fail/missing"])
async def test_every_answer_carries_the_security_headers(client: httpx2.AsyncClient, path: str) -> None:
    response = await client.get(path)

    assert "default-src 'self'" in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_a_refusal_carries_them_too(client: httpx2.AsyncClient) -> None:
    response = await client.post("/notes", content=note(LIMIT + 1))

    assert response.headers["x-content-type-options"] == "nosniff"


def errors_of(kind: type[Exception]) -> Iterator[type[Exception]]:
    yield kind
    for child in kind.__subclasses__():
        yield from errors_of(child)


def test_every_error_of_the_gateway_has_its_sentence() -> None:
    ours = [error for error in errors_of(GatewayError) if error.__module__ == "gateway.errors"]

    assert len(ours) >= 10
    assert all(WORDING.text(f"errors.{error.key}", limit=1) for error in ours)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("path", "limit"),
    [("/documents", 3 * LIMIT), ("/documents/a", 3 * LIMIT), ("/documentsandmore", LIMIT), ("/notes", LIMIT)],
)
async def test_a_path_may_have_a_limit_of_its_own(client: httpx2.AsyncClient, path: str, limit: int) -> None:
    json_type = {"content-type": "application/json"}
    fits = await client.post(path, content=note(limit), headers=json_type)
    over = await client.post(path, content=note(limit + 1), headers=json_type)
    streamed = await client.post(path, content=chunks(note(limit + 1)), headers=json_type)
    assert (fits.status_code, over.status_code, streamed.status_code) == (200, 413, 413)
    assert str(limit) in over.json()["error"]["message"]


@pytest.mark.parametrize(
    ("name", "seconds"), [("slow_down_for_a_while", "7"), ("slow_down", None), ("busy", "2"), ("missing", None)]
)
async def test_where_waiting_helps_the_answer_says_how_long(
    client: httpx2.AsyncClient, name: str, seconds: str | None
) -> None:
    response = await client.get(f"/fail/{name}")

    assert response.headers.get("retry-after") == seconds


async def test_who_has_opened_the_address_in_a_browser_reads_a_sentence(client: httpx2.AsyncClient) -> None:
    response = await client.get("/fail/unknown", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    assert (response.status_code, response.headers["content-type"]) == (404, "text/plain; charset=utf-8")
    assert response.text == WORDING.text("errors.missing")
