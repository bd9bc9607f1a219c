"""Pipe tables in the Markdown of answers: a header row, a row of dashes that says the alignment, rows.

Read as in GitHub Flavored Markdown, "Tables (extension)", with two differences for the sake of people who type:
a row holds a pipe, so the sentence right below a table is none, and cells beyond the header's are kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

Row = tuple[str, ...]

_DASHES = re.compile(r":?-+:?")
_ESCAPED = "\0"  # stands for an escaped pipe, which is text, while a line is cut


@dataclass(frozen=True)
class Table:
    """Cells are inline Markdown. A row may have more or fewer of them than the header."""

    header: Row
    rows: tuple[Row, ...]


def read(block: str) -> Table | None:
    """The table that all of this block is; None for any other block."""
    header, *rest = lines = block.strip().splitlines() or [""]
    if length(lines) != len(lines):
        return None
    return Table(_cells(header), tuple(map(_cells, rest[1:])))


def length(lines: Sequence[str], start: int = 0) -> int:
    """How many lines from `start` on are one table; 0 where none begins."""
    head = lines[start : start + 2]
    if len(head) < 2 or not all("|" in line for line in head):
        return 0
    header, ruler = map(_cells, head)
    if len(header) != len(ruler) or not all(map(_DASHES.fullmatch, ruler)):
        return 0
    return 2 + sum(1 for _ in takewhile(lambda line: "|" in line, lines[start + 2 :]))


def _cells(line: str) -> Row:
    inner = line.strip().replace("\\|", _ESCAPED).removeprefix("|").removesuffix("|")
    return tuple(cell.strip().replace(_ESCAPED, "|") for cell in inner.split("|"))
