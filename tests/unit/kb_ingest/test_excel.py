import io
from datetime import datetime

import pytest
from openpyxl import Workbook

from kb_ingest.documents import excel
from kb_ingest.documents.excel_numbers import number
from kb_ingest.documents.limits import Limits
from kb_ingest.documents.model import Document
from kb_ingest.errors import OverLimit


def read(book: Workbook, limits: Limits | None = None) -> Document:
    buffer = io.BytesIO()
    book.save(buffer)
    return excel.read(buffer.getvalue(), "a.xlsx", limits or Limits())


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (42, "0000", "0042"),
        (1.0, "General", "1"),
        (0.1 + 0.2, "General", "0.3"),
        (123456789012, "General", "123456789012"),
        (0.155, "0.0%", "15.5%"),
        (1234.5, "#,##0.00", "1,234.50"),
        (1234.5, '"¥"#,##0.00', "¥1,234.50"),
        (1234.5, "[$¥-804]#,##0", "¥1,235"),
        (-3, "0;(0)", "(3)"),
        (-3, "0", "-3"),
        (3, '0"元"', "3元"),
        (0, '0;-0;"无"', "0"),
        (6.0, "0.0", "6.0"),
        (1.5, "# ?/?", "1.5"),
        (5, "@", "5"),
    ],
)
def test_a_number_reads_as_the_screen_shows_it(value: float, code: str, shown: str) -> None:
    assert number(value, code) == shown


def test_merged_cells_are_filled_and_a_title_over_the_whole_width_is_no_row() -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "常见问题"
    for row in (["匠衡问题汇总"], ["模块", "问题", "答案"], ["导入", "甲", "一"], [None, "乙", "二"]):
        sheet.append(row)
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A3:A4")

    heading, caption, table = read(book).blocks

    assert (heading.text, caption.text) == ("常见问题", "匠衡问题汇总")
    assert table.rows == (("模块", "问题", "答案"), ("导入", "甲", "一"), ("导入", "乙", "二"))
    assert table.row_lines == (2, 3, 4)


def test_every_visible_sheet_is_read_and_a_hidden_one_is_named() -> None:
    book = Workbook()
    book.active.append(["甲"])
    book.create_sheet("第二").append(["乙"])
    book.create_sheet("内部").append(["丙"])
    book["内部"].sheet_state = "hidden"

    document = read(book)

    assert [block.rows for block in document.blocks if block.rows] == [(("甲",),), (("乙",),)]
    assert document.notes == ("工作表“内部”是隐藏的，没有收入",)


def test_a_formula_that_was_never_calculated_is_named_with_its_row() -> None:
    book = Workbook()
    book.active.append(["甲"])
    book.active.append(["=1+1"])

    assert read(book).notes == ("工作表“Sheet”第 2 行的公式没有保存结果，按空格子处理；请用 Excel 打开并保存一次",)


def test_a_date_is_an_iso_date() -> None:
    book = Workbook()
    book.active.append([datetime(2026, 12, 15), datetime(2026, 12, 15, 8, 30)])

    assert read(book).blocks[0].rows == (("2026-12-15", "2026-12-15 08:30"),)


def test_rows_beyond_the_limit_are_refused_and_empty_ones_do_not_count() -> None:
    book = Workbook()
    for row in range(20):
        book.active.append([row])
    book.active.cell(1_000_000, 1).number_format = "0.00"

    assert len(read(book, Limits(rows=20)).blocks[0].rows) == 20
    with pytest.raises(OverLimit, match="超过 19 行"):
        read(book, Limits(rows=19))
