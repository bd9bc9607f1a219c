"""Bytes -> text, never lossy.

Order: UTF-8 (with or without its mark), UTF-16 and 32 by their mark or by where the zero bytes stand, then whichever
of GB18030 and Big5 reads as everyday Chinese, then what charset-normalizer proposes. Nothing is ever replaced or left
out: bytes that no encoding explains are refused with the place of the first of them.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from charset_normalizer import from_bytes

from kb_ingest.errors import Undecodable

# Common characters are 9 of 10 in any Chinese text; the wrong one of two tables gives rare ones (measured: below 0.2).
PLAUSIBLE = 0.6
# Accented letters stand alone between plain ones. Where they come in runs, Chinese was read through a Western table.
_MOST_IN_RUNS = 0.2
_GUESSED_FROM = 64 * 1024
_JUDGED_BY = 100_000

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FREQUENT = Path(__file__).with_name("frequent.txt")
_DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]+)", re.IGNORECASE)
_DECLARED_WITHIN = 2048
# What our customers' neighbours write; of all tables there are, some other one always fits a short text as well.
_OTHERS = ["cp1252", "cp932", "euc_jp", "cp949"]
_FOREIGN = re.compile("[^\u0000-\u007f]+")
# Pages that say gb2312 or big5 use characters of the larger tables.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "x-gbk": "gb18030"}


@dataclass(frozen=True)
class Decoded:
    """A text and the name of the encoding that every byte of it was read with."""

    text: str
    encoding: str


def decode(data: bytes) -> Decoded:
    """Raises Undecodable, naming the byte, when no encoding reads all of `data` as a text."""
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if marked:
        return _strictly(data, marked)
    if 0 in data:
        return _by_zeros(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _chinese(data) or _guessed(data, error)
    if not text.isascii() and plausibility(text) == 0:
        return _chinese(data) or Decoded(text, "utf-8")
    return Decoded(text, "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8")


def decode_page(data: bytes) -> Decoded:
    """Like `decode`, for HTML: the encoding that the page declares wins when it reads every byte as a text."""
    declared = _DECLARED.search(data[:_DECLARED_WITHIN])
    if declared and not data.startswith(tuple(mark for mark, _ in _MARKS)):
        name = declared.group(1).decode("ascii").lower()
        try:
            text = data.decode(_WIDER.get(name, name))
        except (LookupError, UnicodeDecodeError):
            return decode(data)
        if text.isascii() or plausibility(text) >= PLAUSIBLE:
            return Decoded(text.removeprefix("\ufeff"), _WIDER.get(name, name))
    return decode(data)


def plausibility(text: str) -> float:
    """The share of everyday Chinese among the letters beyond ASCII, 0 to 1; 1 when there are none.

    A list says the same rare word a hundred times, so different characters are counted as well.
    """
    letters = [char for char in text[:_JUDGED_BY] if char > "\u007f" and char.isalpha()]
    return max(_everyday(letters), _everyday(set(letters))) if letters else 1.0


def _everyday(letters: Collection[str]) -> float:
    frequent = _frequent()
    return sum(char in frequent for char in letters) / len(letters)


def _strictly(data: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError as error:
        raise Undecodable(
            f"按开头的标记应是 {encoding.upper()}，但第 {error.start + 1} 个字节起无法解码；请重新保存为 UTF-8"
        ) from error


def _by_zeros(data: bytes) -> Decoded:
    """UTF-16 without its mark: read from the wrong end it is rare characters, and a program holds zeros as well."""
    readings = [reading for name in ("utf-16-le", "utf-16-be") if (reading := _reading(data, name))]
    likely = max(readings, key=lambda reading: plausibility(reading.text), default=None)
    if likely and plausibility(likely.text) >= PLAUSIBLE and "\0" not in likely.text:
        return likely
    raise Undecodable(f"第 {data.index(0) + 1} 个字节是 0，不是文本文件；如果是 UTF-16，请另存为 UTF-8")


def _chinese(data: bytes) -> Decoded | None:
    """Whichever of the two Chinese tables reads it as everyday Chinese, if any does."""
    readings = [reading for name in ("gb18030", "big5hkscs") if (reading := _reading(data, name))]
    likely = max(readings, key=lambda reading: plausibility(reading.text), default=None)
    return likely if likely and plausibility(likely.text) >= PLAUSIBLE else None


def _reading(data: bytes, encoding: str) -> Decoded | None:
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        return None


def _guessed(data: bytes, utf8: UnicodeDecodeError) -> Decoded:
    best = from_bytes(data[:_GUESSED_FROM], cp_isolation=_OTHERS).best()
    reading = _reading(data, best.encoding) if best else None
    if reading and _is_a_text(reading.text):
        return reading
    where = max(utf8.start, *(_first_failure(data, name) for name in ("gb18030", "big5hkscs"))) + 1
    raise Undecodable(
        f"第 {where} 个字节起无法解码：按 UTF-8、GB18030、Big5 读都不是中文；"
        "文件可能混用了几种编码或已损坏，请用原软件另存为 UTF-8"
    )


def _is_a_text(text: str) -> bool:
    """A Western text with some accents, or everyday Chinese; a Western table reads any bytes at all as something."""
    foreign = _FOREIGN.findall(text)
    in_runs = sum(len(run) for run in foreign if len(run) > 1)
    everyday = plausibility(text) >= PLAUSIBLE and any(char.isalpha() for char in "".join(foreign))
    return everyday or in_runs <= _MOST_IN_RUNS * len("".join(foreign))


def _first_failure(data: bytes, encoding: str) -> int:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    return 0


@cache
def _frequent() -> frozenset[str]:
    return frozenset(_FREQUENT.read_text(encoding="utf-8")) - {"\n"}
