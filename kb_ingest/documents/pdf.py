"""PDF -> blocks. Files whose text cannot be trusted are refused with the reason."""

from __future__ import annotations

import pypdfium2 as pdfium

from kb_ingest.documents import pdf_health, pdf_layout, pdf_tables
from kb_ingest.documents.limits import Limits
from kb_ingest.documents.model import Block, Document
from kb_ingest.documents.pdf_health import PageHealth
from kb_ingest.documents.pdf_layout import Sheet
from kb_ingest.documents.pdf_page import Char, Line, Page
from kb_ingest.documents.pdf_tables import RuledTable
from kb_ingest.errors import NoText, OverLimit, Unsuitable


def read(data: bytes, name: str, limits: Limits) -> Document:
    """Raises Unsuitable, OverLimit or NoText. Lines count within their page, which is the place of a block."""
    with _opened(data) as document:
        if len(document) > limits.pages:
            raise OverLimit(f"共 {len(document):,} 页，超过上限 {limits.pages} 页；请按章节拆开再导入")
        sheets, health = [], []
        for number in range(1, len(document) + 1):
            page = Page(document, number)
            try:
                chars = page.chars()
                health.append(_health(page, chars))
                sheets.append(_sheet(page, chars))
            except pdfium.PdfiumError as error:
                raise Unsuitable(f"第 {number} 页已损坏，打不开（{error}）") from error
            finally:
                page.close()
    complaint = pdf_health.complaint(health)
    if complaint:
        raise NoText(complaint)
    note = pdf_health.scanned_note(health)
    return Document(name, pdf_layout.blocks(sheets), notes=(note,) if note else ())


def _opened(data: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise Unsuitable("PDF 设了打开密码；请去掉密码另存后再导入") from error
        raise Unsuitable(f"PDF 已损坏，打不开（{error}）；请重新导出一份") from error


def _health(page: Page, chars: list[Char]) -> PageHealth:
    text = "".join(char.text for char in chars)
    return PageHealth(page.number, text, page.unmapped(), page.picture_share())


def _sheet(page: Page, chars: list[Char]) -> Sheet:
    """The page's lines in reading order, without what stands in tables, and each table before the first line below."""
    ruled = pdf_tables.tables(page.rulings(), chars)
    free = [char for char in chars if not any(pdf_tables.holds(table.box, char) for table in ruled)]
    parts: list[Line | Block] = list(page.lines(free))
    for number, table in enumerate(ruled, 1):
        below = (place for place, part in enumerate(parts) if isinstance(part, Line) and _is_below(part, table, page))
        block = Block("table", "", 1, place=f"第 {page.number} 页表 {number}").with_rows(table.rows)
        parts.insert(next(below, len(parts)), block)
    return Sheet(page.number, page.width, page.height, tuple(parts))


def _is_below(line: Line, table: RuledTable, page: Page) -> bool:
    """Footers do not count: programs draw them first."""
    return bool(table.box[1] <= line.top < page.height * (1 - pdf_layout.MARGIN))
