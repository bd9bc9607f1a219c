from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel

from desk import contacts
from gateway.api.bodies import Change, NewTicket, Note
from gateway.api.tickets import tickets_router
from gateway.api.views import EventView, TicketPage, TicketView, TicketWithEvents
from gateway.app import create_app
from gateway.guard import install_errors
from tests.integration.gateway.turn_world import HANDOFF, World

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

    def send(self, method: str, path: str, body: object, key: str = "change-0001") -> httpx2.Response:
        headers = {"authorization": f"Bearer {KEY}", "idempotency-key": key, "content-type": "application/json"}
        return self._http.request(method.upper(), f"/api/tickets{path}", content=json.dumps(body), headers=headers)

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
        "number", "status", "priority", "category", "tier", "skill", "reason", "summary", "slots", "vip", "account_id",
        "assignee_id", "incident_id", "created_at", "updated_at", "first_response_at", "resolved_at", "closed_at",
        "next_contact_at",
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

    assert error(api.open({**NEW, "summary": "另一个问题"})) == (409, "key_used")
    assert error(api.open({**NEW, "contact": {"id": "u-2"}})) == (409, "key_used")
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
    assert error(api.open(key=key)) == (422, "invalid_fields")


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
    assert error(api.open({**NEW, **change})) == (422, "invalid_fields")
    assert turns_world.tickets() == ()


def test_a_ticket_is_found_by_its_number_in_any_spelling(api: Client) -> None:
    number = api.open().json()["number"]

    assert api.get(f"/{number}").json()["number"] == number
    assert api.get(f"/{number.lower()}").json()["number"] == number


@pytest.mark.parametrize("number", ["GD-20261122-0042-7", "GD-20261122-0042-8", "4711", "%F0%9F%98%80", "%00"])
def test_a_number_nobody_has_is_not_found(api: Client, number: str) -> None:
    response = api.get(f"/{number}")

    assert response.status_code in (400, 404)
    assert number not in response.text


def several(api: Client, n: int = 3) -> list[str]:
    return [api.open({**NEW, "summary": f"第 {i} 张"}, key=f"order-{i:04d}").json()["number"] for i in range(n)]


def test_pages_follow_each_other_while_tickets_come(api: Client) -> None:
    numbers = several(api)

    first = api.get("?limit=2").json()
    api.open({**NEW, "summary": "后来的"}, key="order-later")
    second = api.get(f"?limit=2&cursor={first['next_cursor']}").json()

    assert [one["number"] for one in first["tickets"]] == [numbers[2], numbers[1]]
    assert [one["number"] for one in second["tickets"]] == [numbers[0]]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 3), ("?open=true", 3), ("?open=false", 0), ("?priority=P1", 1), ("?priority=P1&priority=P4", 3),
        ("?status=new", 3), ("?status=assigned&status=closed", 0), ("?category=login", 1), ("?tier=L1", 3),
        ("?tier=L2", 0), ("?account_id=1", 0), ("?incident_id=1", 0), ("?text=导出", 1), ("?text=-0002-", 1),
        ("?text=%00", 0), ("?since=2026-11-23T02:00:00Z", 3), ("?until=2026-11-23T10:00:00%2B08:00", 0),
        ("?updated_since=2026-11-24T00:00:00Z", 0),
    ],
)  # fmt: skip
def test_filters_narrow_the_list(api: Client, query: str, found: int) -> None:
    api.open({**NEW, "summary": "怎么导出报表"}, key="order-0001")
    api.open(NEW, key="order-0002")
    api.open({**NEW, "summary": "怎么打印", "priority": "P4"}, key="order-0003")

    assert len(api.get(query).json()["tickets"]) == found


@pytest.mark.parametrize(
    "query",
    [
        "?limit=0", "?limit=201", "?open=maybe", "?status=lost", "?priority=P5", "?tier=L4", "?account_id=0",
        f"?account_id={2**63}", "?since=yesterday", "?since=2026-11-23T02:00:00", "?since=0001-01-01T00:00:00%2B14:00",
        "?until=9999-12-31T23:59:59-12:00", f"?text={'x' * 101}",
    ],
)  # fmt: skip
def test_strange_pages_are_refused(api: Client, query: str) -> None:
    assert error(api.get(query)) == (422, "invalid_fields")


@pytest.mark.parametrize("cursor", ["GD-20261122-0042-7", "x", "%00"])
def test_a_cursor_nobody_gave_is_not_found(api: Client, cursor: str) -> None:
    assert api.get(f"?cursor={cursor}").status_code == 404


def test_the_refusal_names_the_fields_and_echoes_nothing(api: Client) -> None:
    message = api.open({**NEW, "priority": "P5", "<script>": 1, "geheim": "x"}).json()["error"]["message"]

    assert "priority" in message
    assert "P5" not in message
    assert "<" not in message


def test_the_history_comes_when_it_is_asked_for(api: Client) -> None:
    number = api.open().json()["number"]
    api.send("post", f"/{number}/notes", {"text": "库密码是Abc@123，电话 13800138000"})

    assert api.get(f"/{number}").json()["events"] is None
    events = api.get(f"/{number}?events=true").json()["events"]
    assert [(one["kind"], one["actor"]) for one in events] == [("opened", "api"), ("noted", "api")]
    assert events[1]["detail"] == {"text": "库密码是［密码］，电话 13800138000"}


def test_nobodys_password_is_shown(api: Client) -> None:
    ticket = api.open({**NEW, "summary": "密码是Abc@123 登不上", "slots": {"phenomenon": "密码是Abc@123"}}).json()

    assert (ticket["summary"], ticket["slots"]) == ("密码是［密码］ 登不上", {"phenomenon": "密码是［密码］"})


def test_a_note_is_taken_once(api: Client) -> None:
    number, other = several(api, 2)

    for _ in range(2):
        assert api.send("post", f"/{number}/notes", {"text": "一"}).status_code == 201
    assert error(api.send("post", f"/{number}/notes", {"text": "二"})) == (409, "key_used")
    assert error(api.send("post", f"/{other}/notes", {"text": "一"})) == (409, "key_used")
    assert len(api.get(f"/{number}?events=true").json()["events"]) == 2


def test_eight_changes_at_once_with_one_key_are_one(api: Client) -> None:
    number = api.open().json()["number"]

    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda _: api.send("patch", f"/{number}", {"priority": "P3"}), range(8)))

    assert {(one.status_code, one.json()["priority"]) for one in sent} == {(200, "P3")}
    assert len(api.get(f"/{number}?events=true").json()["events"]) == 2


def test_a_ticket_goes_its_way(api: Client) -> None:
    number = api.open().json()["number"]
    way = [
        ({"status": "in_progress", "category": "crash", "priority": "P2"}, "in_progress"),
        ({"status": "in_progress"}, "in_progress"),
        ({"status": "waiting"}, "waiting"),
        ({"status": "resolved", "solution": "升级"}, "resolved"),
        ({"status": "closed"}, "closed"),
        ({"status": "reopened", "reason": "又出现"}, "new"),
    ]

    for n, (body, status) in enumerate(way):
        answer = api.send("patch", f"/{number}", body, key=f"change-{n}")
        assert (answer.status_code, answer.json()["status"]) == (200, status)
    ticket = api.get(f"/{number}?events=true").json()
    assert (ticket["priority"], ticket["category"], ticket["resolved_at"]) == ("P2", "crash", None)
    assert {one["actor"] for one in ticket["events"]} == {"api"}


@pytest.mark.parametrize("status", ["in_progress", "on_site", "resolved"])
def test_what_is_done_stays_done_and_nothing_of_the_request_is_kept(api: Client, status: str) -> None:
    number = api.open().json()["number"]
    api.send("patch", f"/{number}", {"status": "closed"}, key="change-1")
    body = {"status": status, "priority": "P4"} | ({"solution": "升级"} if status == "resolved" else {})

    assert error(api.send("patch", f"/{number}", body, key="change-2")) == (409, "illegal_move")
    assert api.get(f"/{number}").json()["priority"] == "P1"
    assert error(api.send("patch", f"/{number}", body, key="change-2")) == (409, "illegal_move")  # and the key is free


@pytest.mark.parametrize(
    "body",
    [
        {}, {"status": "resolved"}, {"status": "closed", "solution": "升级"}, {"status": "new"}, {"status": "assigned"},
        {"priority": None}, {"priority": "P0"}, {"category": ""}, {"tier": "L2"}, {"reason": "x"}, [], "x",
        {"status": "resolved", "solution": "长" * 501},
    ],
)  # fmt: skip
def test_a_change_that_is_none_is_refused(api: Client, body: object) -> None:
    number = api.open().json()["number"]

    assert error(api.send("patch", f"/{number}", body)) == (422, "invalid_fields")


def test_an_open_ticket_is_not_reopened(api: Client) -> None:
    number = api.open().json()["number"]

    assert error(api.send("patch", f"/{number}", {"status": "reopened"})) == (409, "illegal_move")


def test_an_unknown_ticket_is_not_changed(api: Client) -> None:
    for number, code in (("GD-20261122-0042-7", "no_ticket"), ("GD-20261122-0042-8", "ticket_number")):
        assert error(api.send("patch", f"/{number}", {"priority": "P1"})) == (404, code)
        assert error(api.send("post", f"/{number}/notes", {"text": "x"})) == (404, code)


async def test_a_customer_is_told_what_the_vendors_system_solved(turns_world: World) -> None:
    turns_world.says(HANDOFF)
    await turns_world.say("转人工")
    (ticket,) = turns_world.tickets()

    with TestClient(create_app(turns_world.services, KEY), raise_server_exceptions=False) as http:
        api = Client(http)
        for _ in range(2):
            body = {"status": "resolved", "solution": "升级到 6.2.3。"}
            assert api.send("patch", f"/{ticket.number}", body).status_code == 200

    told = [one.text for one in turns_world.messages() if "升级到 6.2.3" in one.text]
    assert len(told) == 1
    assert turns_world.conversation().state == "bot"


def test_whoever_asks_too_often_waits(turns_world: World) -> None:
    app = FastAPI()
    install_errors(app, turns_world.services.wording)
    app.include_router(tickets_router(turns_world.services, KEY, per_minute=2))
    api = Client(TestClient(app, raise_server_exceptions=False))

    assert [api.get(bearer="Bearer wrong").status_code for _ in range(3)] == [401] * 3
    assert [api.get().status_code for _ in range(3)] == [200, 200, 429]
    assert "每分钟最多 2 次" in api.get().json()["error"]["message"]


def test_the_interface_is_described(api: Client) -> None:
    described = api._http.get("/api/openapi.json").json()

    assert "/api/tickets" in described["paths"]
    assert "idempotency-key" in json_text(described)
    shapes = described["components"]["schemas"]
    for name in ("NewTicket", "Note", "Change", "TicketView", "TicketWithEvents", "TicketPage", "EventView"):
        assert shapes[name]["examples"], name
    for path, methods in described["paths"].items():
        if path.startswith("/api/tickets"):
            for method in methods.values():
                assert method["security"] == [{"HTTPBearer": []}]
                assert {"401", "422", "429"} <= set(method["responses"])


def test_the_examples_are_true(api: Client) -> None:
    for view in (TicketView, TicketWithEvents, TicketPage, EventView):
        view.model_validate(_example(view))
    opened = api.open(_example(NewTicket))
    assert opened.status_code == 201
    path = f"/{opened.json()['number']}"
    assert api.send("post", f"{path}/notes", _example(Note)).status_code == 201
    assert api.send("patch", path, _example(Change)).status_code == 200


def _example(model: type[BaseModel]) -> Any:
    return model.model_json_schema()["examples"][-1]


def json_text(value: object) -> str:
    return repr(value).lower()
