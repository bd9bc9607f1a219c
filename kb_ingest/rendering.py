"""Blocks -> the Markdown of an answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb_ingest.documents import marks
from kb_ingest.documents.model import Block

_FENCE = re.compile(r"`{3,}")
_DEEPEST_HEADING = 6


def markdown(blocks: Sequence[Block]) -> str:
    """The blocks in order; items that follow each other stand line under line, everything else apart."""
    text = ""
    before: Block | None = None
    for block in blocks:
        together = before is not None and before.kind == block.kind == "item"
        text += ("\n" if together else "\n\n" if text else "") + _one(block)
        before = block
    return text


def of_cell(text: str) -> str:
    """The Markdown of a cell, whose line breaks are meant: items stay items, other lines become paragraphs."""
    if "\n" not in text or "\n\n" in text or _FENCE.search(text):
        return text
    blocks = []
    for line in filter(None, map(str.strip, text.split("\n"))):
        item = marks.item(line)
        blocks.append(Block("item", item[1], 0, marker=item[0]) if item else Block("paragraph", line, 0))
    return markdown(blocks)


def _one(block: Block) -> str:
    if block.kind == "heading":
        return f"{'#' * min(max(block.level, 1), _DEEPEST_HEADING)} {block.text}"
    if block.kind == "item":
        return _item(block)
    if block.kind == "code":
        return _code(block)
    return _table(block) if block.kind == "table" else block.text


def _item(block: Block) -> str:
    indent = "   " * block.level
    hanging = "\n" + indent + " " * (len(block.marker) + 1)
    return f"{indent}{block.marker} {hanging.join(block.text.splitlines())}"


def _code(block: Block) -> str:
    """A fence longer than any in the code."""
    fence = "`" * max(3, *(len(run) + 1 for run in _FENCE.findall(block.text) or [""]))
    return f"{fence}{block.marker}\n{block.text}\n{fence}"


def _table(block: Block) -> str:
    header, *rows = block.rows
    lines = [_row(header), "|" + " --- |" * len(header), *map(_row, rows)]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join("；".join(cell.split("\n")).replace("|", "\\|") for cell in cells) + " |"
