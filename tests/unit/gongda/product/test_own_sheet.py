from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from gongda.errors import WrongUse
from gongda.product.reading import Draft, read
from gongda.product.sheets import sheets
from gongda.product.template import write
from tests.unit.gongda.desks import NOW
from tests.unit.gongda.own import Sheets, luan, workbook


def draft(folder: Path, change: Callable[[Sheets], object] = lambda _: None) -> Draft:
    return read(workbook(folder / "资料表.xlsx", luan(), change), NOW)


def told(found: Draft) -> list[str]:
    return [mistake.sentence(found.file) for mistake in found.mistakes]


def test_a_good_sheet_is_read_whole(tmp_path: Path) -> None:
    found = draft(tmp_path)
    product = found.product

    assert told(found) == []
    assert product.names == ("路安养护云", "路安云", "路安")
    assert (product.company, product.assistant, product.editions) == ("路安科技", "智能助手小路", ("标准版", "省级版"))
    assert len(product.modules) == 10
    assert product.current is not None
    assert (product.current.version, product.current.words, product.current.ends) == ("2024", ("24版",), "")
    assert [contact.allowed for contact in product.contacts][-2:] == ["QQ：86420135", "微信：路安养护"]
    assert product.hours["friday"] == ("09:00-12:00", "13:00-17:30")
    assert product.hours["sunday"] == ()
    assert len(found.entries) == 23
    (runbook,) = [entry for entry in found.entries if entry.type == "runbook"]
    assert runbook.topic == "data_loss_recovery"


def test_the_template_is_read_without_a_mistake_in_its_headings_and_its_examples_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "空白.xlsx"
    write(path)

    found = read(path, NOW)

    assert [mistake.sheet for mistake in found.mistakes] == ["产品", "常见问题"]
    assert found.product.modules == found.product.terms == found.product.contacts == ()
    assert found.entries == ()


def test_the_template_filled_in_is_a_good_sheet(tmp_path: Path) -> None:
    path = tmp_path / "填好.xlsx"
    write(path)
    book = load_workbook(path)
    for page in book.worksheets:
        if page.title == "产品":
            fill_form(page)
        else:
            for place, value in enumerate(examples()[page.title], 1):
                page.cell(4, place, value)
    book.save(path)

    found = read(path, NOW)

    assert told(found) == []
    assert found.product.name == "某某养护云"
    assert found.product.modules[0].words == ("路面巡查", "巡查单", "巡查记录")
    assert {entry.type for entry in found.entries} == {"howto", "error_code"}


def examples() -> dict[str, list[str]]:
    """The template's own examples, without the mark that makes them examples."""
    return {
        sheet.name: [value.removeprefix("例：") for value in sheet.examples[0]]
        for sheet in sheets().values()
        if sheet.examples
    }


def fill_form(page: Any) -> None:
    for row in page.iter_rows(min_row=3, max_row=page.max_row):
        row[1].value = row[2].value


def test_every_sheet_of_the_template_has_notes_and_an_example(tmp_path: Path) -> None:
    path = tmp_path / "空白.xlsx"
    write(path)
    book = load_workbook(path)

    assert book.sheetnames == ["产品", "模块", "版本", "术语", "联系方式", "常见问题", "错误码"]
    assert all(any(cell.comment for cell in page[2]) for page in book.worksheets)
    assert all(page.cell(3, 1).value for page in book.worksheets)


def replaced(sheet: str, row: int, column: int, value: str) -> Callable[[Sheets], None]:
    def change(sheets: Sheets) -> None:
        sheets[sheet][row - 1][column - 1] = value

    return change


def added(sheet: str, *values: str) -> Callable[[Sheets], None]:
    return lambda sheets: sheets[sheet].append([*values])


@pytest.mark.parametrize(
    ("change", "place", "remedy"),
    [
        (replaced("产品", 2, 2, ""), "工作表“产品” 第 1 行", "没有填“产品名称”"),
        (replaced("产品", 2, 2, "路"), "工作表“产品” 第 2 行", "2 到 30 个字"),
        (replaced("产品", 2, 2, "路/安"), "工作表“产品” 第 2 行", "不能有"),
        (replaced("产品", 3, 1, "小名"), "工作表“产品” 第 3 行", "只能是 产品名称、简称"),
        (replaced("产品", 3, 2, "Lu An"), "工作表“产品” 第 3 行", "中间有空格"),
        (added("产品", "公司名称", "另一家公司"), "工作表“产品” 第 10 行", "写了两行"),
        (replaced("产品", 7, 2, "早九晚五"), "工作表“产品” 第 7 行", "09:00-12:00"),
        (replaced("产品", 7, 2, "09:00-12:00；11:00-17:00"), "工作表“产品” 第 7 行", "有重叠"),
        (replaced("产品", 7, 2, "12:00-09:00"), "工作表“产品” 第 7 行", "看不懂"),
        (replaced("产品", 4, 2, "#REF!"), "工作表“产品” 第 4 行", "公式错误"),
        (replaced("模块", 1, 1, "栏目"), "工作表“模块” 第 1 行", "要有“模块名称”"),
        (replaced("模块", 3, 1, ""), "工作表“常见问题” 第 11 行", "不在“模块”表里"),
        (added("模块", "", "井盖"), "工作表“模块” 第 12 行", "“模块名称”是空的"),
        (added("模块", "道路", "坑槽"), "工作表“模块” 第 12 行", "“坑槽”在第 7 行已经写过"),
        (added("模块", "道路", "路"), "工作表“模块” 第 12 行", "2 到 30 个字"),
        (added("版本", "2025 SP1"), "工作表“版本” 第 4 行", "只写数字和点"),
        (added("版本", "2025", "", "去年"), "工作表“版本” 第 4 行", "2024-03-15"),
        (added("版本", "2024"), "工作表“版本” 第 4 行", "第 3 行已经写过"),
        (added("术语", "派工单"), "工作表“术语” 第 6 行", "第 2 行已经写过"),
        (added("联系方式", "传真", "0571-12345678"), "工作表“联系方式” 第 7 行", "只能是 电话、网址"),
        (added("联系方式", "电话", "请打前台"), "工作表“联系方式” 第 7 行", "不像电话"),
        (added("联系方式", "网址", "com.cn"), "工作表“联系方式” 第 7 行", "不像网址"),
        (replaced("常见问题", 2, 6, "不存在的模块"), "工作表“常见问题” 第 2 行", "不在“模块”表里"),
        (replaced("常见问题", 2, 3, "打 13812345678 找老王"), "工作表“常见问题” 第 2 行", "加到表里，或从这一行删掉"),
        (replaced("常见问题", 2, 3, ""), "工作表“常见问题” 第 2 行", "没有答案"),
        (replaced("常见问题", 14, 5, "火灾"), "工作表“常见问题” 第 14 行", "系统崩溃、数据丢失、网络中断"),
        (replaced("常见问题", 1, 1, "话题"), "工作表“常见问题” 第 1 行", "“问题、答案”"),
        (replaced("错误码", 2, 1, "LA 一百零一号"), "工作表“错误码” 第 2 行", "不像一个错误码"),
        (replaced("错误码", 3, 1, "LA-101"), "工作表“错误码” 第 3 行", "重复"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_to_do(
    tmp_path: Path, change: Callable[[Sheets], None], place: str, remedy: str
) -> None:
    sentences = told(draft(tmp_path, change))

    assert [said for said in sentences if place in said and remedy in said], sentences
    assert all(said.startswith("资料表.xlsx 工作表“") for said in sentences)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    def change(sheets: Sheets) -> None:
        replaced("产品", 2, 2, "")(sheets)
        added("版本", "第三版")(sheets)
        replaced("常见问题", 2, 3, "找 13812345678")(sheets)

    assert len(told(draft(tmp_path, change))) == 3


def test_a_file_that_is_no_workbook_is_one_sentence(tmp_path: Path) -> None:
    for name, data in (("表.xlsx", b"not a workbook"), ("表.csv", "问题,答案\n".encode()), ("没有.xlsx", None)):
        path = tmp_path / name
        if data is not None:
            path.write_bytes(data)
        with pytest.raises(WrongUse, match=name):
            read(path, NOW)


def test_a_sheet_nobody_knows_is_noted_and_left_alone(tmp_path: Path) -> None:
    found = draft(tmp_path, lambda sheets: sheets.update({"价目表": [["项目", "价格"], ["年费", "1"]]}))

    assert told(found) == []
    assert any("价目表" in note for note in found.notes)


def test_readings_that_came_along_are_repaired(tmp_path: Path) -> None:
    found = draft(tmp_path, replaced("常见问题", 2, 3, "打開(kāi)【巡查管理】，點(diǎn)【补录】。"))

    assert told(found) == []
    assert found.entries[0].answer == "打開【巡查管理】，點【补录】。"
