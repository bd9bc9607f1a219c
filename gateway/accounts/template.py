"""An empty sheet for the vendor to fill in."""

from __future__ import annotations

import io

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from gateway.accounts.columns import FIELDS
from gateway.accounts.values import HEADINGS

_NOTES = {
    "name": "必填。一行一个联系人或工地；同一家公司的后面几行可以不写，或合并单元格。",
    "licences": "几个之间用顿号或换行隔开。空格和短横可写可不写。一个号只能属于一家公司。",
    "maintained_until": "例如 2026-12-31。没有期限就留空。",
    "vip": "是 或 否，留空表示不改。",
    "phone": "一行一个号码。",
    "note": "整家公司的备注，只有客服看得到。",
}
_WIDTHS = {"name": 30, "site": 24, "address": 28, "licences": 28, "note": 36, "email": 24}
_WIDTH = 16
_PREPARED = 500  # rows made text: Excel would else turn long numbers into 1.38E+10 and 6.10 into 6.1


def template() -> bytes:
    """As an .xlsx file."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = "客户"
    for place, field in enumerate(FIELDS, 1):
        head = page.cell(1, place, HEADINGS[field])
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="DDE7F3")
        if field in _NOTES:
            head.comment = Comment(_NOTES[field], "工答", width=260, height=90)
        page.column_dimensions[head.column_letter].width = _WIDTHS.get(field, _WIDTH)
        for line in range(2, _PREPARED + 2):
            page.cell(line, place).number_format = "@"
    page.freeze_panes = "B2"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
