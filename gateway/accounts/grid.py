"""A file -> its lines of cells, as the spreadsheet numbers them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from pathlib import PurePath
from typing import Any

import openpyxl
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from gateway.accounts.columns import headed
from gateway.accounts.container import MIB, Limits, check_workbook
from gateway.accounts.errors import Unreadable

HEADINGS_WITHIN = 10  # lines: a title may stand above the headings
_ENCODINGS = ("utf-8-sig", "gb18030", "big5hkscs")
_SEPARATORS = (",", "\t", ";")
_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_NAMES = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "gb18030": "GBK", "big5hkscs": "Big5"}


@dataclass(frozen=True)
class Cell:
    """What stands in a cell: text, and what kind of thing Excel had there."""

    text: str = ""
    kind: str = "text"  # text, number, date, formula, error

    def __bool__(self) -> bool:
        return bool(self.text)


@dataclass(frozen=True)
class Grid:
    """The lines below the headings. `notes` say how it was read and what was left out."""

    places: dict[str, int]
    lines: tuple[tuple[int, tuple[Cell, ...]], ...]
    notes: tuple[str, ...]


def grid(name: str, data: bytes, limits: Limits) -> Grid:
    """Raises Unreadable."""
    if len(data) > limits.file_bytes:
        size, limit = len(data) / MIB, limits.file_bytes // MIB
        raise Unreadable(f"文件有 {size:.1f} MB，上限 {limit} MB；请去掉图片，或拆成几份再导入")
    if not data.strip():
        raise Unreadable("文件是空的")
    suffix = PurePath(name).suffix.lower()
    if suffix == ".xlsx":
        return _workbook(data, limits)
    if suffix in (".csv", ".txt", ".tsv"):
        return _text(data, limits)
    raise Unreadable(f"不支持“{suffix or '没有扩展名'}”；请用 Excel 或 WPS 另存为 .xlsx 或 .csv 再导入")


def _workbook(data: bytes, limits: Limits) -> Grid:
    check_workbook(data, limits)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        try:
            return _first_of_ours(book, limits)
        finally:
            book.close()
    except Unreadable:
        raise
    except Exception as error:  # openpyxl lets through whatever the parts of a damaged file make of it
        raise Unreadable("工作簿打不开，可能已损坏；请用 Excel 或 WPS 打开后另存一份") from error


def _first_of_ours(book: openpyxl.Workbook, limits: Limits) -> Grid:
    others: list[str] = []
    found: Grid | None = None
    for sheet in book.worksheets:
        if found is None and isinstance(sheet, ReadOnlyWorksheet) and sheet.sheet_state == "visible":
            sheet.reset_dimensions()  # what a file says about its size need not be so
            found = _below(_sheet_lines(sheet, limits), limits, ())
            if found is not None:
                continue
        others.append(sheet.title)
    if found is None:
        raise Unreadable(_NO_HEADINGS)
    return Grid(found.places, found.lines, tuple(f"工作表“{title}”没有读" for title in others))


def _sheet_lines(sheet: ReadOnlyWorksheet, limits: Limits) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    rows: Iterable[Sequence[Any]] = sheet.iter_rows(max_col=limits.columns)  # type: ignore[misc]  # typed for Worksheet
    for line, row in enumerate(rows, 1):
        yield line, tuple(_cell(cell.value, cell.data_type) for cell in row)


def _cell(value: object, kind: str) -> Cell:
    if value is None:
        return Cell()
    if kind == "f":
        return Cell(str(getattr(value, "text", value)), "formula")
    if kind == "e":
        return Cell(str(value), "error")
    if isinstance(value, datetime | date):
        return Cell(f"{value:%Y-%m-%d}", "date")
    if isinstance(value, bool):
        return Cell("是" if value else "否")
    if isinstance(value, int | float):
        return Cell(_number(value), "number")
    return Cell(str(value).strip())


def _number(value: float) -> str:
    """Without an exponent: 13800138000.0 is 13800138000."""
    return str(int(value)) if value == int(value) and abs(value) < 1e17 else repr(value)


def _text(data: bytes, limits: Limits) -> Grid:
    """In whatever encoding and with whatever separator most headings are ours."""
    best: tuple[int, Grid] | None = None
    for encoding in _likely(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        for separator in _SEPARATORS:
            found = _below(_csv_lines(text, separator, limits), limits, _told(encoding))
            if found is not None and (best is None or len(found.places) > best[0]):
                best = len(found.places), found
    if best is None:
        raise Unreadable(_NO_HEADINGS)
    return best[1]


def _told(encoding: str) -> tuple[str, ...]:
    """What is not UTF-8 has been guessed: the editor had better look."""
    return () if encoding == "utf-8-sig" else (f"按 {_NAMES[encoding]} 读取",)


def _likely(data: bytes) -> Sequence[str]:
    return next(((encoding,) for mark, encoding in _BOMS if data.startswith(mark)), _ENCODINGS)


def _csv_lines(text: str, separator: str, limits: Limits) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    """Each record by the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    began = 1
    try:
        for row in reader:
            yield began, tuple(_typed(cell) for cell in row[: limits.columns])
            began = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(f"第 {began} 行起读不了，引号可能没有配对；请用 Excel 打开后另存为 .xlsx 再导入") from error


def _typed(text: str) -> Cell:
    """Excel writes numbers that must stay text as ="0012" into CSV; anything else with = is a formula."""
    plain = text.strip()
    if plain.startswith('="') and plain.endswith('"'):
        return Cell(plain[2:-1].strip())
    return Cell(plain, "formula" if plain.startswith("=") and len(plain) > 1 else "text")


def _below(lines: Iterable[tuple[int, tuple[Cell, ...]]], limits: Limits, notes: tuple[str, ...]) -> Grid | None:
    """From the headings on; None where there are none."""
    source = iter(lines)
    above: list[tuple[int, tuple[Cell, ...]]] = []
    for line, cells in source:
        places = headed([cell.text for cell in cells])
        if "name" in places and len(places) > 1:
            return Grid(places, tuple(_body(source, limits)), notes)
        above.append((line, cells))
        if len(above) >= HEADINGS_WITHIN:
            return None
    return None


def _body(source: Iterable[tuple[int, tuple[Cell, ...]]], limits: Limits) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    kept = 0
    for line, cells in chain(source):
        if line > limits.lines:
            raise Unreadable(f"表格有 {limits.lines} 行以上；请删掉下面的空行，或拆成几份再导入")
        if not any(cells):
            continue
        kept += 1
        if kept > limits.rows:
            raise Unreadable(f"有内容的行超过 {limits.rows} 行；{limits.remedy}")
        long = next((cell for cell in cells if len(cell.text) > limits.cell), None)
        if long is not None:
            raise Unreadable(f"第 {line} 行有一格 {len(long.text)} 个字，上限 {limits.cell} 个字；请删短")
        yield line, cells


_NO_HEADINGS = (
    f"没有找到表头：前 {HEADINGS_WITHIN} 行里要有“公司”一列，和“工地”“授权号”“维护到期”“联系人”“电话”等至少一列；"
    "可以先下载模板，照着填"
)
