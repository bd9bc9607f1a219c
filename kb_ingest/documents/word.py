"""Word files (.docx) -> blocks. Text is read from the XML, because the library's own text skips content controls."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from zipfile import BadZipFile

import docx
from docx.document import Document as Package
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from lxml.etree import XMLSyntaxError, _Element

from kb_ingest.documents import marks
from kb_ingest.documents.joining import squeezed
from kb_ingest.documents.limits import Limits
from kb_ingest.documents.model import Block, Document
from kb_ingest.documents.spans import Cell, filled
from kb_ingest.documents.word_styles import Look, Styles
from kb_ingest.errors import Unsuitable

_P, _TBL, _SDT, _SDT_CONTENT = qn("w:p"), qn("w:tbl"), qn("w:sdt"), qn("w:sdtContent")
_TEXT, _TAB, _BREAK, _RETURN, _HYPHEN = qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:cr"), qn("w:noBreakHyphen")
_LINK, _RUN, _BOX = qn("w:hyperlink"), qn("w:r"), qn("w:txbxContent")
# Deleted, moved away, said twice for old programs, or no text of the author's.
_UNREAD = frozenset(
    map(qn, ("w:del", "w:moveFrom", "w:rPr", "w:pPr", "w:instrText", "w:fldChar", "w:footnoteReference"))
) | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
_PICTURES = (qn("w:drawing"), qn("w:pict"))
_DEEPEST = 50


def read(data: bytes, name: str, limits: Limits) -> Document:
    """Raises Unsuitable. Lines count paragraphs, those of tables included."""
    try:
        package = docx.Document(io.BytesIO(data))
        walk = _Walk(package, Styles(package))
        walk.body(package.element.body, 0)
    except (PackageNotFoundError, BadZipFile, XMLSyntaxError, KeyError, ValueError, AttributeError) as error:
        raise Unsuitable(
            f"Word 文件已损坏，打不开（{type(error).__name__}）；请用 Word 或 WPS 打开后另存一份"
        ) from error
    notes = (f"{walk.pictures} 张图片没有收入",) if walk.pictures else ()
    return Document(name, tuple(walk.found), notes=notes)


@dataclass
class _Walk:
    """One pass over the body of a document."""

    package: Package
    styles: Styles
    found: list[Block] = field(default_factory=list)
    line: int = 0
    pictures: int = 0

    def body(self, parent: _Element, depth: int) -> None:
        for child in parent:
            if child.tag == _P:
                self._paragraph(child, depth)
            elif child.tag == _TBL:
                self._table(child)
            elif child.tag == _SDT and depth < _DEEPEST and not _is_contents(child):
                content = child.find(_SDT_CONTENT)
                if content is not None:
                    self.body(content, depth + 1)

    def _paragraph(self, element: _Element, depth: int) -> None:
        self.line += 1
        look = self.styles.look(element)
        text = self._text(element).strip("\n")
        if text.strip() and not look.contents and not marks.in_contents(text.strip()):
            self._add(text, look)
        for box in element.iter(_BOX):
            if depth < _DEEPEST and not any(ancestor.tag in _UNREAD for ancestor in box.iterancestors()):
                self.body(box, depth + 1)

    def _add(self, text: str, look: Look) -> None:
        before = self.found[-1] if self.found else None
        if look.level:
            self.found.append(Block("heading", squeezed(text), self.line, look.level))
        elif look.code and before and before.kind == "code" and _last_line(before) + 1 == self.line:
            self.found[-1] = replace(before, text=f"{before.text}\n{text}")
        elif look.code:
            self.found.append(Block("code", text, self.line))
        else:
            self._words("\n".join(squeezed(part) for part in text.split("\n") if part.strip()), look)

    def _words(self, text: str, look: Look) -> None:
        """An item, numbered by Word or by hand; a heading of a document that has no styles; a paragraph."""
        typed = None if look.marker else marks.item(text)
        level = self._unstyled_level(text, look)
        if look.marker:
            self.found.append(Block("item", text, self.line, look.depth, marker=look.marker))
        elif level:
            self.found.append(Block("heading", text, self.line, level))
        elif typed:
            self.found.append(Block("item", typed[1], self.line, marker=typed[0]))
        else:
            self.found.append(Block("paragraph", text, self.line))

    def _unstyled_level(self, text: str, look: Look) -> int:
        if not self.styles.plain:
            return 0
        return marks.heading_level(text) or (2 if look.bold and marks.is_short(text) else 0)

    def _table(self, table: _Element) -> None:
        start = self.line + 1
        rows: list[tuple[int, list[Cell]]] = []
        open_cells: dict[int, tuple[int, int]] = {}  # column -> (row, place in it) of the cell that reaches down
        for number, row in enumerate(table.iterchildren(qn("w:tr")), 1):
            self.line += 1
            cells: list[Cell] = []
            column = 0
            for cell in _cells(row):
                width, merge = _width(cell), _merge(cell)
                if merge == "continue" and column in open_cells:
                    at, place = open_cells[column]
                    rows[at][1][place] = replace(rows[at][1][place], rows=rows[at][1][place].rows + 1)
                else:
                    open_cells.pop(column, None)
                    if merge:
                        open_cells[column] = (len(rows), len(cells))
                    cells.append(Cell(self._cell_text(cell), width))
                column += width
            rows.append((number, cells))
        grid = filled(rows)
        if len(grid) == 1 and len(grid[0][1]) == 1:  # a frame around a hint
            self.found.append(Block("paragraph", grid[0][1][0], start))
        elif grid:
            self.found.append(Block("table", "", start, place=self._next_place()).with_rows(grid))

    def _next_place(self) -> str:
        return f"表 {sum(block.kind == 'table' for block in self.found) + 1}"

    def _cell_text(self, cell: _Element) -> str:
        lines = (squeezed(part) for element in cell.iter(_P) for part in self._cell_line(element).split("\n"))
        return "\n".join(line for line in lines if line)

    def _cell_line(self, element: _Element) -> str:
        look = self.styles.look(element)
        text = self._text(element)
        return f"{look.marker} {text}" if look.marker and text.strip() else text

    def _text(self, element: _Element) -> str:
        return "".join(self._pieces(element))

    def _pieces(self, element: _Element) -> Iterator[str]:
        for child in element:
            if child.tag in _UNREAD or child.tag == _BOX or not isinstance(child.tag, str):
                continue
            if child.tag == _TEXT:
                yield child.text or ""
            elif child.tag in (_TAB, _BREAK, _RETURN, _HYPHEN):
                yield "-" if child.tag == _HYPHEN else "\t" if child.tag == _TAB else "\n"
            elif child.tag == _LINK:
                yield self._link(child)
            elif child.tag == _RUN and _is_hidden(child):
                continue
            else:
                self.pictures += child.tag in _PICTURES and next(child.iter(_BOX), None) is None
                yield from self._pieces(child)

    def _link(self, element: _Element) -> str:
        words = "".join(self._pieces(element))
        relation = self.package.part.rels.get(element.get(qn("r:id"), ""))
        if relation is None or not relation.is_external or not words.strip():
            return words
        return f"[{squeezed(words)}]({relation.target_ref})"


def _last_line(block: Block) -> int:
    return block.line + block.text.count("\n")


def _cells(row: _Element) -> Iterator[_Element]:
    for child in row:
        if child.tag == qn("w:tc"):
            yield child
        elif child.tag == _SDT and (content := child.find(_SDT_CONTENT)) is not None:
            yield from content.iterchildren(qn("w:tc"))


def _width(cell: _Element) -> int:
    span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
    value = span.get(qn("w:val"), "1") if span is not None else "1"
    return max(1, int(value)) if value.isdigit() and len(value) < 4 else 1


def _merge(cell: _Element) -> str:
    """`restart` for the first of cells merged downwards, `continue` for the others, nothing for the rest."""
    merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
    return "" if merge is None else str(merge.get(qn("w:val"), "continue"))


def _is_hidden(run: _Element) -> bool:
    vanish = run.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
    return vanish is not None and vanish.get(qn("w:val"), "1") not in ("0", "false", "off")


def _is_contents(control: _Element) -> bool:
    gallery = next(control.iter(qn("w:docPartGallery")), None)
    return gallery is not None and "Contents" in str(gallery.get(qn("w:val")))
