"""JSON Lines files: objects with a text, and a mistake told with its line number."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.tools.errors import BadInput


def read_objects(path: Path, *, labelled: bool = False, blank: bool = True) -> list[dict[str, Any]]:
    """The objects of a file, in order; lines without any content are skipped.

    Every object has a string `text` (`blank`: it may be empty) and, if `labelled`, a non-empty `label`, which
    may be a number and becomes a string. Raises BadInput naming file and line.
    """
    found = []
    for number, raw in enumerate(_raw_lines(path), 1):
        if raw.strip():
            try:
                found.append(_object(raw, labelled, blank))
            except _Wrong as wrong:
                raise BadInput(f"{path.name} 第 {number} 行：{wrong}") from None
    return found


def read_texts(path: Path) -> list[str]:
    """The `text` of every line. Raises BadInput."""
    return [str(data["text"]) for data in read_objects(path)]


def write_objects(path: Path, objects: Sequence[dict[str, Any]]) -> None:
    """One object a line; the file is complete or, if writing fails, the old one. Raises BadInput."""
    beside = path.with_name(f".{path.name}.partial")
    try:
        beside.write_text("".join(f"{as_line(data)}\n" for data in objects), encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise BadInput(f"写不了 {path}：{error.strerror}") from error


def as_line(data: Any) -> str:
    """JSON in one line, readable; half a character (a lone surrogate) is escaped, UTF-8 cannot hold it."""
    line = json.dumps(data, ensure_ascii=False)
    return line if encodable(line) else json.dumps(data)


def encodable(line: str) -> bool:
    """Whether UTF-8 can hold it: no half of a character by itself."""
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


class _Wrong(Exception):
    """What is wrong with a line."""


def _raw_lines(path: Path) -> list[bytes]:
    try:
        # Only \n ends a line: JSON strings may hold U+2028 and the like.
        return path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except FileNotFoundError:
        raise BadInput(f"没有找到文件 {path}") from None
    except OSError as error:
        raise BadInput(f"读不了 {path}：{error.strerror}") from error


def _object(raw: bytes, labelled: bool, blank: bool) -> dict[str, Any]:
    data = _json(raw)
    if not isinstance(data, dict):
        raise _Wrong('不是 JSON 对象，应为 {"text": "…"}')
    if not isinstance(data.get("text"), str):
        raise _Wrong("缺少字符串 text")
    if not blank and not data["text"].strip():
        raise _Wrong("text 是空的，训练和测试的每一行都要有文字")
    return {**data, "label": _label(data)} if labelled else data


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise _Wrong("不是 UTF-8 编码") from None
    except json.JSONDecodeError as error:
        raise _Wrong(f"不是 JSON（第 {error.colno} 个字符：{error.msg}）") from None
    except (ValueError, RecursionError):
        raise _Wrong("不是可用的 JSON（数字太长或嵌套太深）") from None


def _label(data: dict[str, Any]) -> str:
    label = data.get("label")
    if isinstance(label, bool) or not isinstance(label, (str, int)) or not str(label).strip():
        raise _Wrong("缺少 label，应为非空字符串")
    return str(label)
