"""A document -> entries, cut at its headings.

Level 1 and 2 always begin an entry, and so does every question; deeper headings only where the section around them is
longer than one answer. Ids come from the file's name and the path of headings, so that a word changed elsewhere
changes nothing here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePath
from typing import Any

import yaml

from kb_ingest import ids, pairs
from kb_ingest.documents import marks
from kb_ingest.documents.model import Block, Document
from kb_ingest.pieces import PIECE, pieces
from kb_ingest.rendering import markdown
from kb_ingest.sections import Section, tree
from retrieval.knowledge.entry import Entry
from zhtext.codes import find_codes

_LONGEST_TITLE = 80
_LONGEST_QUESTION = 200
_BETWEEN = " › "
_ALWAYS_CUT = 2
_SHORT = 4  # characters; a heading this short says too little by itself


@dataclass(frozen=True)
class _Part:
    """What becomes one entry: the headings above it and the blocks below; `number` of `count` when it was cut."""

    path: tuple[str, ...]
    blocks: tuple[Block, ...]
    asks: bool = False
    number: int = 1
    count: int = 1


def cut(document: Document, name: str) -> tuple[Entry, ...]:
    """The entries of a document, in order. `name` is what ids are made from; the document's own name is shown."""
    stem = PurePath(document.name).stem
    seen: Counter[tuple[str, ...]] = Counter()
    entries = []
    for part in _parts(tree(pairs.as_headings(document).blocks), (), stem):
        if any(char.isalnum() for char in markdown(part.blocks)):
            seen[part.path] += part.number == 1
            entries.append(_entry(part, name, stem, seen[part.path]))
    return tuple(entries)


def _parts(section: Section, above: tuple[str, ...], stem: str) -> Iterator[_Part]:
    path = above if section.heading is None else (*above, _heading(section.heading))
    asks = section.heading is not None and section.heading.marker == pairs.ASKS
    together = tuple(section.blocks())
    if section.depth >= _ALWAYS_CUT and len(markdown(together)) <= PIECE and not _asks_within(section):
        yield from _numbered(path or (stem,), together, asks)
        return
    yield from _numbered(path or (stem,), tuple(section.body), asks)
    for child in section.children:
        yield from _parts(child, path, stem)


def _numbered(path: tuple[str, ...], blocks: tuple[Block, ...], asks: bool) -> Iterator[_Part]:
    cut_blocks = pieces(blocks)
    for number, piece in enumerate(cut_blocks, 1):
        yield _Part(path, tuple(piece), asks, number, len(cut_blocks))


def _asks_within(section: Section) -> bool:
    return any(child.heading is not None and child.heading.marker == pairs.ASKS for child in section.inner())


def _heading(block: Block) -> str:
    return " ".join(marks.without_number(block.text).split())


def _entry(part: _Part, name: str, stem: str, occurrence: int) -> Entry:
    code = _code(part.path[-1])
    type_ = "error_code" if code else _type(part, stem)
    same = (str(occurrence),) if occurrence > 1 else ()
    later = (f"#{part.number}",) if part.number > 1 else ()
    several = f"（{part.number}/{part.count}）" if part.count > 1 else ""
    return Entry(
        id=ids.of_code(code) if code and not (same or later) else ids.hashed(type_, name, *part.path, *same, *later),
        type=type_,
        title=_title(part.path, _LONGEST_TITLE - len(several)) + several,
        question=_question(part.path, stem) + several,
        answer=markdown(_shifted(part.blocks)),
        code=code if not (same or later) else None,
        source=f"《{stem}》" + "".join(f" {heading}" for heading in part.path[-1:] if heading != stem),
    )


def _title(path: tuple[str, ...], longest: int) -> str:
    """The path of headings, without the first of them while it is too long."""
    for start in range(len(path)):
        title = _BETWEEN.join(path[start:])
        if len(title) <= longest:
            return title
    return path[-1][: longest - 1] + "…"


def _question(path: tuple[str, ...], stem: str) -> str:
    """The heading; with the one above it where it says too little alone."""
    heading = path[-1]
    above = path[-2] if len(path) > 1 else stem
    vague = len(heading) <= _SHORT or heading in _vague()
    asked = f"{above} {heading}" if vague and above != heading else heading
    return asked[:_LONGEST_QUESTION]


def _shifted(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Inner headings as low as an answer shows them."""
    return tuple(
        Block("heading", block.text, block.line, 3, block.place) if block.kind == "heading" else block
        for block in blocks
    )


def _type(part: _Part, stem: str) -> str:
    around = " ".join((stem, *part.path))
    for type_, words in _settings()["types"].items():
        if any(word in around for word in words):
            return str(type_)
    return "faq" if part.asks else "howto"


def _code(heading: str) -> str | None:
    """The error code that a heading begins with; it has letters, or any number would be one."""
    found = find_codes(heading)
    first = min(found, key=lambda code: code.start, default=None)
    if first is None or first.start or not any(char.isalpha() for char in first.text):
        return None
    return first.text


def _vague() -> frozenset[str]:
    return frozenset(_settings()["vague"])


@cache
def _settings() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("headings.yml").read_text(encoding="utf-8"))
    return loaded
