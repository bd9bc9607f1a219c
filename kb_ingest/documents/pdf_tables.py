"""Ruled tables of a PDF page: pdfplumber's geometry, on lines and characters that pdfium found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kb_ingest.documents import marks
from kb_ingest.documents.joining import join
from kb_ingest.documents.pdf_page import Char, Ruling
from kb_ingest.documents.spans import Cell, filled

Box = tuple[float, float, float, float]  # left, top, right, bottom
# Points by which the ends of two rulings may miss each other.
_TOLERANCE = 3
_FEWEST_RULINGS = 4


@dataclass(frozen=True)
class RuledTable:
    """A table and where it stands; rows are filled where cells span."""

    box: Box
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def tables(rulings: Sequence[Ruling], chars: Sequence[Char]) -> list[RuledTable]:
    """The tables of at least two rows and columns, from the top of the page down."""
    if len(rulings) < _FEWEST_RULINGS:
        return []
    found = []
    for cells in sorted(_grids(rulings), key=lambda boxes: min(box[1] for box in boxes)):
        box = _around(cells)
        rows = _rows(cells, [char for char in chars if holds(box, char)])
        if len(rows) > 1 and len(rows[0][1]) > 1:
            found.append(RuledTable(box, rows))
    return found


def holds(box: Box, char: Char) -> bool:
    """Whether the middle of the character lies within the box."""
    across, along = char.centre
    return box[0] <= across <= box[2] and box[1] <= along <= box[3]


def _grids(rulings: Sequence[Ruling]) -> list[list[Box]]:
    from pdfplumber import table as geometry

    edges = geometry.merge_edges([_edge(ruling) for ruling in rulings], *[_TOLERANCE] * 4)
    crossings = geometry.edges_to_intersections(edges, _TOLERANCE, _TOLERANCE)
    grids: list[list[Box]] = geometry.cells_to_tables(geometry.intersections_to_cells(crossings))
    return grids


def _edge(ruling: Ruling) -> dict[str, Any]:
    """pdfplumber's form of an edge, thinned to a line."""
    across = ruling.right - ruling.left >= ruling.bottom - ruling.top
    x, y = (ruling.left + ruling.right) / 2, (ruling.top + ruling.bottom) / 2
    edge = {
        "x0": ruling.left if across else x,
        "x1": ruling.right if across else x,
        "top": y if across else ruling.top,
        "bottom": y if across else ruling.bottom,
        "orientation": "h" if across else "v",
        "object_type": "line",
    }
    return edge | {"width": ruling.right - ruling.left, "height": ruling.bottom - ruling.top}


def _around(cells: Sequence[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*cells, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _rows(cells: Sequence[Box], chars: Sequence[Char]) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """The grid of the cells: how many of all columns and rows each covers, then filled."""
    columns = sorted({box[0] for box in cells})
    tops = sorted({box[1] for box in cells})
    rows: list[tuple[int, list[Cell]]] = []
    for number, top in enumerate(tops, 1):
        line = []
        for box in sorted(box for box in cells if box[1] == top):
            width = sum(box[0] <= left < box[2] for left in columns)
            height = sum(box[1] <= other < box[3] for other in tops)
            line.append(Cell(_text([char for char in chars if holds(box, char)]), width, height))
        rows.append((number, line))
    return filled(rows)


def _text(chars: Sequence[Char]) -> str:
    """The words of a cell: wrapped lines joined, list items on lines of their own."""
    whole = ""
    for line in _lines(chars):
        whole = f"{whole}\n{line}" if whole and marks.item(line) else join(whole, line)
    return whole


def _lines(chars: Sequence[Char]) -> list[str]:
    lines: list[str] = []
    bottom = float("-inf")
    for char in chars:
        if char.text in "\r\n":
            continue
        if not char.text.isspace() and char.centre[1] > bottom:
            lines.append("")
            bottom = char.bottom
        if lines:
            lines[-1] += char.text
            bottom = bottom if char.text.isspace() else max(bottom, char.bottom)
    return [line.strip() for line in lines if line.strip()]
