"""What every reader makes of a file: blocks in reading order, each with its place in the source.

`text` is Markdown of one block without its outer marks: a heading without `#`, an item without its marker, code
without its fence. Links stand as `[words](address)` and code spans in backquotes, so that later steps see addresses
and know what not to touch. Only code, and paragraphs or cells broken on purpose, hold line breaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["heading", "paragraph", "item", "table", "code", "record"]


@dataclass(frozen=True)
class Block:
    """One heading, paragraph, list item, table or piece of code; a record is an entry of our own files as JSON.

    `line` counts from 1 in the source: the line of a text file, the row of a sheet, the paragraph of a Word file,
    the line of text within a PDF page; the second line of a text that has several is `line + 1`. `place` says where
    that counting starts: a sheet's name, `第 3 页`, or nothing. `level` is 1-6 for a heading and the depth from 0 for
    an item; `marker` is `-` or `3.` of an item, the language of code. A table has `rows`, all of one width, the
    header first when there is one, and as many `row_lines`; its `text` is empty.
    """

    kind: Kind
    text: str
    line: int
    level: int = 0
    place: str = ""
    marker: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    row_lines: tuple[int, ...] = ()

    def with_text(self, text: str) -> Block:
        """The same block saying `text`."""
        return replace(self, text=text)

    def with_rows(self, kept: tuple[tuple[int, tuple[str, ...]], ...]) -> Block:
        """The same table holding only these (source line, cells)."""
        return replace(self, rows=tuple(cells for _, cells in kept), row_lines=tuple(line for line, _ in kept))

    def numbered_rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Each row of a table with its line in the source."""
        return zip(self.row_lines, self.rows, strict=True)


@dataclass(frozen=True)
class Document:
    """A file as read: its name as it may be shown, its blocks, its encoding when it was text (else empty).

    `notes` are sentences in Chinese about what the reader left out on purpose, such as a hidden sheet. Records are
    taken out before a document is cleaned.
    """

    name: str
    blocks: tuple[Block, ...]
    encoding: str = ""
    notes: tuple[str, ...] = ()

    def with_blocks(self, blocks: tuple[Block, ...]) -> Document:
        """The same document made of `blocks`."""
        return replace(self, blocks=blocks)
