"""Blocks of one section -> pieces short enough for one answer; what belongs together stays together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb_ingest.documents.model import Block
from kb_ingest.rendering import markdown

# Characters of Markdown. An answer this long is three screens of a phone; a list of steps may be twice as long.
PIECE = 1_500
LONGEST_LIST = 2 * PIECE
# A piece so short takes the next one with it, even where that makes it too long: alone it answers nothing.
_TINY = 60
# What ends a paragraph that introduces the block behind it.
LEADS_ON = (":", "：")

_SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;\n]+[”」』）)]*|[^。！？!?；;\n]+")

Unit = list[Block]


def pieces(blocks: Sequence[Block], longest: int = PIECE) -> list[list[Block]]:
    """The blocks in order, in as few runs of at most `longest` characters as that allows.

    Steps of a list stay together up to `LONGEST_LIST`, an introduction stays with what it introduces, a table that is
    larger is repeated with its header row, and code is never cut, however long it is.
    """
    found: list[list[Block]] = []
    length = 0
    for unit in _units(blocks, longest):
        size = len(markdown(unit)) + 2
        if found and (length + size <= longest or length < _TINY):
            found[-1] += unit
            length += size
        else:
            found.append(list(unit))
            length = size
    return found


def _units(blocks: Sequence[Block], longest: int) -> Iterator[Unit]:
    """Runs of blocks that nothing may separate."""
    waiting: Unit = []  # what leads on to the next block
    for run in _runs(blocks):
        parts = _parts(run, longest)
        waiting += parts[0]
        if len(parts) == 1 and _leads_on(run[-1]):
            continue
        yield waiting
        yield from parts[1:]
        waiting = []
    if waiting:
        yield waiting


def _runs(blocks: Sequence[Block]) -> Iterator[Unit]:
    """Lists with the code and the tables between their items, and every other block by itself."""
    run: Unit = []
    for place, block in enumerate(blocks):
        following = blocks[place + 1] if place + 1 < len(blocks) else None
        within = run and block.kind in ("code", "table") and following is not None and _continues(following)
        if block.kind == "item" or within:
            run.append(block)
            continue
        if run:
            yield run
            run = []
        yield [block]
    if run:
        yield run


def _continues(item: Block) -> bool:
    """Whether it is a later item of a numbered list."""
    return item.kind == "item" and item.marker not in ("-", "1.")


def _leads_on(block: Block) -> bool:
    return block.kind == "heading" or (block.kind == "paragraph" and block.text.rstrip().endswith(LEADS_ON))


def _parts(run: Unit, longest: int) -> list[Unit]:
    first = run[0]
    if first.kind == "item":
        return _list_parts(run, longest)
    if len(markdown(run)) <= longest or first.kind in ("code", "heading"):
        return [run]
    return [[part] for part in (_table_parts(first, longest) if first.kind == "table" else _texts(first, longest))]


def _list_parts(run: Unit, longest: int) -> list[Unit]:
    """The whole list, or where even that is too long, as many of its top-level items as fit."""
    if len(markdown(run)) <= LONGEST_LIST:
        return [run]
    parts: list[Unit] = []
    length = 0
    for item in _top_items(run):
        size = len(markdown(item)) + 1
        if parts and length + size <= longest:
            parts[-1] += item
            length += size
        else:
            parts.append(item)
            length = size
    return parts


def _top_items(run: Unit) -> Iterator[Unit]:
    item: Unit = []
    for block in run:
        if item and block.kind == "item" and block.level == 0:
            yield item
            item = []
        item.append(block)
    yield item


def _table_parts(table: Block, longest: int) -> Iterator[Block]:
    """Tables of at most `longest` characters, each with the header row; a row longer than that stands alone."""
    (header_line, header), *rows = table.numbered_rows()
    kept: list[tuple[int, tuple[str, ...]]] = []
    for line, cells in rows:
        larger = table.with_rows(((header_line, header), *kept, (line, cells)))
        if kept and len(markdown([larger])) > longest:
            yield table.with_rows(((header_line, header), *kept))
            kept = []
        kept.append((line, cells))
    yield table.with_rows(((header_line, header), *kept))


def _texts(block: Block, longest: int) -> Iterator[Block]:
    """Paragraphs of whole sentences; a sentence without an end is cut where it must be."""
    text = ""
    for sentence in _SENTENCE.findall(block.text):
        for start in range(0, len(sentence), longest):
            piece = sentence[start : start + longest]
            if text and len(text) + len(piece) > longest:
                yield block.with_text(text.strip())
                text = ""
            text += piece
    if text.strip():
        yield block.with_text(text.strip())
