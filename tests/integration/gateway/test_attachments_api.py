from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from desk import audit
from desk.database import Database
from gateway.api.files import MOST
from gateway.app import create_app
from gateway.attachments.limits import MIB, AttachmentLimits
from gateway.rules import ServiceRules
from tests.integration.gateway.attachments_world import file_world, on_disk, picture, send
from tests.integration.gateway.test_gateway_web import KEY, Widget, error
from tests.integration.gateway.turn_world import World, opened

REPORT = {"contact": {"id": "u-1"}, "summary": "6.2 版导入报 ERR-1042"}


class Vendor:
    """The vendor's own system."""

    def __init__(self, world: World, http: TestClient) -> None:
        self.world = world
        self.http = http
        self.number = self.open("ticket-0001")

    def open(self, key: str) -> str:
        reply = self.http.post("/api/tickets", json=REPORT, headers=self.headers(key))
        assert reply.status_code == 201, reply.text
        return str(reply.json()["number"])

    def headers(self, key: str = "", secret: str = KEY) -> dict[str, str]:
        return {"authorization": f"Bearer {secret}", **({"idempotency-key": key} if key else {})}

    def send(self, data: bytes, key: str = "file-0001", number: str = "", **more: Any) -> httpx2.Response:
        return self.http.post(
            f"/api/tickets/{number or self.number}/attachments",
            files={"file": ("报错.png", data)},
            headers=more.get("headers") or self.headers(key),
        )

    def get(self, path: str, **more: Any) -> httpx2.Response:
        return self.http.get(f"/api/tickets/{path}", headers=more.get("headers") or self.headers())


@pytest.fixture
def vendor(gateway_template: Path, tmp_path: Path) -> Iterator[Vendor]:
    with opened(gateway_template, tmp_path) as db:
        yield from made(db, tmp_path)


def made(db: Database, folder: Path, **limits: object) -> Iterator[Vendor]:
    world = file_world(db, folder)
    world.rules = ServiceRules(attachments=replace(AttachmentLimits(), **limits))  # type: ignore[arg-type]
    world.restart()
    with TestClient(create_app(world.services, KEY), raise_server_exceptions=False) as http:
        yield Vendor(world, http)


def test_a_file_is_put_on_a_ticket_listed_and_fetched(vendor: Vendor) -> None:
    put = vendor.send(picture())

    assert put.status_code == 201
    told = put.json()
    assert (told["name"], told["media_type"], told["width"], told["source"]) == ("报错.png", "image/png", 64, "api")
    assert vendor.get(f"{vendor.number}/attachments").json() == {"files": [told]}
    got = vendor.get(f"{vendor.number}/attachments/{told['key']}")
    assert (got.status_code, len(got.content)) == (200, told["size"])
    assert got.headers["x-content-type-options"] == "nosniff"


def test_the_same_key_again_is_the_same_file_and_another_file_is_refused(vendor: Vendor) -> None:
    first, again = vendor.send(picture()), vendor.send(picture())

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert error(vendor.send(picture("blue"))) == (409, "key_used")
    assert len(vendor.get(f"{vendor.number}/attachments").json()["files"]) == 1


def test_the_same_key_on_another_ticket_is_another_file(vendor: Vendor) -> None:
    other = vendor.open("ticket-0002")

    keys = {vendor.send(picture(), number=number).json()["key"] for number in (vendor.number, other)}

    assert len(keys) == 2
    assert len(on_disk(vendor.world)) == 1


def test_a_ticket_that_is_full_says_so_to_a_program_and_a_repeat_is_no_further_file(vendor: Vendor) -> None:
    for number in range(MOST):
        assert vendor.send(f"{number}".encode(), f"file-{number:04}", name="a.log").status_code == 201

    full = vendor.send(b"one more", "file-9999", name="a.log")

    assert (full.status_code, full.json()["error"]["code"]) == (409, "ticket_full")
    assert f"{MOST} 个" in full.json()["error"]["message"]
    assert "retry-after" not in full.headers
    assert vendor.send(b"0", "file-0000", name="a.log").status_code == 200


def test_the_ticket_tells_the_team_that_a_file_has_come(vendor: Vendor) -> None:
    vendor.send(picture())
    vendor.send(picture())

    events = vendor.get(f"{vendor.number}?events=true").json()["events"]

    assert [event["detail"]["text"] for event in events if event["kind"] == "noted"] == ["上传了附件：报错.png"]


def test_files_of_the_conversation_are_files_of_its_ticket(vendor: Vendor) -> None:
    widget = Widget(vendor.world, vendor.http)
    widget.begin()
    send(widget, picture())
    form = {"client_id": "ticket-00001", "question": "导入时报错，怎么办"}
    number = widget.post("tickets", form).json()["number"]

    [file] = vendor.get(f"{number}/attachments").json()["files"]

    assert file["source"] == "user"
    assert vendor.get(f"{number}/attachments/{file['key']}").status_code == 200
    assert error(vendor.get(f"{vendor.number}/attachments/{file['key']}")) == (404, "missing")


def test_every_reading_is_on_the_audit_trail(vendor: Vendor) -> None:
    key = vendor.send(picture()).json()["key"]
    vendor.get(f"{vendor.number}/attachments/{key}")

    with vendor.world.db.read() as session:
        [line] = audit.listing(session, action="file.opened")

    assert (line.actor, line.detail["ticket"]) == ("api", vendor.number)


@pytest.mark.parametrize("secret", ["", "wrong"])
def test_without_the_key_nothing_is_written_listed_or_read(vendor: Vendor, secret: str) -> None:
    key = vendor.send(picture()).json()["key"]
    headers = vendor.headers("file-0002", secret)
    before = on_disk(vendor.world)

    replies = (
        vendor.send(picture("blue"), headers=headers),
        vendor.get(f"{vendor.number}/attachments", headers=headers),
        vendor.get(f"{vendor.number}/attachments/{key}", headers=headers),
    )

    assert {error(reply) for reply in replies} == {(401, "api_key")}
    assert on_disk(vendor.world) == before


def test_a_visitors_session_is_no_key(vendor: Vendor) -> None:
    widget = Widget(vendor.world, vendor.http)
    widget.begin()
    headers = {"x-gongda-session": widget.token, "idempotency-key": "file-0002"}

    assert error(vendor.send(picture(), headers=headers)) == (401, "api_key")


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [(b"", 422, "empty"), (b"MZ\x00\x01" * 9, 415, "not_accepted"), (b"<html>", 415, "page")],
)
def test_what_is_not_taken_from_visitors_is_not_taken_from_systems(
    vendor: Vendor, data: bytes, status: int, code: str
) -> None:
    assert error(vendor.send(data)) == (status, code)
    assert vendor.get(f"{vendor.number}/attachments").json() == {"files": []}


def test_a_file_over_the_limit_is_refused(gateway_template: Path, tmp_path: Path) -> None:
    with opened(gateway_template, tmp_path) as db:
        for vendor in made(db, tmp_path, largest=MIB):
            assert vendor.send(b"a" * (MIB + 1)).status_code == 413
            assert vendor.send(b"a" * (2 * MIB)).status_code == 413
            assert vendor.send(b"a" * MIB).status_code == 201


def test_unknown_tickets_and_keys_are_not_found(vendor: Vendor) -> None:
    assert error(vendor.send(picture(), number="GD-20261123-0099-1"))[0] == 404
    assert error(vendor.get("GD-20261123-0099-1/attachments"))[0] == 404
    assert error(vendor.get(f"{vendor.number}/attachments/{'0' * 32}")) == (404, "missing")
    assert error(vendor.get(f"{vendor.number}/attachments/..%2f..%2fetc"))[0] in (404, 422)


def test_without_a_file_or_a_key_the_request_says_what_is_missing(vendor: Vendor) -> None:
    path = f"/api/tickets/{vendor.number}/attachments"

    without_file = vendor.http.post(path, files={"other": (None, "x")}, headers=vendor.headers("file-0001"))
    without_key = vendor.http.post(path, files={"file": ("a.png", picture())}, headers=vendor.headers())

    assert error(without_file) == (422, "no_file")
    assert error(without_key) == (422, "invalid_fields")


def test_the_description_names_the_files_routes(vendor: Vendor) -> None:
    paths = vendor.http.get("/api/openapi.json").json()["paths"]

    put = paths["/api/tickets/{number}/attachments"]["post"]
    assert put["requestBody"]["content"]["multipart/form-data"]["schema"]["required"] == ["file"]
    assert {"201", "409", "413", "415", "422"} <= set(put["responses"])
    assert "get" in paths["/api/tickets/{number}/attachments/{key}"]


def test_large_bodies_are_for_files_only(vendor: Vendor) -> None:
    notes = f"/api/tickets/{vendor.number}/notes"

    reply = vendor.http.post(notes, content=b" " * 70_000, headers=vendor.headers("note-0001"))

    assert error(reply) == (413, "too_large_body")
