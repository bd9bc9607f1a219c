import contextlib
import os
import subprocess
from pathlib import Path

import pytest

from kb_ingest.documents import child
from kb_ingest.documents.limits import MIB, Limits
from kb_ingest.documents.parser import ENVIRONMENT, Parser
from kb_ingest.errors import OverLimit, Refused, Unsuitable

TEXT = "登录失败请看日志。\n".encode("gbk")
SLOW = b"<table>" + b"<tr>" + b"<td>a" * 400_000


def test_one_child_parses_many_files() -> None:
    with Parser(Limits()) as parser:
        documents = [parser.parse("plain", TEXT, f"{number}.txt") for number in range(3)]

    assert [document.blocks[0].text for document in documents] == ["登录失败请看日志。"] * 3
    assert documents[0].encoding == "gb18030"


def test_the_second_file_does_not_pay_for_a_new_child() -> None:
    with Parser(Limits()) as parser:
        parser.parse("plain", TEXT, "a.txt")
        first = parser._child
        parser.parse("plain", TEXT, "b.txt")

        assert first is not None
        assert parser._child is first


def test_a_file_that_takes_too_long_is_refused_and_the_next_one_is_parsed() -> None:
    with Parser(Limits(seconds=2.0)) as parser:
        parser.parse("plain", TEXT, "warm.txt")
        with pytest.raises(OverLimit, match="解析超过 2 秒"):
            parser.parse("html", SLOW * 5, "a.html")
        assert parser.parse("plain", TEXT, "b.txt").blocks


def test_the_start_of_the_child_is_on_no_files_account(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import time; time.sleep(1.2)")
    slow = {**ENVIRONMENT, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ENVIRONMENT['PYTHONPATH']}"}

    with Parser(Limits(seconds=1.0), slow) as parser:
        assert parser.parse("plain", TEXT, "a.txt").blocks


def test_a_child_that_cannot_start_is_said_to_be_the_machines_fault(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import os; os._exit(1)")
    dead = {**ENVIRONMENT, "PYTHONPATH": str(tmp_path)}

    with Parser(Limits(), dead) as parser, pytest.raises(OverLimit, match="没能启动"):
        parser.parse("plain", TEXT, "a.txt")


def test_a_file_that_takes_too_much_memory_is_refused_and_the_next_one_is_parsed() -> None:
    with Parser(Limits(memory=200 * MIB)) as parser:
        with pytest.raises(Refused, match=r"内存|崩溃"):
            parser.parse("plain", b"a\n" * 5_000_000, "a.txt")
        assert parser.parse("plain", TEXT, "b.txt").blocks


def test_a_file_that_the_library_trips_over_is_refused_and_the_child_goes_on() -> None:
    with Parser(Limits()) as parser:
        with pytest.raises(Unsuitable, match="已损坏"):
            parser.parse("word", b"PK\x03\x04 nothing of the kind", "a.docx")
        assert parser.parse("plain", TEXT, "b.txt").blocks


def test_a_deeply_nested_page_does_not_bring_the_child_down() -> None:
    with Parser(Limits()) as parser:
        page = b"<div>" * 50_000 + "里面".encode()
        with contextlib.suppress(Refused):
            parser.parse("html", page, "a.html")
        assert parser.parse("plain", TEXT, "b.txt").blocks


def test_no_child_is_left_behind() -> None:
    with Parser(Limits()) as parser:
        parser.parse("plain", TEXT, "a.txt")
        running = parser._child
        assert isinstance(running, subprocess.Popen)

    assert running.returncode is not None


@pytest.mark.parametrize(
    "event", ["socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.posix_spawn"]
)
def test_the_child_opens_no_socket_and_no_process(event: str) -> None:
    with pytest.raises(PermissionError):
        child._forbid(event, ())


def test_too_many_characters_are_refused_with_the_number() -> None:
    with Parser(Limits(characters=5)) as parser, pytest.raises(Unsuitable, match="共 9 个字，超过上限 5 个"):
        parser.parse("plain", TEXT, "a.txt")
