from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from desk import attachments, audit, conversations, messages
from desk.attachments import Attachment, NewAttachment, shown
from gateway.attachments.files import Files
from tests.integration.gateway.attachments_world import picture
from tests.integration.gateway.console.world import Staff, World

JSON = {"accept": "application/json"}


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files")


@pytest.fixture
def world(staff: Staff, tmp_path: Path, files: Files) -> World:
    return World(staff, tmp_path, files=files)


def arrived(world: World, number: str, files: Files, name: str = "截图.png", text: str = "") -> Attachment:
    """The customer has sent a picture."""
    data, now = picture(), world.clock()
    talk = world.talk(number)
    key = f"{talk.last_seq:032x}"
    with world.db.write() as session:
        new = NewAttachment(
            key, name, "image/png", len(data), files.put(data), 64, 32, conversation_id=talk.id, text=text
        )
        payload = {"attachments": [shown(new)]}
        stored = messages.record_inbound(session, talk.id, f"f-{key}", "", kind="image", payload=payload, now=now)
        return attachments.add(
            session,
            NewAttachment(
                key, name, "image/png", len(data), new.sha256, 64, 32, "user", talk.id, stored.message_id, text=text
            ),
            now=now,
        )


def send(
    world: World, number: str, data: bytes, to: str = "customer", login: str = "zhang", **more: str
) -> httpx2.Response:
    return world.browser(login, **JSON).post(
        f"/console/files/{number}",
        data={"key": more.get("key", "click-0001"), "to": to},
        files={"file": (more.get("name", "说明.png"), data)},
    )


def code(response: httpx2.Response) -> str:
    return str(response.json()["error"]["code"])


# -- reading -------------------------------------------------------------------------------------


def test_a_picture_stands_in_the_transcript_and_opens_in_a_new_tab(world: World, files: Files) -> None:
    number = world.ticket(of="zhang")
    one = arrived(world, number, files)

    page = world.browser("zhang").get(f"/console/tickets/{number}").text

    assert f'<a href="/console/files/{one.key}" target="_blank" rel="noopener"' in page
    assert f'<img src="/console/files/{one.key}" alt="截图.png"' in page


@pytest.mark.parametrize("login", ["zhang", "li", "wang", "root"])
def test_the_team_opens_the_files_of_tickets(world: World, files: Files, login: str) -> None:
    one = arrived(world, world.ticket(of="zhang"), files)

    got = world.browser(login).get(f"/console/files/{one.key}")

    assert (got.status_code, len(got.content)) == (200, one.size)
    assert got.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["cache-control"] == "private, no-store"


def test_an_editor_and_a_stranger_do_not(world: World, files: Files) -> None:
    one = arrived(world, world.ticket(of="zhang"), files)

    assert world.browser("chen", **JSON).get(f"/console/files/{one.key}").status_code == 403
    assert world.browser(**JSON).get(f"/console/files/{one.key}").status_code == 401


def test_files_of_talks_without_a_ticket_are_nobodys_to_read(world: World, files: Files) -> None:
    with world.db.write() as session:
        talk = conversations.open_for(session, "web", "private", now=world.clock())
        new = NewAttachment("a" * 32, "a.png", "image/png", 9, files.put(picture()), conversation_id=talk.id)
        attachments.add(session, new, now=world.clock())

    assert world.browser("root", **JSON).get(f"/console/files/{'a' * 32}").status_code in (403, 404)


def test_each_opening_is_on_the_trail_once_an_hour(world: World, files: Files) -> None:
    number = world.ticket(of="zhang")
    one = arrived(world, number, files)
    for _ in range(3):
        world.browser("li").get(f"/console/files/{one.key}")

    with world.db.read() as session:
        [line] = audit.listing(session, action="file.opened")

    assert (line.actor, line.detail["ticket"]) == (world.agent("li").actor, number)


def test_what_was_read_off_a_picture_is_shown_without_passwords(world: World, files: Files) -> None:
    number = world.ticket(of="zhang")
    arrived(world, number, files, text="登录失败 密码: Abc12345678")

    page = world.browser("zhang").get(f"/console/tickets/{number}").text

    assert "登录失败" in page
    assert "Abc12345678" not in page


def test_a_name_with_marks_in_it_is_only_a_name(world: World, files: Files) -> None:
    number = world.ticket(of="zhang")
    arrived(world, number, files, name='"><img src=x onerror=alert(1)>.png')

    page = world.browser("zhang").get(f"/console/tickets/{number}").text

    assert "<img src=x" not in page


def test_an_unknown_file_is_not_found(world: World) -> None:
    assert world.browser("root", **JSON).get("/console/files/..%2f..%2fdesk.db").status_code in (403, 404)
    assert world.browser("root", **JSON).get(f"/console/files/{'0' * 32}").status_code in (403, 404)


# -- sending -------------------------------------------------------------------------------------


def test_an_agent_sends_a_picture_as_a_message_of_its_own(world: World) -> None:
    number = world.ticket(of="zhang")

    assert send(world, number, picture()).status_code == 303

    last = world.messages(number)[-1]
    assert (last.author, last.kind, last.payload["name"]) == ("agent", "image", "张敏")
    assert last.payload["attachments"][0]["name"] == "说明.png"
    with world.db.read() as session:
        [one] = attachments.of_messages(session, [last.id])[last.id]
    assert (one.source, one.width) == ("agent", 64)
    assert world.events(number, "replied")


def test_the_second_click_sends_nothing(world: World) -> None:
    number = world.ticket(of="zhang")
    before = len(world.messages(number))

    assert [send(world, number, picture()).status_code for _ in range(2)] == [303, 303]

    assert len(world.messages(number)) == before + 1


def test_only_who_has_the_conversation_sends(world: World) -> None:
    number = world.ticket(of="zhang")
    before = len(world.messages(number))

    assert send(world, number, picture(), login="li").status_code == 403
    assert send(world, number, picture(), login="chen").status_code == 403
    assert send(world, world.ticket(customer="visitor-2"), picture()).status_code == 403
    assert len(world.messages(number)) == before


def test_a_document_goes_to_a_web_page_but_not_to_wechat(world: World) -> None:
    web = world.ticket(of="zhang")
    chat = world.ticket(of="zhang", channel="wechat", customer="openid-1")
    before = len(world.messages(chat))

    assert send(world, web, "操作步骤：……".encode(), name="步骤.txt").status_code == 303
    assert code(send(world, chat, "操作步骤：……".encode(), name="步骤.txt")) == "pictures_only"
    assert len(world.messages(chat)) == before
    assert "这个渠道只能给客户发图片" in world.browser("zhang").get(f"/console/tickets/{chat}").text


def test_a_file_for_colleagues_is_a_note_and_the_customer_never_sees_it(world: World) -> None:
    number = world.ticket(of="zhang")
    before = len(world.messages(number))

    for _ in range(2):
        assert send(world, number, b"internal log", "colleagues", "li", name="内部.log").status_code == 303

    assert len(world.messages(number)) == before
    assert [event.detail["text"] for event in world.events(number, "noted")] == ["上传了附件：内部.log"]
    page = world.browser("zhang").get(f"/console/tickets/{number}").text
    assert "内部.log" in page


def test_another_file_for_colleagues_under_the_same_key_is_refused_and_not_dropped(world: World) -> None:
    number = world.ticket(of="zhang")
    send(world, number, b"first log", "colleagues", name="一.log")

    refused = send(world, number, b"second log", "colleagues", name="二.log")

    assert (refused.status_code, code(refused)) == (409, "repeat")


def test_a_ticket_without_a_conversation_takes_files_for_colleagues(world: World) -> None:
    number = world.ticket_without_conversation()

    assert send(world, number, picture(), "colleagues").status_code == 303
    assert send(world, number, picture(), "customer").status_code in (403, 422)


@pytest.mark.parametrize(
    ("data", "expected"), [(b"", "empty"), (b"MZ\x00\x01" * 9, "not_accepted"), (b"<svg/>", "page")]
)
def test_what_is_not_taken_is_told_in_chinese(world: World, data: bytes, expected: str) -> None:
    number = world.ticket(of="zhang")

    response = send(world, number, data)

    assert code(response) == expected
    assert any("\u4e00" <= char <= "\u9fff" for char in response.json()["error"]["message"])


def test_a_broken_form_is_refused(world: World) -> None:
    number = world.ticket(of="zhang")

    assert send(world, number, picture(), to="everybody").status_code == 422
    assert send(world, number, picture(), key="x").status_code == 422
    assert world.browser("zhang", origin="https://evil.example").post(f"/console/files/{number}").status_code == 403


def test_without_a_place_for_files_nothing_is_offered(staff: Staff, tmp_path: Path) -> None:
    world = World(staff, tmp_path)
    number = world.ticket(of="zhang")

    assert 'data-form="file"' not in world.browser("zhang").get(f"/console/tickets/{number}").text
    assert code(send(world, number, picture())) == "no_place"
