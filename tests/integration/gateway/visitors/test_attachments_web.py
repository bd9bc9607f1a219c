from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from desk import conversations
from desk.database import Database
from gateway.attachments.limits import MIB, AttachmentLimits
from gateway.rules import ServiceRules
from tests.integration.gateway.attachments_world import file_world, kept, on_disk, picture, send
from tests.integration.gateway.test_gateway_web import Widget, error
from tests.integration.gateway.test_gateway_web import opened as opened_widget
from tests.integration.gateway.turn_world import ANSWER, WORDING, World


def limited(widget: Widget, **limits: object) -> World:
    widget.world.rules = ServiceRules(attachments=replace(AttachmentLimits(), **limits))  # type: ignore[arg-type]
    widget.world.restart()
    return widget.world


def received(kind: str) -> str:
    return WORDING.text(f"web.received.{kind}")


# -- sending -------------------------------------------------------------------------------------


def test_a_picture_is_stored_with_its_message_and_the_bot_asks_for_the_code_in_words(widget: Widget) -> None:
    response = send(widget, picture())

    assert (response.status_code, response.json()) == (202, {"seq": 1})
    mine, bots = widget.shown()
    assert (mine["kind"], mine["client_id"], mine["text"]) == ("image", "picture-0001", "")
    [shown] = mine["attachments"]
    assert (shown["name"], shown["media_type"], shown["width"], shown["height"]) == ("截图.png", "image/png", 64, 32)
    assert (bots["author"], bots["text"]) == ("bot", received("image"))
    assert [option["label"] for option in bots["options"]] == ["转人工"]


def test_a_picture_is_shown_by_the_address_that_comes_with_it(widget: Widget) -> None:
    send(widget, picture())
    [shown] = widget.shown()[0]["attachments"]

    got = widget.http.get(shown["url"])

    assert (got.status_code, got.headers["content-type"]) == (200, "image/png")
    assert len(got.content) == shown["size"]
    assert got.headers["content-disposition"].startswith("inline; ")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"] == "sandbox; default-src 'none'"


def test_what_is_no_picture_is_saved_and_never_shown_by_a_browser(widget: Widget) -> None:
    send(widget, "运行日志 ERR-1042\n".encode("gbk"), name="运行.log")
    mine, bots = widget.shown()
    [shown] = mine["attachments"]

    got = widget.http.get(shown["url"])

    assert (mine["kind"], bots["text"]) == ("file", received("file"))
    assert got.content == "运行日志 ERR-1042\n".encode("gbk")
    assert got.headers["content-type"] == "text/plain"
    assert got.headers["content-disposition"].startswith("attachment; ")


def test_a_part_of_a_file_cannot_be_asked_for(widget: Widget) -> None:
    send(widget, picture())
    [shown] = widget.shown()[0]["attachments"]

    got = widget.http.get(shown["url"], headers={"range": "bytes=0-3"})

    assert (got.status_code, len(got.content)) == (200, shown["size"])


def test_several_pictures_in_a_row_are_answered_once(widget: Widget) -> None:
    for number in range(3):
        send(widget, picture(size=(10 + number, 10)), f"picture-000{number}")

    assert [message["author"] for message in widget.shown()] == ["user", "bot", "user", "user"]


def test_what_belongs_to_a_form_or_to_words_beside_it_is_stored_and_not_asked_about(widget: Widget) -> None:
    for number in range(2):
        assert send(widget, picture(size=(10 + number, 10)), f"picture-000{number}", quiet="1").status_code == 202

    assert [(message["author"], message["kind"]) for message in widget.shown()] == [("user", "image")] * 2
    assert len(kept(widget.world)) == 2
    assert "quiet" not in str(widget.shown())


def test_after_words_a_picture_is_answered_again(widget: Widget) -> None:
    send(widget, picture())
    widget.say("导入的时候出现的，怎么办？")
    send(widget, picture("blue"), "picture-0002")

    assert [message["text"] for message in widget.shown()].count(received("image")) == 2


def test_words_that_come_with_a_picture_are_what_is_answered(widget: Widget) -> None:
    widget.world.says(ANSWER)

    send(widget, picture(), text="怎么导出报表？")

    mine, bots = widget.shown()
    assert (mine["kind"], mine["text"], bots["kind"]) == ("image", "怎么导出报表？", "answer")


def test_while_a_human_has_the_conversation_the_bot_says_nothing(widget: Widget) -> None:
    widget.say("你好")
    agent = widget.world.agent()
    with widget.world.db.write() as session:
        conversations.take(session, 1, agent.id, now=widget.world.clock())

    send(widget, picture())

    assert [message["author"] for message in widget.shown()][2:] == ["user"]


# -- exactly once --------------------------------------------------------------------------------


def test_a_picture_that_is_sent_again_is_the_same_message(widget: Widget) -> None:
    assert send(widget, picture()).json() == send(widget, picture()).json()

    assert len(widget.shown()) == 2
    assert len(kept(widget.world)) == 1
    assert len(on_disk(widget.world)) == 1


def test_two_tabs_that_send_the_same_picture_at_once_send_it_once(widget: Widget) -> None:
    replies = []
    data = picture()

    def tab() -> None:
        replies.append(send(widget, data))

    tabs = [threading.Thread(target=tab) for _ in range(4)]
    for one in tabs:
        one.start()
    for one in tabs:
        one.join()

    assert {(reply.status_code, reply.json()["seq"]) for reply in replies} == {(202, 1)}
    assert len(kept(widget.world)) == 1


def test_another_picture_under_the_same_id_is_refused_and_the_first_stays(widget: Widget) -> None:
    send(widget, picture("red"))

    assert error(send(widget, picture("blue"))) == (409, "conflict")
    assert len(kept(widget.world)) == 1


def test_the_same_picture_of_two_people_is_kept_once_and_belongs_to_both(widget: Widget) -> None:
    send(widget, picture())
    other = Widget(widget.world, widget.http)
    other.begin()
    send(other, picture())

    assert len(on_disk(widget.world)) == 1
    urls = {one.shown()[0]["attachments"][0]["url"] for one in (widget, other)}
    assert len(urls) == 2
    assert {widget.http.get(url).status_code for url in urls} == {200}


def test_a_picture_is_still_there_after_the_gateway_has_started_anew(widget: Widget) -> None:
    send(widget, picture())
    widget.world.restart()

    [shown] = widget.shown()[0]["attachments"]

    assert widget.http.get(shown["url"]).status_code == 200


# -- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 422, "empty"),
        (b"MZ\x90\x00" + bytes(100), 415, "not_accepted"),
        (b"<svg onload=alert(1)>", 415, "page"),
        (picture()[:40], 422, "picture_damaged"),
    ],
)
def test_a_file_that_is_not_taken_leaves_nothing_and_says_what_is(
    widget: Widget, data: bytes, status: int, code: str
) -> None:
    response = send(widget, data, name="a.png")

    assert error(response) == (status, code)
    message = response.json()["error"]["message"]
    assert "$" not in message
    assert "10 MB" in message or status == 422
    assert widget.shown() == []
    assert on_disk(widget.world) == []


def test_a_file_over_the_limit_is_refused_with_the_limit(widget: Widget) -> None:
    limited(widget, largest=MIB)
    with opened_widget(widget.world) as strict:
        response = send(strict, b"a" * (MIB + 100_000), name="a.log")
        larger = send(strict, b"a" * (5 * MIB), name="a.log")

    assert error(response) == (413, "too_big")
    assert "1 MB" in response.json()["error"]["message"]
    assert larger.status_code == 413


@pytest.mark.parametrize("client_id", ["", "short", "with space", "x" * 65, "../../../../etc"])
def test_without_a_proper_id_nothing_is_taken(widget: Widget, client_id: str) -> None:
    assert error(send(widget, picture(), client_id)) == (400, "bad_request")


def test_a_form_without_a_file_is_told(widget: Widget) -> None:
    headers = {"x-gongda-session": widget.token}

    sent = widget.http.post("/web/attachments", files={"client_id": (None, "picture-0001")}, headers=headers)
    broken = widget.http.post("/web/attachments", content=b"x", headers=headers)

    assert error(sent) == (422, "no_file")
    assert broken.status_code == 400


def test_too_many_files_in_a_day_are_refused_until_tomorrow_but_a_repeat_is_not(widget: Widget) -> None:
    limited(widget, per_day=2)
    with opened_widget(widget.world) as strict:
        for number in range(2):
            assert send(strict, picture(size=(9, 9 + number)), f"picture-000{number}").status_code == 202

        refused = send(strict, picture("blue"), "picture-0009")
        assert error(refused) == (429, "too_many")
        assert refused.headers["retry-after"] == "3600"
        assert send(strict, picture(size=(9, 9)), "picture-0000").status_code == 202
        widget.world.clock.advance(timedelta(days=1, minutes=1))
        assert send(strict, picture("blue"), "picture-0009").status_code == 202


def test_the_session_says_what_files_are_taken(widget: Widget) -> None:
    limited(widget, largest=2 * MIB, per_message=3, kinds=("picture", "pdf"))
    with opened_widget(widget.world) as strict:
        told = strict.begin()["features"]

    assert told["attachments"] is True
    assert told["files"] == {"largest": 2 * MIB, "most": 3, "kinds": ["picture", "pdf"]}


def test_words_that_are_too_long_cost_no_check_of_the_file(widget: Widget) -> None:
    assert error(send(widget, picture(), text="字" * 2_001)) == (413, "too_large")
    assert on_disk(widget.world) == []


@pytest.mark.parametrize("charset", ["undefined", '"a\x00b"'])
def test_a_form_in_a_character_set_that_is_none_is_a_bad_request(widget: Widget, charset: str) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="client_id"\r\n\r\npicture-0001\r\n--b--\r\n'
    kind = f"multipart/form-data; boundary=b; charset={charset}"

    response = widget.http.post(
        "/web/attachments", content=body, headers={"x-gongda-session": widget.token, "content-type": kind}
    )

    assert error(response) == (400, "bad_request")


def test_a_gateway_without_a_place_for_files_says_so(turns_world: World) -> None:
    with opened_widget(turns_world) as widget:
        assert widget.begin()["features"]["attachments"] is False
        assert error(send(widget, picture())) == (415, "no_place")


def test_a_disk_that_takes_nothing_is_told_and_the_message_is_not_half_there(db: Database, tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("")
    with opened_widget(file_world(db, tmp_path / "blocked")) as widget:
        response = send(widget, picture())

        assert error(response) == (503, "not_kept")
        assert widget.shown() == []


# -- whose it is ---------------------------------------------------------------------------------


def test_nobody_but_the_conversations_own_people_reads_a_file(widget: Widget) -> None:
    send(widget, picture())
    [shown] = widget.shown()[0]["attachments"]
    url, bare = shown["url"], shown["url"].partition("?")[0]
    stranger = Widget(widget.world, widget.http)
    stranger.begin()
    send(stranger, picture("blue"))
    [theirs] = stranger.shown()[0]["attachments"]

    def read(address: str, token: str = "") -> int:
        headers = {"x-gongda-session": token} if token else {}
        return widget.http.get(address, headers=headers).status_code

    assert read(url, widget.token) == 200
    assert read(url, stranger.token) == 404
    assert read(url, "made.up") == 401
    assert read(bare, widget.token) == 404
    assert read(bare) == 404
    assert read(f"{bare}?sig={theirs['url'].partition('sig=')[2]}") == 404
    assert read(f"{bare}?sig={'x' * 290}") == 404
    assert read(f"/web/attachments/{'0' * 32}?sig=x") == 404
    assert read("/web/attachments/..%2f..%2fdesk.db?sig=x") == 404


def test_a_reload_brings_the_address_that_the_browser_has_kept_the_picture_of(widget: Widget) -> None:
    send(widget, picture())
    [before] = widget.shown()[0]["attachments"]
    widget.world.clock.advance(timedelta(minutes=20))
    [soon] = widget.shown()[0]["attachments"]
    widget.world.clock.advance(timedelta(hours=10))
    [late] = widget.shown()[0]["attachments"]

    assert soon["url"] == before["url"] != late["url"]
    assert widget.http.get(before["url"]).status_code == 200
    assert "max-age=3600" in widget.http.get(late["url"]).headers["cache-control"]


def test_an_address_ends_after_a_while(widget: Widget) -> None:
    send(widget, picture())
    [shown] = widget.shown()[0]["attachments"]

    widget.world.clock.advance(timedelta(hours=13))

    assert error(widget.http.get(shown["url"])) == (403, "link_expired")
    assert widget.http.get(widget.shown()[0]["attachments"][0]["url"]).status_code == 200


def test_without_a_session_nothing_is_sent(widget: Widget) -> None:
    stranger = Widget(widget.world, widget.http)

    assert error(send(stranger, picture())) == (401, "not_signed_in")
    assert on_disk(widget.world) == []


def test_the_stream_of_another_session_names_no_file(widget: Widget) -> None:
    send(widget, picture())
    stranger = Widget(widget.world, widget.http)
    stranger.begin()

    assert stranger.shown() == []


# -- pages of strangers --------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil.example", "garbage"])
@pytest.mark.parametrize("path", ["session", "messages", "attachments", "tickets", "hints", "human", "feedback"])
def test_a_strangers_page_may_not_use_the_api(widget: Widget, origin: str, path: str) -> None:
    headers = {"x-gongda-session": widget.token, "origin": origin}

    assert error(widget.http.post(f"/web/{path}", json={}, headers=headers)) == (403, "foreign_origin")


def test_our_own_pages_allowed_pages_and_programs_may(db: Database, tmp_path: Path) -> None:
    world = file_world(db, tmp_path, allowed_origins=("https://vendor.example",), public_url="https://help.example/")

    with opened_widget(world) as widget:
        statuses = {
            origin: widget.http.post("/web/session", json={}, headers={"origin": origin} if origin else {}).status_code
            for origin in (
                "",
                "http://testserver",
                "https://vendor.example",
                "https://help.example",
                "https://x.example",
            )
        }

    assert list(statuses.values()) == [200, 200, 200, 200, 403]


def test_a_page_of_another_origin_can_read_how_long_to_wait(db: Database, tmp_path: Path) -> None:
    origin = {"origin": "https://vendor.example"}
    world = file_world(db, tmp_path, allowed_origins=("https://Vendor.example/",), sessions_per_minute=1)

    with opened_widget(world) as widget:  # the one session of this minute
        slow = widget.http.post("/web/session", json={}, headers=origin)

    assert error(slow) == (429, "too_many")
    assert 1 <= int(slow.headers["retry-after"]) <= 60
    assert slow.headers["access-control-allow-origin"] == "https://vendor.example"
    assert slow.headers["access-control-expose-headers"] == "retry-after"


def test_our_own_pages_may_show_pictures_before_they_are_sent(widget: Widget) -> None:
    assert "img-src 'self' data: blob:" in widget.http.get("/healthz").headers["content-security-policy"]
