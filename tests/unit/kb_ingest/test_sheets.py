from datetime import UTC, datetime

import pytest

from kb_ingest.documents.model import Block
from kb_ingest.sheets import cells, rows
from kb_ingest.sheets.columns import entry_type, key, recognise
from kb_ingest.sheets.mistake import Mistake, WrongCell

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def table(*lines: tuple[str, ...], place: str = "问答") -> Block:
    return Block("table", "", 1, place=place).with_rows(tuple(enumerate(lines, 1)))


def taken(*lines: tuple[str, ...], place: str = "问答") -> rows.Taken:
    found = rows.Taken()
    rows.take(table(*lines, place=place), "常见问题.xlsx", NOW, found)
    return found


def messages(found: rows.Taken) -> list[str]:
    return [mistake.sentence("常见问题.xlsx") for mistake in found.mistakes]


@pytest.mark.parametrize("heading", ["问题", "问题*", " 问题（必填） ", "標準問題", "Question", "常見問題："])
def test_a_heading_is_known_by_what_it_means(heading: str) -> None:
    assert recognise((heading, "答案")) is not None


def test_numbered_columns_of_similar_questions_are_one_field() -> None:
    columns = recognise(("问题", "相似问1", "相似问 2", "答案"))

    assert columns is not None
    assert columns.places["similar"] == (1, 2)


@pytest.mark.parametrize(
    "headings", [("材料编码", "名称", "单价"), ("代码", "描述"), ("模块", "负责人"), ("问题", "备注")]
)
def test_a_table_about_something_else_is_no_list_of_knowledge(headings: tuple[str, ...]) -> None:
    assert recognise(headings) is None


def test_a_row_of_questions_becomes_a_faq_entry_with_typed_columns() -> None:
    found = taken(
        ("编号", "类型", "问题", "相似问", "答案", "模块", "版本", "负责人", "复核日期", "临时办法"),
        (
            "faq-x",
            "操作指南",
            "怎么导",
            "咋导；怎么弄\n1、如何导",
            "1、打开\n2、保存",
            "数据导入",
            "6.0及以上",
            "数据组",
            "2027年3月1日",
            "先手工录",
        ),
    )

    (entry,) = found.entries.values()
    assert (entry.id, entry.type, entry.question, entry.similar) == (
        "faq-x",
        "howto",
        "怎么导",
        ("咋导", "怎么弄", "如何导"),
    )
    assert entry.answer == "1. 打开\n2. 保存"
    assert (entry.module, entry.versions, entry.owner, entry.review, entry.workaround) == (
        "数据导入",
        ">=6.0",
        "数据组",
        "2027-03-01",
        "先手工录",
    )
    assert not found.mistakes


def test_a_row_of_codes_becomes_an_error_code_entry() -> None:
    found = taken(("錯誤碼", "錯誤訊息", "原因", "處理方式"), ("0042", "範本過舊", "用了舊範本", "重新下載範本"))

    entry = found.entries["err-0042"]
    assert (entry.type, entry.code, entry.title) == ("error_code", "0042", "0042 範本過舊")
    assert entry.answer == "**原因**：用了舊範本\n\n**处理步骤**\n\n重新下載範本"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("", "答案", "", "", ""), "第 2 行：没有问题"),
        (("怎么导", "", "", "", ""), "第 2 行：“怎么导”：没有答案"),
        (("怎么导", "这样", "明年三月", "", ""), "复核日期“明年三月”看不懂；请写成 2026-11-22 这样"),
        (("怎么导", "这样", "2062-01-01", "", ""), "离今天太远"),
        (("怎么导", "这样", "", "新版", ""), "版本“新版”看不懂"),
        (("怎么导", "这样", "", "", "诗"), "类型“诗”不认识"),
        (("#REF!", "这样", "", "", ""), "“问题”是公式错误 #REF!"),
        (("怎" * 201, "这样", "", "", ""), "“问题”有 201 个字，超过上限 200 个"),
    ],
)
def test_a_mistake_names_file_sheet_row_and_what_is_wrong(row: tuple[str, ...], message: str) -> None:
    found = taken(("问题", "答案", "复核日期", "版本", "类型"), row, ("好的一行", "答案", "", "", ""))

    assert [entry.question for entry in found.entries.values()] == ["好的一行"]
    assert messages(found)[0].startswith("常见问题.xlsx 工作表“问答” 第 2 行：")
    assert message in messages(found)[0]


def test_all_mistakes_of_a_row_are_said_at_once() -> None:
    found = taken(("问题", "答案", "复核日期", "版本"), ("怎么导", "", "改天", "新版"))

    assert all(word in messages(found)[0] for word in ("没有答案", "改天", "新版"))


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("1.00E+05", "科学计数"),
        ("2026-03-01", "日期"),
        ("错误一", "不像一个错误码"),
        ("ERR-1\nERR-2", "不像一个错误码"),
    ],
)
def test_what_a_spreadsheet_made_of_a_code_is_a_mistake(code: str, word: str) -> None:
    with pytest.raises(WrongCell, match=word):
        cells.code(code)


@pytest.mark.parametrize("code", ["ERR-1042", "0042", "0x80070005", "IMPORT_TEMPLATE_MISMATCH", "E 12", "ＥＲＲ－１"])
def test_a_code_may_look_like_any_vendor_writes_it(code: str) -> None:
    assert cells.code(code)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", ""),
        ("全部", "*"),
        ("V6.2", "6.2"),
        ("6.0以上", ">=6.0"),
        ("6.0+", ">=6.0"),
        ("≥6.0", ">=6.0"),
        ("6.0以下", "<6.0"),
        ("6.0及以下", "<=6.0"),
        ("5.2-5.4", "5.2-5.4"),
        ("5.2至5.4", "5.2-5.4"),
    ],
)
def test_versions_are_read_as_people_write_them(written: str, meant: str) -> None:
    assert cells.version_range(written) == meant


@pytest.mark.parametrize(
    "written", ["2027-03-01", "2027/3/1", "2027.3.1", "2027年3月1日", "２０２７-０３-０１", "2027-03-01 00:00"]
)
def test_dates_are_read_as_people_write_them(written: str) -> None:
    assert cells.review_date(written, NOW) == "2027-03-01"


def test_the_same_question_twice_is_named_and_the_first_stays() -> None:
    found = taken(("问题", "答案"), ("只读访客能导出吗", "不能"), ("只读访客能导出吗？", "能"))

    assert [entry.answer for entry in found.entries.values()] == ["不能"]
    assert messages(found) == [
        "常见问题.xlsx 工作表“问答” 第 3 行：问题与工作表“问答”第 2 行重复，内容不同；只收入了前面一条"
    ]


def test_two_codes_with_the_same_question_are_two_entries() -> None:
    found = taken(("错误码", "问题", "答案"), ("A-1", "打不开", "重装"), ("A-2", "打不开", "重启"))

    assert sorted(found.entries) == ["err-a-1", "err-a-2"]


def test_codes_that_differ_in_their_separators_are_one() -> None:
    found = taken(("错误码", "处理方式"), ("ERR-1042", "重试"), ("ERR_1042", "重装"))

    assert list(found.entries) == ["err-err-1042"]
    assert "错误码 ERR_1042 与工作表“问答”第 2 行重复" in messages(found)[0]


def test_rows_of_one_merged_question_add_their_ways_to_ask() -> None:
    found = taken(("问题", "相似问法", "答案"), ("打不全", "缺一半", "改横向"), ("打不全", "右边没了", "改横向"))

    (entry,) = found.entries.values()
    assert entry.similar == ("缺一半", "右边没了")
    assert not found.mistakes


def test_headings_are_found_below_titles_and_again_in_the_middle() -> None:
    found = taken(("匠衡问题汇总", ""), ("问题", "答案"), ("甲", "一"), ("问题", "答案"), ("乙", "二"))

    assert [entry.question for entry in found.entries.values()] == ["甲", "乙"]
    assert found.notes == ["工作表“问答”：表头上面的 1 行没有收入"]


def test_of_two_rows_of_headings_the_lower_one_counts() -> None:
    found = taken(("问题", "处理", "处理"), ("问题", "原因", "处理步骤"), ("打不开", "端口被占", "换端口"))

    (entry,) = found.entries.values()
    assert entry.answer == "**原因**：端口被占\n\n**处理步骤**\n\n换端口"


def test_a_column_nobody_knows_is_named() -> None:
    found = taken(("序号", "问题", "答案", "录入人"), ("1", "甲", "一", "小李"))

    assert found.notes == ["工作表“问答”：这些列不认识，没有收入：录入人"]


def test_ids_without_a_name_of_their_own_are_the_same_on_every_run_and_differ_between_files() -> None:
    first, again = (list(taken(("问题", "答案"), ("甲", "一")).entries) for _ in range(2))
    other = rows.Taken()
    rows.take(table(("问题", "答案"), ("甲", "一")), "别的.xlsx", NOW, other)

    assert first == again
    assert first != list(other.entries)


def test_a_running_number_is_no_id_for_the_whole_corpus() -> None:
    (entry,) = taken(("编号", "问题", "答案"), ("7", "甲", "一")).entries.values()

    assert entry.id.startswith("faq-")


def test_a_place_that_is_no_sheet_is_not_called_one() -> None:
    assert Mistake("第 3 页表 1", 2, "没有答案").sentence("a.pdf") == "a.pdf 第 3 页表 1 第 2 行：没有答案"


def test_types_have_the_names_that_editors_use() -> None:
    assert [entry_type(name) for name in ("错误码", "常见问题", "版本說明", "faq", "诗")] == [
        "error_code",
        "faq",
        "release",
        "faq",
        None,
    ]


def test_a_heading_that_is_only_decoration_is_nothing() -> None:
    assert key("（必填）*") == ""
