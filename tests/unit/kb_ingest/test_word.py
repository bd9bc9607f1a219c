import io
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement

from kb_ingest.documents import word
from kb_ingest.documents.limits import Limits
from kb_ingest.documents.model import Block
from kb_ingest.errors import Unsuitable


def read(paper: "docx.document.Document") -> tuple[Block, ...]:
    buffer = io.BytesIO()
    paper.save(buffer)
    return word.read(buffer.getvalue(), "a.docx", Limits()).blocks


def test_styles_give_headings_lists_and_code() -> None:
    paper = docx.Document()
    paper.add_heading("手册", 0)
    paper.add_heading("导入", 1)
    for text in ("打开", "保存"):
        paper.add_paragraph(text, style="List Number")
    paper.add_paragraph("注意", style="List Bullet")
    for command in ("cd /opt", "ls"):
        paper.add_paragraph().add_run(command).font.name = "Consolas"

    found = read(paper)

    assert [(block.kind, block.text, block.marker) for block in found] == [
        ("heading", "手册", ""),
        ("heading", "导入", ""),
        ("item", "打开", "1."),
        ("item", "保存", "2."),
        ("item", "注意", "-"),
        ("code", "cd /opt\nls", ""),
    ]
    assert [block.level for block in found[:2]] == [1, 2]


def test_merged_cells_of_a_table_say_their_text_in_every_place() -> None:
    paper = docx.Document()
    table = paper.add_table(3, 3)
    for row, texts in enumerate([("模块", "码", "说明"), ("导入", "A1", "甲"), ("", "A2", "")]):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(2, 1).merge(table.cell(2, 2))

    assert read(paper)[0].rows == (("模块", "码", "说明"), ("导入", "A1", "甲"), ("导入", "A2", "A2"))


def test_a_document_without_styles_has_its_bold_and_numbered_lines_as_headings() -> None:
    paper = docx.Document()
    paper.add_paragraph().add_run("手机端闪退").bold = True
    paper.add_paragraph("升级到最新版。")
    paper.add_paragraph("二、定位不准")
    paper.add_paragraph("1、打开定位")

    assert [block.kind for block in read(paper)] == ["heading", "paragraph", "heading", "item"]


def test_what_was_struck_out_in_a_revision_is_not_read() -> None:
    paper = docx.Document()
    paragraph = paper.add_paragraph("留下的")
    struck = OxmlElement("w:del")
    struck.append(paper.add_paragraph("删掉的").runs[0]._r)
    paragraph._p.append(struck)

    assert [block.text for block in read(paper)] == ["留下的"]


def test_text_in_content_controls_is_read_and_the_table_of_contents_is_not() -> None:
    paper = docx.Document()
    control, content = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
    content.append(paper.add_paragraph("控件里的字")._p)
    control.append(content)
    paper.element.body.insert(0, control)
    paper.add_paragraph("1.1 安装\t........ 3")

    assert [block.text for block in read(paper)] == ["控件里的字"]


def test_a_link_keeps_its_address() -> None:
    paper = docx.Document()
    paragraph = paper.add_paragraph("看")
    link = OxmlElement("w:hyperlink")
    identifier = paper.part.relate_to(
        "https://a.example/",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink",
        is_external=True,
    )
    link.set("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id", identifier)
    link.append(paper.add_paragraph().add_run("官网")._r)
    paragraph._p.append(link)

    assert read(paper)[0].text == "看[官网](https://a.example/)"


def test_a_package_without_a_document_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unsuitable, match="已损坏"):
        word.read(b"PK\x03\x04 nothing", "a.docx", Limits())
