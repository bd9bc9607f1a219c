"""Tables for those who are shown lines of text."""

from __future__ import annotations

from itertools import zip_longest

from retrieval.knowledge import tables
from retrieval.knowledge.tables import Row

_ENDS = "。；;"  # a cell need not end where the line goes on


def lines(block: str) -> tuple[str, ...]:
    """A table's rows as one line each, `列名：值；列名：值`, of two columns `值 — 值`; empty for any other block.

    The header of two columns is a line of its own. Empty cells are left out; marks such as ** stay.
    """
    table = tables.read(block)
    if table is None:
        return ()
    if len(table.header) == 2 or not table.rows:
        said = [" — ".join(filter(None, row)) for row in (table.header, *table.rows)]
    else:
        said = [_named(table.header, row) for row in table.rows]
    return tuple(filter(None, said))


def _named(header: Row, row: Row) -> str:
    cells = ((name, value.rstrip(_ENDS)) for name, value in zip_longest(header, row, fillvalue=""))
    return "；".join(f"{name.rstrip('：:')}：{value}" if name else value for name, value in cells if value)
