"""Excel workbooks (.xlsx) -> one table a sheet, each cell as the screen shows it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

import openpyxl
from lxml.etree import XMLSyntaxError, _Element, iterparse
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from kb_ingest.documents.excel_numbers import shown
from kb_ingest.documents.limits import Limits
from kb_ingest.documents.model import Block, Document
from kb_ingest.documents.spans import MAX_CELLS, MAX_COLUMNS, squared
from kb_ingest.errors import OverLimit, Unsuitable

_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_NAMELESS = re.compile(r"^(?:sheet|工作表)\s*\d*$", re.IGNORECASE)
_ROW = re.compile(rb"<row[ >]")
_EMPTY_ROW = re.compile(rb"<row[^>]*(?:/>|>(?:<c [^>]*(?:/>|>(?:<v ?/>|<v></v>)?</c>))*</row>)")
# A file may claim that its next row is the two-billionth, and the library would count up to it.
_LAST_ROW = 1_048_576
Range = tuple[int, int, int, int]  # first column, first row, last column, last row; all from 1


def read(data: bytes, name: str, limits: Limits) -> Document:
    """Raises Unsuitable, or OverLimit for more rows than `limits` allows. Lines are the rows of the sheet."""
    try:
        return _read(data, name, limits)
    except (InvalidFileException, XMLSyntaxError, zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise Unsuitable(
            f"Excel 文件已损坏，打不开（{type(error).__name__}）；请用 Excel 或 WPS 打开后另存一份"
        ) from error


def _read(data: bytes, name: str, limits: Limits) -> Document:
    _glance(data, limits.rows)
    workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    blocks: list[Block] = []
    notes: list[str] = []
    rows_left = limits.rows
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for sheet in workbook.worksheets:
            if sheet.sheet_state != "visible":
                notes.append(f"工作表“{sheet.title}”是隐藏的，没有收入")
                continue
            outline = _outline(archive, sheet, rows_left, limits.rows)
            rows_left -= outline.rows
            blocks += _blocks(sheet, outline)
            notes += _notes(sheet.title, outline)
    return Document(name, tuple(blocks), notes=tuple(notes))


def _glance(data: bytes, limit: int) -> None:
    """Counts rows with something in them by their tags alone: far faster than parsing, for what is far too large."""
    rows = 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                xml = archive.read(name)
                rows += len(_ROW.findall(xml)) - len(_EMPTY_ROW.findall(xml))
            if rows > limit:
                raise _too_many(limit, name.removeprefix("xl/worksheets/"))


@dataclass
class _Outline:
    """What the sheet's XML says beside its values."""

    rows: int = 0
    merged: list[Range] = field(default_factory=list)
    never_calculated: list[int] = field(default_factory=list)  # rows with a formula that has no stored result
    cut_off: bool = False  # cells beyond the last column read


def _outline(archive: zipfile.ZipFile, sheet: ReadOnlyWorksheet, rows_left: int, limit: int) -> _Outline:
    """One pass over the sheet that stops at the first row too many; the library would read them all first."""
    outline = _Outline()
    with archive.open(_part(sheet)) as source:
        for _, element in iterparse(source, tag=(_SPACE + "row", _SPACE + "mergeCell"), resolve_entities=False):
            if element.tag == _SPACE + "mergeCell":
                outline.merged.append(_bounds(element.get("ref", "")))
            elif any(not _is_empty(cell) or cell.find(_SPACE + "f") is not None for cell in element):
                outline.rows += 1
                if any(cell.find(_SPACE + "f") is not None and _is_empty(cell) for cell in element):
                    outline.never_calculated.append(int(element.get("r", outline.rows)))
            if outline.rows > rows_left:
                raise _too_many(limit, f"工作表“{sheet.title}”")
            element.clear()
    return outline


def _too_many(limit: int, title: str) -> OverLimit:
    return OverLimit(f"工作簿超过 {limit:,} 行（数到{title}）；请拆成几个文件再导入")


def _part(sheet: ReadOnlyWorksheet) -> str:
    """The member of the archive that holds this sheet; the library keeps it to itself."""
    return str(sheet._worksheet_path)  # type: ignore[attr-defined]


def _cells(sheet: ReadOnlyWorksheet) -> Iterator[tuple[ReadOnlyCell, ...]]:
    rows: Iterator[tuple[ReadOnlyCell, ...]] = sheet.iter_rows(max_row=_LAST_ROW)  # type: ignore[misc, assignment]
    return rows


def _is_empty(cell: _Element) -> bool:
    """Whether a cell has no value: neither one of its own nor the stored result of its formula."""
    value = cell.find(_SPACE + "v")
    return cell.find(_SPACE + "is") is None and (value is None or not value.text)


def _bounds(reference: str) -> Range:
    first_column, first_row, last_column, last_row = range_boundaries(reference)
    return int(first_column or 1), int(first_row or 1), int(last_column or 1), int(last_row or 1)


def _blocks(sheet: ReadOnlyWorksheet, outline: _Outline) -> Iterator[Block]:
    rows = _rows(sheet, outline)
    captions = _take_captions(rows, outline.merged)
    _fill(rows, outline.merged)
    grid = squared(rows)
    if captions or grid:
        if not _NAMELESS.match(sheet.title):
            yield Block("heading", sheet.title, 1, 1, place=sheet.title)
        for number, text in captions:
            yield Block("paragraph", text, number, place=sheet.title)
    if grid:
        yield Block("table", "", grid[0][0], place=sheet.title).with_rows(grid)


def _rows(sheet: ReadOnlyWorksheet, outline: _Outline) -> list[tuple[int, list[str]]]:
    sheet.reset_dimensions()  # what the file claims may be the whole sheet, a million rows of nothing
    rows: list[tuple[int, list[str]]] = []
    for number, cells in enumerate(_cells(sheet), 1):
        texts = [shown(cell) if cell.value is not None else "" for cell in cells[:MAX_COLUMNS]]
        outline.cut_off = outline.cut_off or any(cell.value is not None for cell in cells[MAX_COLUMNS:])
        if any(texts):
            rows.append((number, texts))
    return rows


def _take_captions(rows: list[tuple[int, list[str]]], merged: list[Range]) -> list[tuple[int, str]]:
    """Removes the rows at the top that are one text over the whole width, and says which they were."""
    width = max((len(texts) for _, texts in rows), default=0)
    wide = {top for left, top, right, _ in merged if left == 1 and right >= max(2, width - 1)}
    captions = []
    while len(rows) > 1 and rows[0][0] in wide and sum(map(bool, rows[0][1])) == 1:
        number, texts = rows.pop(0)
        captions.append((number, next(filter(None, texts))))
    return captions


def _fill(rows: list[tuple[int, list[str]]], merged: list[Range]) -> None:
    """Writes the text of merged cells into all the places they cover."""
    by_number = dict(rows)
    numbers = sorted(by_number)
    filled = 0
    for left, top, right, bottom in merged:
        texts = by_number.get(top, [])
        text = texts[left - 1] if left <= len(texts) else ""
        for number in numbers if text else ():
            if top <= number <= bottom:
                line = by_number[number]
                last = min(right, MAX_COLUMNS)
                line += [""] * (last - len(line))
                line[left - 1 : last] = [text] * (last - left + 1)
                filled += last - left + 1
        if filled > MAX_CELLS:
            raise OverLimit(f"合并单元格盖住了超过 {MAX_CELLS:,} 个格子；请取消合并后再导入")


def _notes(title: str, outline: _Outline) -> Iterator[str]:
    if outline.never_calculated:
        places = "、".join(str(row) for row in outline.never_calculated[:5])
        yield f"工作表“{title}”第 {places} 行的公式没有保存结果，按空格子处理；请用 Excel 打开并保存一次"
    if outline.cut_off:
        yield f"工作表“{title}”第 {MAX_COLUMNS} 列以后的内容没有读取"
