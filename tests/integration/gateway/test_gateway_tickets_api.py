from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from desk import contacts
from gateway.app import create_app
from tests.integration.gateway.turn_world import World

KEY = "an api key"
NEW = {"contact": {"id": "u-1", "name": "王工", "phone": "13800138000"}, "summary": "全公司都登不上了"}


class Client:
    """A vendor's own system."""

    def __init__(self, http: TestClient) -> None:
        self._http = http

    def open(
        self, body: object = NEW, key: str | None = "order-0001", bearer: str = f"Bearer {KEY}"
    ) -> httpx2.Response:
        headers = {
            "content-type": "application/json",
            "authorization": bearer,
            **({"idempotency-key": key} if key is not None else {}),
        }
        return self._http.post("/api/tickets", content=json.dumps(body), headers=headers)

    def get(self, path: str = "", bearer: str = f"Bearer {KEY}") -> httpx2.Response:
        return self._http.get(f"/api/tickets{path}", headers={"authorization": bearer})


@pytest.fixture
def api(turns_world: World) -> Iterator[Client]:
    with TestClient(create_app(turns_world.services, KEY), raise_server_exceptions=False) as http:
        yield Client(http)


def error(response: httpx2.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


@pytest.mark.parametrize("bearer", ["", "Bearer ", "Bearer wrong", "Bearer an api ke", "Basic YTpi", "an api keys"])
def test_without_the_key_nobody_gets_in(api: Client, turns_world: World, bearer: str) -> None:
    assert error(api.open(bearer=bearer)) == (401, "api_key")
    assert error(api.get(bearer=bearer)) == (401, "api_key")
    assert error(api.get("/GD-20261123-0001-0", bearer=bearer)) == (401, "api_key")
    assert turns_world.tickets() == ()


def test_a_ticket_is_opened_and_judged_from_its_summary(api: Client, turns_world: World) -> None:
    response = api.open()

    assert response.status_code == 201
    ticket = response.json()
    assert set(ticket) == {
        "number", "status", "priority", "category", "tier", "summary", "created_at", "updated_at", "resolved_at",
    }  # fmt: skip
    assert (ticket["status"], ticket["priority"], ticket["category"]) == ("new", "P1", "login")
    assert [stored.number for stored in turns_world.tickets()] == [ticket["number"]]


def test_what_the_caller_judges_itself_is_kept(api: Client) -> None:
    ticket = api.open({**NEW, "priority": "P4", "category": "howto", "slots": {"version": "6.2"}}).json()

    assert (ticket["priority"], ticket["category"]) == ("P4", "howto")


def test_a_repeat_opens_nothing_and_says_so(api: Client, turns_world: World) -> None:
    first, again = api.open(), api.open()

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert len(turns_world.tickets()) == 1


def test_the_same_key_for_another_ticket_is_a_conflict(api: Client, turns_world: World) -> None:
    api.open()

    assert error(api.open({**NEW, "summary": "另一个问题"})) == (409, "conflict")
    assert error(api.open({**NEW, "contact": {"id": "u-2"}})) == (409, "conflict")
    assert len(turns_world.tickets()) == 1


def test_a_conflict_leaves_the_contact_as_it_was(api: Client, turns_world: World) -> None:
    api.open()
    api.open({"contact": {"id": "u-1", "name": "冒名"}, "summary": "另一个问题"})

    with turns_world.db.read() as session:
        assert contacts.get(session, turns_world.tickets()[0].contact_id).name == "王工"


def test_eight_requests_at_once_with_one_key_open_one_ticket(api: Client, turns_world: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda _: api.open(), range(8)))

    assert sorted(response.status_code for response in responses) == [200] * 7 + [201]
    assert len({response.json()["number"] for response in responses}) == 1
    assert len(turns_world.tickets()) == 1


def test_two_keys_are_two_tickets(api: Client, turns_world: World) -> None:
    api.open()
    api.open(key="order-0002")

    assert len(turns_world.tickets()) == 2


@pytest.mark.parametrize("key", [None, "", "short", "x" * 101])
def test_a_request_without_a_proper_key_for_repeats_is_refused(api: Client, key: str | None) -> None:
    assert error(api.open(key=key)) == (422, "bad_request")


@pytest.mark.parametrize(
    "change",
    [
        {"summary": ""},
        {"summary": "长" * 2_001},
        {"summary": None},
        {"summary": "半个\ud83d字符"},
        {"summary": "空\0字符"},
        {"priority": "P5"},
        {"contact": {}},
        {"contact": {"id": ""}},
        {"contact": {"id": "u-1", "admin": True}},
        {"slots": {"version": 6.2}},
        {"tier": "L3"},
    ],
)
def test_a_malformed_ticket_is_refused(api: Client, turns_world: World, change: dict[str, Any]) -> None:
    assert error(api.open({**NEW, **change})) == (422, "bad_request")
    assert turns_world.tickets() == ()


def test_a_ticket_is_found_by_its_number_in_any_spelling(api: Client) -> None:
    number = api.open().json()["number"]

    assert api.get(f"/{number}").json()["number"] == number
    assert api.get(f"/{number.lower()}").json()["number"] == number


@pytest.mark.parametrize("number", ["GD-20261122-0042-7", "GD-20261122-0042-8", "42", "%F0%9F%98%80", "%00"])
def test_a_number_nobody_has_is_not_found(api: Client, number: str) -> None:
    response = api.get(f"/{number}")

    assert response.status_code in (400, 404)
    assert number not in response.text


def test_tickets_are_listed_by_priority(api: Client) -> None:
    api.open({**NEW, "summary": "怎么导出报表"}, key="order-0001")
    api.open(NEW, key="order-0002")

    assert [ticket["priority"] for ticket in api.get().json()] == ["P1", "P4"]
    assert len(api.get("?open=true&limit=1").json()) == 1
    assert api.get("?open=false").json() == []
    assert len(api.get("?offset=1").json()) == 1


@pytest.mark.parametrize("query", ["?limit=0", "?limit=201", "?offset=-1", "?open=maybe"])
def test_strange_pages_are_refused(api: Client, query: str) -> None:
    assert error(api.get(query)) == (422, "bad_request")


def test_the_interface_is_described(api: Client) -> None:
    described = api._http.get("/api/openapi.json").json()

    assert "/api/tickets" in described["paths"]
    assert "idempotency-key" in json_text(described)


def json_text(value: object) -> str:
    return repr(value).lower()
