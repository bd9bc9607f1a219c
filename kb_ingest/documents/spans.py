"""Cells that reach over several columns or rows -> a grid in which every place says what stands there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Beyond these a table is no table; they bound what a few bytes of colspan="999" may ask for.
MAX_COLUMNS = 200
MAX_CELLS = 2_000_000


@dataclass(frozen=True)
class Cell:
    """A cell as written: its text and how many columns and rows it covers from its place on."""

    text: str
    columns: int = 1
    rows: int = 1


def filled(rows: Sequence[tuple[int, Sequence[Cell]]]) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """(line, cells) of each row with the text of a spanning cell in all its places; empty rows and columns go."""
    grid: list[list[str]] = []
    reaching: dict[int, tuple[str, int]] = {}  # column -> text, how many rows more
    for _, cells in rows:
        line: list[str] = []
        waiting = list(cells)
        below: dict[int, tuple[str, int]] = {}
        while (waiting or len(line) in reaching) and len(line) < MAX_COLUMNS:
            column = len(line)
            if column in reaching:
                text, left = reaching[column]
                line.append(text)
                if left > 1:
                    below[column] = (text, left - 1)
                continue
            cell = waiting.pop(0)
            for offset in range(min(cell.columns, MAX_COLUMNS - column)):
                line.append(cell.text)
                if cell.rows > 1:
                    below[column + offset] = (cell.text, cell.rows - 1)
        reaching = below
        grid.append(line)
        if len(line) * len(grid) > MAX_CELLS:
            break
    return squared([(number, line) for (number, _), line in zip(rows, grid, strict=False)])


def squared(rows: list[tuple[int, list[str]]]) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """All rows of one width; rows and columns in which nothing stands are left out."""
    rows = [(number, line) for number, line in rows if any(cell.strip() for cell in line)]
    width = max((len(line) for _, line in rows), default=0)
    padded = [(number, line + [""] * (width - len(line))) for number, line in rows]
    kept = [column for column in range(width) if any(line[column].strip() for _, line in padded)]
    return tuple((number, tuple(line[column] for column in kept)) for number, line in padded)
