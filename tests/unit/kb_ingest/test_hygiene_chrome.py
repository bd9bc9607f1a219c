"""What a site puts around a text goes; a manual that uses the same words stays."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kb_ingest.documents.model import Block
from kb_ingest.hygiene.chrome import without_chrome
from kb_ingest.hygiene.site import line_of_site

_TABLE = Path(__file__).parent / "site_lines.tsv"


def cases() -> list[tuple[str, str]]:
    with _TABLE.open(encoding="utf-8", newline="") as table:
        return [(row["line"], row["name"]) for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)]


def paragraphs(*texts: str) -> tuple[Block, ...]:
    return tuple(Block("paragraph", text, line) for line, text in enumerate(texts, 1))


@pytest.mark.parametrize(("line", "name"), cases())
def test_a_line_is_the_sites_or_the_texts(line: str, name: str) -> None:
    assert (line_of_site(line) or "") == name


def test_the_table_doubts_as_much_as_it_finds() -> None:
    names = [name for _, name in cases()]

    assert sum(map(bool, names)) >= 60
    assert names.count("") >= 100


def test_lines_of_the_site_go_and_are_listed() -> None:
    kept, dropped = without_chrome(
        paragraphs("首页 > 帮助 > 导入", "打开【工具】→【数据导入】。", "上一篇：导出", "VIP下载")
    )

    assert [block.text for block in kept] == ["打开【工具】→【数据导入】。"]
    assert dropped == ("首页 > 帮助 > 导入", "上一篇：导出", "VIP下载")


def test_a_sentence_of_the_sites_goes_out_of_a_paragraph() -> None:
    kept, dropped = without_chrome(paragraphs("先备份，再升级。本文来自某某网，转载请注明出处。"))

    assert [block.text for block in kept] == ["先备份，再升级。"]
    assert dropped == ("本文来自某某网，转载请注明出处。",)


@pytest.mark.parametrize(
    "sentence",
    [
        "施工图版权归设计院所有，平台只提供存储。",
        "点【上一篇】翻到前一天的施工日志。",
        "关注公众号后，在菜单里点“我的工单”。",
        "登录后可查看全文检索的结果。",
        "打印页脚的版权声明在【参数设置】里改。",
    ],
)
def test_a_sentence_that_only_uses_such_words_stays(sentence: str) -> None:
    blocks = paragraphs("先备份。" + sentence)

    assert without_chrome(blocks) == (blocks, ())


def test_a_list_of_other_articles_goes_with_its_heading() -> None:
    blocks = (
        Block("paragraph", "正文。", 1),
        Block("heading", "相关推荐", 2, 2),
        Block("item", "[脚手架验收](http://a.com/1)", 3),
        Block("item", "安全交底怎么写", 4),
        Block("heading", "小结", 5, 2),
        Block("paragraph", "完。", 6),
    )

    kept, dropped = without_chrome(blocks)

    assert [block.text for block in kept] == ["正文。", "小结", "完。"]
    assert len(dropped) == 3


def test_a_chapter_with_such_a_name_stays() -> None:
    recommended = (Block("heading", "相关推荐", 1, 2), Block("paragraph", "搜索结果右侧按关键词显示相关推荐。", 2))
    comments = (Block("heading", "发表评论", 3, 2), Block("item", "打开审批单", 4, marker="1."))

    assert without_chrome(recommended + comments) == (recommended + comments, ())


@pytest.mark.parametrize("heading", ["全部评论(12)", "评论区"])
def test_what_readers_wrote_goes_up_to_the_next_heading(heading: str) -> None:
    blocks = (
        Block("heading", heading, 1, 2),
        Block("paragraph", "张三 3 小时前", 2),
        Block("paragraph", "楼主好人，求图集", 3),
        Block("heading", "小结", 4, 2),
    )

    assert [block.text for block in without_chrome(blocks)[0]] == ["小结"]


def test_a_comment_area_of_the_product_stays() -> None:
    blocks = (Block("heading", "评论区", 1, 2), Block("paragraph", "审批意见显示在评论区。", 2))

    assert without_chrome(blocks) == (blocks, ())


def test_a_row_that_only_lays_out_goes_and_others_stay() -> None:
    rows = (("上一篇：导出", ""), ("问题", "答案"), ("点击下载", "见【下载模板】"))
    table = Block("table", "", 1, rows=rows, row_lines=(1, 2, 3))

    (kept,), dropped = without_chrome((table,))

    assert kept.rows == rows[1:]
    assert kept.row_lines == (2, 3)
    assert dropped == ("上一篇：导出",)


def test_code_is_never_touched() -> None:
    code = (Block("code", "# 上一篇：导出\n立即下载", 1, marker="sh"),)

    assert without_chrome(code) == (code, ())
