import io
from pathlib import Path

import pytest
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, Preformatted, SimpleDocTemplate, Table, TableStyle

from kb_ingest.documents import pdf
from kb_ingest.documents.limits import Limits
from kb_ingest.documents.model import Document
from kb_ingest.documents.pdf_health import PageHealth, complaint
from kb_ingest.errors import NoText, OverLimit, Unsuitable

FONT = "STSong-Light"
UGLY = Path(__file__).parents[2] / "fixtures" / "ugly" / "files"
GRID = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("FONTNAME", (0, 0), (-1, -1), FONT)]


def style(size: float, **more: float) -> ParagraphStyle:
    return ParagraphStyle("x", fontName=FONT, fontSize=size, leading=size * 1.5, wordWrap="CJK", **more)


@pytest.fixture(autouse=True, scope="module")
def _font() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def read(*story: object, header: str = "", limits: Limits | None = None) -> Document:
    buffer = io.BytesIO()

    def furniture(canvas: Canvas, paper: SimpleDocTemplate) -> None:
        canvas.setFont(FONT, 9)
        canvas.drawString(60, 812, header)
        canvas.drawString(280, 30, f"第 {paper.page} 页")

    SimpleDocTemplate(buffer, pagesize=A4).build(list(story), onFirstPage=furniture, onLaterPages=furniture)
    return pdf.read(buffer.getvalue(), "a.pdf", limits or Limits())


def test_headings_are_told_by_size_and_lines_are_joined_without_spaces() -> None:
    text = "导入材料清单之前，先从下载模板里取一份空表，把数据用选择性粘贴的方式贴进去，表头一个字也不能改，保存成 xlsx 再上传。"

    found = read(
        Paragraph("数据导入", style(18)), Paragraph("准备", style(14)), Paragraph(text * 3, style(10.5))
    ).blocks

    assert [(block.kind, block.level) for block in found] == [("heading", 1), ("heading", 2), ("paragraph", 0)]
    assert found[2].text.replace(" ", "") == (text * 3).replace(" ", "")


def test_what_repeats_on_every_page_is_left_out() -> None:
    pages = [part for number in range(3) for part in (Paragraph(f"正文第 {number} 段。", style(10.5)), PageBreak())]

    assert [block.text for block in read(*pages, header="匠衡用户手册").blocks] == [
        "正文第 0 段。",
        "正文第 1 段。",
        "正文第 2 段。",
    ]


def test_a_ruled_table_is_a_table_with_its_spanning_cells_filled() -> None:
    rows = [["码", "原因", "处理"], ["A1", "文件被占用", "关闭"], ["A2", "", "另存"]]
    table = Table(rows, colWidths=[60, 120, 80], style=TableStyle([*GRID, ("SPAN", (1, 1), (1, 2))]))

    found = read(Paragraph("前面的话。", style(10.5)), table, Paragraph("后面的话。", style(10.5))).blocks

    assert [block.kind for block in found] == ["paragraph", "table", "paragraph"]
    assert found[1].rows == (("码", "原因", "处理"), ("A1", "文件被占用", "关闭"), ("A2", "文件被占用", "另存"))


def test_a_table_that_goes_on_over_the_page_is_one_table() -> None:
    rows = [["码", "处理"], *[[f"A{number}", "重试"] for number in range(60)]]

    found = read(Table(rows, colWidths=[60, 120], repeatRows=1, style=TableStyle(GRID))).blocks

    assert len(found) == 1
    assert [row[0] for row in found[0].rows] == ["码", *[f"A{number}" for number in range(60)]]


def test_monospaced_lines_are_code() -> None:
    code = ParagraphStyle("c", fontName="Courier", fontSize=10)

    found = read(Paragraph("运行：", style(10.5)), Preformatted("netstat -ano\nfindstr 443", code)).blocks

    assert (found[1].kind, found[1].text) == ("code", "netstat -ano\nfindstr 443")


def test_list_items_are_items() -> None:
    found = read(Paragraph("1. 打开。", style(10.5)), Paragraph("2. 保存。", style(10.5))).blocks

    assert [(block.kind, block.marker, block.text) for block in found] == [
        ("item", "1.", "打开。"),
        ("item", "2.", "保存。"),
    ]


@pytest.mark.parametrize(
    ("name", "error", "reason"),
    [
        ("20_验收单_扫描件.pdf", NoText, "扫描件：共 2 页，其中 2 页只有图片"),
        ("21_价目表_加密.pdf", Unsuitable, "打开密码"),
        ("22_字体损坏.pdf", NoText, "字体没有嵌入文字编码"),
        ("33_炸弹_三千页.pdf", OverLimit, "共 3,000 页，超过上限 500 页"),
    ],
)
def test_a_file_without_text_to_trust_is_refused_with_the_reason(
    name: str, error: type[Exception], reason: str
) -> None:
    with pytest.raises(error, match=reason):
        pdf.read((UGLY / name).read_bytes(), name, Limits())


@pytest.mark.parametrize(
    ("text", "trusted"),
    [
        ("导入材料清单时提示文件被占用，先关闭表格再试一次。" * 5, True),
        ("Restart the service and check that the port is free before you log in again. " * 3, True),
        ("镲閽鑻鐤鍙瑙鐨鏃鍒鐞瘍镐邮皤镝鍦" * 5, False),
        ("!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~" * 5, False),
        ("Sxp jmd qwrt lkzx vbnm hgfd trwq plkj mnbv cxzs dfgh jklp " * 3, False),
    ],
)
def test_text_that_is_no_language_is_not_trusted(text: str, trusted: bool) -> None:
    assert (complaint([PageHealth(1, text, 0, 0.0)]) is None) is trusted


def test_a_single_scanned_page_among_many_is_only_noted() -> None:
    page = "导入材料清单时提示文件被占用，先关闭表格再试一次。" * 3
    pages = [PageHealth(1, page, 0, 0.0), PageHealth(2, page, 0, 0.0), PageHealth(3, "", 0, 0.9)]

    assert complaint(pages) is None
