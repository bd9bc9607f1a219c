"""How long files stay, and what a program of the operator's reads off pictures."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from desk import attachments
from desk.database import Database
from gateway.attachments.codes import known_codes
from gateway.attachments.files import Files
from gateway.attachments.limits import AttachmentLimits
from gateway.attachments.ocr import read_picture
from gateway.care.pictures import PictureReader
from gateway.rules import ServiceRules
from gateway.timers.attachments import attachments as look
from gateway.timers.timed_desk import TimedDesk
from tests.integration.gateway.attachments_world import file_world, kept, on_disk, picture, send
from tests.integration.gateway.test_gateway_web import Widget, error
from tests.integration.gateway.test_gateway_web import opened as opened_widget
from tests.integration.gateway.turn_world import ANSWER, WORDING, World


def timed(world: World, keep_days: int = 180) -> TimedDesk:
    rules = ServiceRules(attachments=replace(AttachmentLimits(), keep_days=keep_days))
    return replace(world.timed(), rules=rules, files=world.services.files)


def aged(world: World) -> None:
    """Hours have passed since the bytes were written."""
    for path in on_disk(world):
        os.utime(path, (0, 0))


# -- keeping -------------------------------------------------------------------------------------


def test_after_their_time_files_are_erased_and_the_message_stays(widget: Widget) -> None:
    send(widget, picture())
    [shown] = widget.shown()[0]["attachments"]
    aged(widget.world)
    widget.world.clock.advance(timedelta(days=181))

    assert look(timed(widget.world)) == 2  # the row and the bytes

    [one] = kept(widget.world)
    assert (one.status, one.sha256, one.name, one.text) == ("erased", None, "", "")
    assert on_disk(widget.world) == []
    assert widget.http.get(shown["url"]).status_code == 403  # the address is as old
    assert error(widget.http.get(widget.shown()[0]["attachments"][0]["url"])) == (404, "erased")


def test_before_their_time_they_stay(widget: Widget) -> None:
    send(widget, picture())
    aged(widget.world)
    widget.world.clock.advance(timedelta(days=179))

    assert look(timed(widget.world)) == 0
    assert len(on_disk(widget.world)) == 1


def test_for_ever_is_for_ever(widget: Widget) -> None:
    send(widget, picture())
    aged(widget.world)
    widget.world.clock.advance(timedelta(days=5_000))

    assert look(timed(widget.world, keep_days=0)) == 0


def test_bytes_that_somebody_else_still_needs_stay(widget: Widget) -> None:
    send(widget, picture())
    widget.world.clock.advance(timedelta(days=100))
    other = Widget(widget.world, widget.http)
    other.begin()
    send(other, picture())
    aged(widget.world)
    widget.world.clock.advance(timedelta(days=100))

    assert look(timed(widget.world)) == 1
    assert len(on_disk(widget.world)) == 1
    assert widget.http.get(other.shown()[0]["attachments"][0]["url"]).status_code == 200


def test_bytes_of_a_request_that_came_to_nothing_are_swept_but_not_while_it_may_go_on(widget: Widget) -> None:
    widget.world.services.files.put(b"no message followed")

    assert look(timed(widget.world)) == 0
    aged(widget.world)
    assert look(timed(widget.world)) == 1
    assert on_disk(widget.world) == []


def test_a_person_can_be_forgotten(widget: Widget) -> None:
    send(widget, picture())
    stranger = Widget(widget.world, widget.http)
    stranger.begin()
    send(stranger, picture("blue"))
    aged(widget.world)

    with widget.world.db.write() as session:
        assert attachments.erase_contact(session, 1) == 1
    look(timed(widget.world))

    assert len(on_disk(widget.world)) == 1
    assert error(widget.http.get(widget.shown()[0]["attachments"][0]["url"])) == (404, "erased")
    assert widget.http.get(stranger.shown()[0]["attachments"][0]["url"]).status_code == 200


def test_a_desk_without_a_place_for_files_sweeps_nothing(turns_world: World) -> None:
    assert look(turns_world.timed()) == 0


# -- reading -------------------------------------------------------------------------------------


def program(folder: Path, body: str) -> tuple[str, ...]:
    """A program that reads pictures."""
    script = folder / "ocr.py"
    script.write_text(body, encoding="utf-8")
    return (sys.executable, str(script))


def index(folder: Path, *codes: str) -> Path:
    build = folder / "index" / "b1"
    build.mkdir(parents=True)
    (build / "codes.json").write_text(json.dumps({code: ["entry"] for code in codes}), encoding="utf-8")
    (folder / "index" / "CURRENT").write_text("b1", encoding="utf-8")
    return folder / "index"


def reading(db: Database, folder: Path, printed: str) -> World:
    world = file_world(db, folder, index=index(folder, "ERROR_403", "ERR-1042"))
    command = program(folder, f"print({printed!r})")
    world.rules = ServiceRules(attachments=AttachmentLimits(ocr_command=command))
    world.restart()
    return world


def settled(widget: Widget, world: World) -> None:
    """The program has had its time."""
    until = time.monotonic() + 20
    while not any(one.text for one in kept(world)) and time.monotonic() < until:
        time.sleep(0.05)


def test_a_code_on_a_picture_is_asked_about_never_claimed(db: Database, tmp_path: Path) -> None:
    world = reading(db, tmp_path, "系统提示 错误代码 ERROR_403 请联系管理员")
    with opened_widget(world) as widget:
        send(widget, picture())
        settled(widget, world)

        asked = widget.shown()[-1]
        assert kept(world)[0].text.startswith("系统提示")
        assert asked["text"] == WORDING.text("web.received.read", code="ERROR_403")
        assert [option["label"] for option in asked["options"]] == ["是 ERROR_403", "转人工"]

        world.says(ANSWER)
        widget.say("1", "client-0002")
        assert world.asked == ["ERROR_403"]
        assert widget.shown()[-1]["kind"] == "answer"


def test_what_belongs_to_a_form_is_read_for_people_and_not_asked_about(db: Database, tmp_path: Path) -> None:
    world = reading(db, tmp_path, "错误代码 ERROR_403")
    with opened_widget(world) as widget:
        send(widget, picture(), quiet="1")
        settled(widget, world)

        assert kept(world)[0].text == "错误代码 ERROR_403"
        assert [message["author"] for message in widget.shown()] == ["user"]


def test_several_codes_are_a_choice(db: Database, tmp_path: Path) -> None:
    world = reading(db, tmp_path, "ERROR_403 / ERR-1042")
    with opened_widget(world) as widget:
        send(widget, picture())
        settled(widget, world)

        labels = [option["label"] for option in widget.shown()[-1]["options"]]
        assert labels == ["ERROR_403", "ERR-1042", "转人工"]


def test_words_without_a_known_code_are_kept_for_people_only(db: Database, tmp_path: Path) -> None:
    world = reading(db, tmp_path, "网络连接超时，错误码 ZZ-99999")
    with opened_widget(world) as widget:
        send(widget, picture())
        settled(widget, world)

        assert kept(world)[0].text
        assert len(widget.shown()) == 2


def test_who_writes_meanwhile_is_not_asked(db: Database, tmp_path: Path) -> None:
    world = file_world(db, tmp_path, index=index(tmp_path, "ERROR_403"))
    with opened_widget(world) as widget:
        send(widget, picture())
        widget.say("怎么导出报表？")
        reader = replace(PictureReader.of(world.services), command=program(tmp_path, "print('ERROR_403')"))

        assert reader.look(kept(world)[0].key) == ("ERROR_403",)

        assert len(widget.shown()) == 4
        assert kept(world)[0].text == "ERROR_403"


@pytest.mark.parametrize(
    "body",
    [
        "raise SystemExit(3)",
        "import time; time.sleep(60)",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import sys\nwhile True: sys.stdout.write('x' * 65536)",
        "print('')",
    ],
)
def test_a_program_that_fails_hangs_or_floods_reads_nothing(tmp_path: Path, body: str) -> None:
    began = time.monotonic()

    assert read_picture(tmp_path / "a.png", program(tmp_path, body), seconds=1.0) == ""
    assert time.monotonic() - began < 10


def test_a_program_that_is_not_there_reads_nothing(tmp_path: Path) -> None:
    assert read_picture(tmp_path / "a.png", ("/nonexistent/ocr",)) == ""
    assert read_picture(tmp_path / "a.png", ()) == ""


def test_the_path_goes_where_the_operator_says_or_last_and_never_through_a_shell(tmp_path: Path) -> None:
    command = program(tmp_path, "import sys; print(sys.argv[1:])")
    path = tmp_path / "a; echo hacked"

    assert read_picture(path, (*command, "{path}", "stdout")) == str([str(path), "stdout"])
    assert read_picture(path, (*command, "-l", "chi_sim")) == str(["-l", "chi_sim", str(path)])


def test_codes_are_those_of_the_current_build(tmp_path: Path) -> None:
    where = index(tmp_path, "ERROR_403")

    assert known_codes("错误 ＥＲＲＯＲ＿４０３", where) == ("ERROR_403",)
    assert known_codes("ERROR_404", where) == ()
    assert known_codes("ERROR_403", tmp_path / "nowhere") == ()
    (where / "b1" / "codes.json").write_text("{broken", encoding="utf-8")
    assert known_codes("ERROR_403", where) == ()


def test_files_without_a_folder_are_unusable() -> None:
    assert not Files(None).usable
