"""Plain text: every line is a paragraph, unless it is marked or indented as something else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from kb_ingest.documents import marks
from kb_ingest.documents.decoding import decode
from kb_ingest.documents.limits import Limits
from kb_ingest.documents.model import Block, Document

_UNDERLINE = re.compile(r"^\s*[=\-─—*_~]{4,}\s*$")
_INDENTED = re.compile(r"^(?: {4}|\t)")
Line = tuple[int, str]


def read(data: bytes, name: str, limits: Limits) -> Document:
    """Raises Undecodable. Lines count from 1."""
    decoded = decode(data)
    return Document(name, _titled(tuple(blocks(decoded.text)), decoded.text), decoded.encoding)


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a text whose lines mean what they look like."""
    lines = [(number, line.rstrip()) for number, line in enumerate(text.splitlines(), 1)]
    for blank, run in groupby(lines, key=lambda line: not line[1].strip()):
        if not blank:
            yield from _run(list(run))


def _titled(found: tuple[Block, ...], text: str) -> tuple[Block, ...]:
    """With the first line as the title, when it stands apart and is short enough for one."""
    if len(found) < 2 or found[0].kind != "paragraph" or not marks.is_short(found[0].text):
        return found
    lines = text.splitlines()
    apart = not lines[found[0].line].strip()
    return (replace(found[0], kind="heading", level=1), *found[1:]) if apart else found


def _run(lines: list[Line]) -> Iterator[Block]:
    """The blocks of some lines without an empty one between them."""
    if all(_INDENTED.match(line) for _, line in lines) and not marks.item(lines[0][1].strip()):
        yield Block("code", "\n".join(line.expandtabs(4)[4:] for _, line in lines), lines[0][0])
        return
    for place, (number, line) in enumerate(lines):
        text = line.strip()
        if _UNDERLINE.match(line) or marks.in_contents(text):
            continue
        level = 0 if _beside_its_kind(lines, place) else marks.heading_level(text)
        if not level and place + 1 < len(lines) and _underlines(lines[place + 1][1], text):
            level = 1 if "=" in lines[place + 1][1] else 2
        yield _heading(text, number, level) if level else _line(line, number)


def _heading(text: str, number: int, level: int) -> Block:
    return Block("heading", text.lstrip("#").strip(), number, level)


def _line(line: str, number: int) -> Block:
    text = line.strip()
    item = marks.item(text)
    if item is None:
        return Block("paragraph", text, number)
    indent = len(line) - len(line.lstrip(" \t"))
    return Block("item", item[1], number, 1 if indent >= 2 else 0, marker=item[0])


def _underlines(line: str, text: str) -> bool:
    return bool(_UNDERLINE.match(line)) and ("=" in line or "-" in line) and len(text) <= 40


def _beside_its_kind(lines: list[Line], place: int) -> bool:
    text = lines[place][1].strip()
    neighbours = lines[max(0, place - 1) : place] + lines[place + 1 : place + 2]
    return any(marks.same_kind(text, line.strip()) for _, line in neighbours)
