"""JSON Lines as other people write them: with or without a byte-order mark, blank lines and line ends of any kind."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.errors import BadInput


@dataclass(frozen=True)
class Line:
    """One object of a file, and where it stands."""

    file: str
    number: int
    data: Mapping[str, Any]

    def wrong(self, what: str) -> BadInput:
        """The error that says what is wrong with this line."""
        return _wrong(self.file, self.number, what)

    def text(self, key: str) -> str:
        """A text that has to be there. Raises BadInput."""
        value = self.data.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"缺少 {key}，或不是文字")
        return value.strip()

    def name(self, key: str = "id") -> str:
        """An id, numbers as their digits; empty where there is none. Raises BadInput."""
        return self.as_name(self.data.get(key), key)

    def as_name(self, value: Any, key: str) -> str:
        """`value` as an id. Raises BadInput."""
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise self.wrong(f"{key} 应是文字或整数")
        return str(value).strip()

    def several(self, key: str) -> tuple[Any, ...]:
        """What a list holds; one value alone stands for a list of one. Empty where there is none."""
        value = self.data.get(key)
        if value is None:
            return ()
        return tuple(value) if isinstance(value, list) else (value,)


def read_lines(path: Path) -> tuple[Line, ...]:
    """Every object of the file, one on each line. Raises BadInput."""
    lines = tuple(_lines(path, _decoded(path)))
    if not lines:
        raise BadInput(f"{path.name} 是空的，没有一行内容")
    return lines


def _decoded(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"读不了 {path}：{_REASONS.get(type(error), error.strerror)}") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _wrong(path.name, data[: error.start].count(b"\n") + 1, "不是 UTF-8 编码，请用 UTF-8 另存一次") from error


_REASONS = {
    FileNotFoundError: "没有这个文件",
    IsADirectoryError: "这是文件夹，不是文件",
    PermissionError: "没有权限",
}


def _lines(path: Path, text: str) -> Iterator[Line]:
    """Only line feeds part lines: U+2028 and its like may stand in a JSON text."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield Line(path.name, number, _object(path.name, number, line))


def _object(file: str, number: int, line: str) -> Mapping[str, Any]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        where = f"（第 {error.colno} 个字符）" if isinstance(error, json.JSONDecodeError) else ""
        raise _wrong(file, number, f"不是 JSON{where}；应是每行一个 JSON 对象") from error
    if not isinstance(data, dict):
        raise _wrong(file, number, "不是 JSON 对象；应是每行一个 {…}，不是一整个数组")
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise _wrong(file, number, "有不成对的代理字符（\\ud800 一类），不是完整的文字") from error
    return data


def _wrong(file: str, number: int, what: str) -> BadInput:
    return BadInput(f"{file} 第 {number} 行：{what}")
