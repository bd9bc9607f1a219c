"""An empty workbook for the vendor to fill in, with a note on each column and an example on each sheet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from gongda.product.sheets import Name, Sheet, sheets

_AUTHOR = "工答"
_NOTE, _HEADING, _BODY = 1, 2, 3  # rows
_FILLED_IN = 200  # rows that are prepared as text: Excel would make 6.10 a number and 2024-03-15 its own date
_WIDTHS = {"answer": 60, "similar": 40, "question": 30, "news": 40, "note": 44, "value": 30}
_WIDTH = 18
_HEAD = PatternFill("solid", fgColor="DDE7F3")
_GREY = Font(color="808080", italic=True)
_TEXT = "@"


def write(path: Path) -> None:
    """The template as an .xlsx file. Raises OSError."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets().values():
        _fill(book.create_sheet(sheet.name), sheet)
    book.save(path)


def _fill(page: Worksheet, sheet: Sheet) -> None:
    page.cell(_NOTE, 1, sheet.note).alignment = Alignment(wrap_text=True, vertical="top")
    page.merge_cells(start_row=_NOTE, end_row=_NOTE, start_column=1, end_column=len(sheet.columns))
    page.row_dimensions[_NOTE].height = 44
    for place, column in enumerate(sheet.columns, 1):
        _head(page, place, column)
    rows = [_item(item) for item in sheet.items] or sheet.examples
    for line, row in enumerate(rows, _BODY):
        _row(page, line, row, example=not sheet.items)
    for line in range(_BODY, _BODY + _FILLED_IN):
        for place in range(1, len(sheet.columns) + 1):
            page.cell(line, place).number_format = _TEXT
    page.freeze_panes = f"A{_BODY}"


def _head(page: Worksheet, place: int, column: Name) -> None:
    cell = page.cell(_HEADING, place, column.heading)
    cell.font, cell.fill = Font(bold=True), _HEAD
    if column.note:
        cell.comment = Comment(column.note, _AUTHOR, width=260, height=90)
    page.column_dimensions[cell.column_letter].width = _WIDTHS.get(column.field, _WIDTH)


def _item(item: Name) -> tuple[str, ...]:
    return item.heading, "", item.example, item.note


def _row(page: Worksheet, line: int, values: Sequence[str], *, example: bool) -> None:
    for place, value in enumerate(values, 1):
        cell = page.cell(line, place)
        cell.value = value
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if example or place > 2:
            cell.font = _GREY
