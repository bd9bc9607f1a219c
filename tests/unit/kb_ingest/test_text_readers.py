from kb_ingest.documents import csv, entries, html, markdown, plain
from kb_ingest.documents.limits import Limits
from kb_ingest.documents.model import Block

LIMITS = Limits()


def kinds(blocks: tuple[Block, ...]) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in blocks]


def test_numbered_chapters_of_a_text_are_headings_and_lists_are_items() -> None:
    text = "第一章 安装\n1.1 准备环境\n服务器要 16 GB 内存。\n\n1、双击安装包\n2、点【下一步】\n"

    found = plain.read(text.encode("gbk"), "a.txt", LIMITS).blocks

    assert kinds(found) == [
        ("heading", "第一章 安装"),
        ("heading", "1.1 准备环境"),
        ("paragraph", "服务器要 16 GB 内存。"),
        ("item", "双击安装包"),
        ("item", "点【下一步】"),
    ]
    assert [block.line for block in found] == [1, 2, 3, 5, 6]
    assert [block.level for block in found[:2]] == [1, 2]


def test_two_counted_lines_in_a_row_are_no_headings() -> None:
    found = plain.read("步骤\n\n一、打开工具\n二、关闭工具\n".encode(), "a.txt", LIMITS).blocks

    assert [block.kind for block in found] == ["heading", "paragraph", "paragraph"]


def test_a_first_line_that_stands_apart_is_the_title_of_a_text() -> None:
    found = plain.read("安装说明\n\n双击安装包。\n".encode(), "a.txt", LIMITS).blocks

    assert found[0] == Block("heading", "安装说明", 1, 1)


def test_an_indented_run_of_a_text_is_code() -> None:
    found = plain.read("运行：\n\n    netstat -ano\n    findstr :443\n".encode(), "a.txt", LIMITS).blocks

    assert found[-1] == Block("code", "netstat -ano\nfindstr :443", 3)


def test_lines_of_a_table_of_contents_are_left_out() -> None:
    found = plain.read("手册\n\n1.1 安装............3\n1.2 登录……………… 5\n正文。".encode(), "a.txt", LIMITS).blocks

    assert kinds(found) == [("heading", "手册"), ("paragraph", "正文。")]


def test_markdown_keeps_headings_lists_code_tables_and_links() -> None:
    text = "# 手册\n\n看[官网](https://a.example/x)，\n再点`保存`。\n\n1. 甲\n   - 子\n2. 乙\n\n   ```sh\n   rm x\n   ```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"

    found = markdown.read(text.encode(), "a.md", LIMITS).blocks

    assert kinds(found) == [
        ("heading", "手册"),
        ("paragraph", "看[官网](https://a.example/x)，再点`保存`。"),
        ("item", "甲"),
        ("item", "子"),
        ("item", "乙"),
        ("code", "rm x"),
        ("table", ""),
    ]
    assert [block.marker for block in found[2:6]] == ["1.", "-", "2.", "sh"]
    assert found[-1].rows == (("a", "b"), ("1", "2"))
    assert found[-1].row_lines == (14, 16)


def test_front_matter_gives_the_title_and_keeps_the_numbers_of_lines() -> None:
    found = markdown.read("---\ntitle: 对接手册\n---\n\n正文\n".encode(), "a.md", LIMITS).blocks

    assert found == (Block("heading", "对接手册", 1, 1), Block("paragraph", "正文", 5))


def test_a_placeholder_in_angle_brackets_is_no_tag() -> None:
    found = markdown.read("改 conf/<project>.yml，<b>不要</b>改别的<br>第二行".encode(), "a.md", LIMITS).blocks

    assert found[0].text == "改 conf/<project>.yml，不要改别的\n第二行"


PAGE = """<html><head><title>导入</title><style>p{}</style><script>alert("x")</script></head><body>
<nav>首页</nav><h1>数据导入</h1><p>先看 <b>模板</b>，再点 <a href="https://a.example/x">这里</a>。<br>第二行 &amp; 完</p>
<ol><li>打开<ul><li>子项</ul><li><p>保存</p><pre>  a
  b</pre></ol>
<div class="comment-list">骂人的话</div><p style="display:none">隐藏</p><img src="http://x.example/a.png">
<table><tr><th rowspan=2>模块<th colspan=2>说明<tr><td>a<br>b<td>c</table></body></html>"""


def test_a_page_keeps_its_structure_and_loses_scripts_comments_and_what_is_hidden() -> None:
    document = html.read(PAGE.encode("gbk"), "a.html", LIMITS)

    assert kinds(document.blocks) == [
        ("heading", "数据导入"),
        ("paragraph", "先看 模板，再点 [这里](https://a.example/x)。\n第二行 & 完"),
        ("item", "打开"),
        ("item", "子项"),
        ("item", "保存"),
        ("code", "  a\n  b"),
        ("table", ""),
    ]
    assert document.blocks[-1].rows == (("模块", "说明", "说明"), ("模块", "a\nb", "c"))
    assert document.notes == ("去掉了 2 处网页外壳（导航、页脚、评论区、广告位）", "1 张图片没有收入")


def test_items_of_a_page_know_their_depth_and_number() -> None:
    found = html.read(PAGE.encode(), "a.html", LIMITS).blocks

    assert [(block.marker, block.level) for block in found if block.kind == "item"] == [("1.", 0), ("-", 1), ("2.", 0)]


def test_a_reading_above_a_character_is_not_part_of_the_text() -> None:
    found = html.read("<p><ruby>現<rp>(</rp><rt>xiàn</rt><rp>)</rp></ruby>場</p>".encode(), "a.html", LIMITS).blocks

    assert found[0].text == "現場"


def test_a_table_that_only_places_things_is_read_as_text() -> None:
    found = html.read(
        "<table><tr><td><h2>备份</h2><p>每天两点。</p></td></tr></table>".encode(), "a.html", LIMITS
    ).blocks

    assert kinds(found) == [("heading", "备份"), ("paragraph", "每天两点。")]


def test_an_endless_colspan_asks_for_no_endless_memory() -> None:
    found = html.read(
        b"<table>" + b"<tr><td colspan=999 rowspan=999>x<td>y" * 50 + b"</table>", "a.html", LIMITS
    ).blocks

    assert len(found[0].rows[0]) <= 200


def test_rows_of_a_csv_count_as_a_spreadsheet_counts_them() -> None:
    data = '问题,答案\r\n"怎么,导","第一\r\n第二"\r\n\r\n甲,乙\r\n'.encode("gbk")

    table = csv.read(data, "a.csv", LIMITS).blocks[0]

    assert table.rows == (("问题", "答案"), ("怎么,导", "第一\n第二"), ("甲", "乙"))
    assert table.row_lines == (1, 2, 4)


def test_the_delimiter_is_the_one_that_the_lines_agree_on() -> None:
    for text in ("sep=;\na;b\n1,5;2\n", "a\tb\n1,5\t2\n", "a;b\n1,5;2\n3;4\n"):
        assert csv.read(text.encode(), "a.csv", LIMITS).blocks[0].rows[1] == ("1,5", "2")


def test_entries_of_our_own_know_the_lines_they_begin_on() -> None:
    yml = entries.read(b"- id: a\n  type: faq\n\n- id: b\n", "a.yml", LIMITS).blocks
    jsonl = entries.read(b'{"id": "a"}\n\n{"id": "b"}\n', "a.jsonl", LIMITS).blocks

    assert [block.line for block in yml] == [1, 4]
    assert [block.line for block in jsonl] == [1, 3]
