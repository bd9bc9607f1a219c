from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.errors import BadInput
from evaluation.json_lines import read_lines


def written(folder: Path, content: bytes) -> Path:
    path = folder / "问答.jsonl"
    path.write_bytes(content)
    return path


def test_a_byte_order_mark_blank_lines_and_dos_line_ends_are_no_matter(tmp_path: Path) -> None:
    content = '\ufeff{"text": "一"}\r\n\r\n{"text": "二"}'.encode()

    lines = read_lines(written(tmp_path, content))

    assert [(line.number, line.text("text")) for line in lines] == [(1, "一"), (3, "二")]


def test_a_line_separator_inside_a_text_parts_nothing(tmp_path: Path) -> None:
    (line,) = read_lines(written(tmp_path, '{"text": "一\u2028二"}\n'.encode()))

    assert line.text("text") == "一\u2028二"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "问答.jsonl 是空的"),
        (b"\n \n", "问答.jsonl 是空的"),
        (b'{"a": 1}\n{"a"', "问答.jsonl 第 2 行：不是 JSON"),
        (b"[1, 2]", "第 1 行：不是 JSON 对象"),
        (b"[" * 100_000, "第 1 行：不是 JSON"),
        ('{"a": 1}\n{"b": "中"}'.encode("gbk"), "第 2 行：不是 UTF-8 编码"),
        (b'{"text": "\\ud800"}', "第 1 行：有不成对的代理字符"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        read_lines(written(tmp_path, content))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="没有这个文件"):
        read_lines(tmp_path / "无.jsonl")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="这是文件夹"):
        read_lines(tmp_path)


@pytest.mark.parametrize(("raw", "name"), [("7", "7"), ('" a-1 "', "a-1"), ("null", ""), ('""', "")])
def test_ids_may_be_numbers_or_nothing(tmp_path: Path, raw: str, name: str) -> None:
    (line,) = read_lines(written(tmp_path, f'{{"id": {raw}}}'.encode()))

    assert line.name() == name


@pytest.mark.parametrize("raw", ["1.5", "true", "[1]", "{}"])
def test_nothing_else_is_an_id(tmp_path: Path, raw: str) -> None:
    (line,) = read_lines(written(tmp_path, f'{{"id": {raw}}}'.encode()))

    with pytest.raises(BadInput, match="id 应是文字或整数"):
        line.name()
