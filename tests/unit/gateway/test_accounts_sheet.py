"""Customers' lists as they really look."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.accounts import BadLicence, Incoming, Person, normalised
from gateway.accounts import Sheet, Unreadable, read, template
from gateway.accounts.container import Limits
from gateway.accounts.grid import Cell
from gateway.accounts.values import HEADINGS, READERS, WrongCell

HEAD = "公司,工地/项目,授权号/加密狗号,产品,版本,维护到期,VIP,联系人,电话,邮箱,备注"


def table(*rows: str, head: str = HEAD, encoding: str = "utf-8") -> Sheet:
    return read("客户.csv", "\n".join([head, *rows]).encode(encoding))


def book(*rows: list[Any], merged: str = "", name: str = "客户") -> bytes:
    made = openpyxl.Workbook()
    page = made.worksheets[0]
    page.title = name
    for row in rows:
        page.append(row)
    if merged:
        page.merge_cells(merged)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def sentences(sheet: Sheet) -> list[str]:
    return [mistake.sentence for mistake in sheet.mistakes]


def test_a_row_says_everything_about_a_company() -> None:
    row = "北京一建,亦庄二期,GD-1234 5678、gd12345679,养护云,6.2,2026/12/31,是,王工,138 0013 8000,W@X.cn,老客户"
    assert table(row).rows == (
        Incoming(
            line=2,
            name="北京一建",
            product="养护云",
            version="6.2",
            maintained_until=date(2026, 12, 31),
            vip=True,
            note="老客户",
            site="亦庄二期",
            licences=("GD12345678", "GD12345679"),
            person=Person("王工", "13800138000", "W@X.cn"),
        ),
    )


def test_a_blank_company_is_the_one_above_and_all_rows_say_the_same_of_it() -> None:
    sheet = table("甲公司,一标,,,,2026-12-31,,王工,,,", ",二标,A12345,养护云,,,,李工,,,重点", "乙公司,,,,,,,赵工,,,")
    assert [(row.line, row.name, row.site, row.product, row.note) for row in sheet.rows] == [
        (2, "甲公司", "一标", "养护云", "重点"),
        (3, "甲公司", "二标", "养护云", "重点"),
        (4, "乙公司", "", None, ""),
    ]
    assert sheet.rows[1].maintained_until == date(2026, 12, 31)


def test_merged_company_cells_and_a_title_above_the_headings_are_no_trouble() -> None:
    data = book(
        ["客户清单（2026）"],
        ["公司名称 *", "联系人", "手机", "维护到期日"],
        ["甲公司", "王工", 13800138000, datetime(2026, 12, 31)],
        [None, "李工", 13900139000.0, None],
        [],
        [None, "赵工", "１３７ ００１３ ７０００", None],
        [None, None, "   ", None],
        merged="A3:A4",
    )
    sheet = read("清单.xlsx", data)
    assert sheet.mistakes == ()
    assert [(row.line, row.name, row.person) for row in sheet.rows] == [
        (3, "甲公司", Person("王工", "13800138000")),
        (4, "甲公司", Person("李工", "13900139000")),
        (6, "甲公司", Person("赵工", "13700137000")),
    ]
    assert sheet.rows[0].maintained_until == date(2026, 12, 31)


def test_a_formula_is_refused_and_the_remedy_told() -> None:
    sheet = read(
        "a.xlsx", book(["公司", "电话", "维护到期"], ["甲公司", "=B9", "=TODAY()"], ["乙公司", "0571-88880000"])
    )
    assert sentences(sheet) == [
        "第 2 行：“电话”是公式；请复制这一列，用“粘贴为数值”贴回来再导入；"
        "“维护到期”是公式；请复制这一列，用“粘贴为数值”贴回来再导入"
    ]
    assert [row.name for row in sheet.rows] == ["乙公司"]


def test_digits_that_excel_has_lost_are_not_guessed() -> None:
    sheet = table("甲公司,,1.23457E+11,,,,,,,,", "乙公司,,,,,,,王工,1.38E+10,,")
    assert sentences(sheet) == [
        "第 2 行：“授权号/加密狗号”被 Excel 写成了 1.23457E+11，后几位已经丢了；请把这一列设为文本，重新填写",
        "第 3 行：“电话”被 Excel 写成了 1.38E+10，后几位已经丢了；请把这一列设为文本，重新填写",
    ]


def test_a_licence_of_more_digits_than_excel_keeps_is_refused_as_a_number_and_read_as_text() -> None:
    number, text = 1234567890123456, "1234567890123456"
    sheet = read("a.xlsx", book(["公司", "锁号"], ["甲公司", number], ["乙公司", text]))
    assert [mistake.line for mistake in sheet.mistakes] == [2]
    assert sheet.rows[0].licences == (text,)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_list_is_read_in_the_encodings_of_the_mainland(encoding: str) -> None:
    assert table("龙腾工程，珺璟分公司,,,,,,,王喆,,,", encoding=encoding).rows[0].name == "龙腾工程，珺璟分公司"


def test_a_list_in_big5_with_traditional_headings_is_read() -> None:
    head = "公司名稱,專案名稱,授權號,軟體名稱,版本號,維護到期日,重點客戶,聯絡人,聯絡電話,電子郵件,備註"
    sheet = table(
        "大陸工程,捷運三號線,TW-00112233,養護雲,6.2,2026年12月31日,否,陳先生,+886 2 2345 6789,,",
        head=head,
        encoding="big5",
    )
    (row,) = sheet.rows
    assert (row.name, row.site, row.licences, row.vip) == ("大陸工程", "捷運三號線", ("TW00112233",), False)
    assert row.person == Person("陳先生", "+886 2 2345 6789")
    assert sheet.notes == ("按 Big5 读取",)


def test_tabs_and_semicolons_separate_as_well() -> None:
    assert read("a.csv", "公司\t联系人\n甲公司\t王工".encode()).rows[0].person == Person("王工")
    assert read("a.csv", "公司;联系人\n甲公司;王工".encode()).rows[0].person == Person("王工")


def test_a_quoted_cell_of_several_lines_counts_lines_as_the_editor_does() -> None:
    sheet = table('甲公司,,"A12345\nA12346",,,,,,,,', "乙公司,,,,,坏日期,,,,,")
    assert sheet.rows[0].licences == ("A12345", "A12346")
    assert [mistake.line for mistake in sheet.mistakes] == [4]


def test_one_licence_belongs_to_one_company() -> None:
    sheet = table("甲公司,,A-12345,,,,,,,,", "甲公司,二标,a12345,,,,,,,,", "乙公司,,Ａ12345,,,,,,,,")
    assert sentences(sheet) == ["第 4 行：授权号 A12345 在第 2 行已经给了“甲公司”；一个号只能属于一家公司"]
    assert [row.line for row in sheet.rows] == [2, 3]


def test_rows_that_contradict_each_other_are_told_with_both_values() -> None:
    sheet = table("甲公司,,,,,2026-12-31,,,,,", "甲公司,,,,,2027-06-30,,,,,")
    assert sentences(sheet) == [
        "第 3 行：“维护到期”是 2027-06-30，第 2 行写的是 2026-12-31；一家公司只能有一个，请改成一样的，或只写一处"
    ]


def test_rows_below_a_company_that_is_not_read_are_not_given_to_the_one_before() -> None:
    sheet = table("甲公司,,,,,,,,,,", "合计,,,,,,,,,,", ",,,,,,,王工,,,")
    assert [row.name for row in sheet.rows] == ["甲公司"]
    assert sentences(sheet) == [
        "第 3 行：“合计”不是公司；请删掉合计行",
        "第 4 行：上面那家公司没有读进来，这一行也就没有公司；请填上公司名称",
    ]


def test_a_first_row_without_a_company_says_so() -> None:
    assert sentences(table(",一标,,,,,,,,,")) == ["第 2 行：“公司”是空的，上面也没有公司；请填上公司名称"]


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("2026-12-31", date(2026, 12, 31)),
        ("2026/12/31", date(2026, 12, 31)),
        ("2026.12.31", date(2026, 12, 31)),
        ("2026年12月31日", date(2026, 12, 31)),
        ("２０２６－１２－３１", date(2026, 12, 31)),
        ("2026-12-31 00:00:00", date(2026, 12, 31)),
        ("20261231", date(2026, 12, 31)),
        ("2026-1-5", date(2026, 1, 5)),
        ("", None),
        ("/", None),
    ],
)
def test_a_date_is_read_as_people_write_it(written: str, means: date | None) -> None:
    assert READERS["maintained_until"](Cell(written)) == means


@pytest.mark.parametrize("written", ["2026-02-30", "2026-12", "永久", "31/12/2026", "46387"])
def test_what_is_no_date_is_refused(written: str) -> None:
    with pytest.raises(WrongCell, match="维护到期"):
        READERS["maintained_until"](Cell(written, "number" if written.isdigit() else "text"))


@pytest.mark.parametrize(
    ("written", "means"),
    [("是", True), ("Y", True), ("√", True), ("ＶＩＰ", True), ("否", False), ("No", False), ("", None), (" ", None)],
)
def test_vip_is_yes_no_or_nothing_said(written: str, means: bool | None) -> None:
    assert READERS["vip"](Cell(written)) is means


@pytest.mark.parametrize(
    ("field", "written", "told"),
    [
        ("vip", "也许", "“VIP”里的“也许”看不懂"),
        ("phone", "13800138000、13900139000", "有几个号码"),
        ("phone", "找王工", "不像电话号码"),
        ("phone", "12345", "不像电话号码"),
        ("email", "王工", "不是邮箱地址"),
        ("licences", "锁号一二三四", "授权号“锁号一二三四”看不懂"),
        ("licences", "A1", "看不懂"),
        ("name", "甲" * 101, "有 101 个字，上限 100 个字"),
        ("product", "#REF!", "公式错误 #REF!"),
    ],
)
def test_a_cell_that_cannot_be_used_says_which_and_why(field: str, written: str, told: str) -> None:
    with pytest.raises(WrongCell, match=told):
        READERS[field](Cell(written))


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("+86 138-0013-8000", "13800138000"),
        ("13800138000", "13800138000"),
        ("0571-8888 0000", "0571-8888 0000"),
        ("010-88880000转801", "010-88880000转801"),
        ("+852 2345 6789", "+852 2345 6789"),
        ("", ""),
    ],
)
def test_a_phone_is_kept_as_it_can_be_dialled(written: str, means: str) -> None:
    assert READERS["phone"](Cell(written)) == means


def test_a_version_that_excel_made_a_date_is_refused() -> None:
    with pytest.raises(WrongCell, match="变成了日期"):
        READERS["version"](Cell("2026-06-01", "date"))


def test_only_the_first_sheet_of_ours_is_read_and_the_others_are_named() -> None:
    made = openpyxl.Workbook()
    made.worksheets[0].append(["说明"])
    made.worksheets[0].title = "说明"
    for title in ("客户", "旧客户"):
        made.create_sheet(title).append(["公司", "联系人"])
        made[title].append([title, "王工"])
    content = io.BytesIO()
    made.save(content)
    sheet = read("a.xlsx", content.getvalue())
    assert [row.name for row in sheet.rows] == ["客户"]
    assert sheet.notes == ("工作表“说明”没有读", "工作表“旧客户”没有读")


def bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<a/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 30_000_000)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.xlsx", bomb(), "压缩炸弹"),
        ("a.xlsx", b"PK\x03\x04" + b"x" * 100, "不完整"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1xxxx", "旧版 .xls"),
        ("a.xlsx", b"hello", "不是 .xlsx"),
        ("a.xls", b"hello", "不支持“.xls”"),
        ("a.csv", b"  \n", "空的"),
        ("a.csv", "姓名,电话\n王工,1".encode(), "没有找到表头"),
        ("a.csv", "公司,联系人\n".encode(), "没有内容"),
        ("a.csv", b"\xff\xfe\x00", "没有找到表头"),
        ("a.csv", b"x" * (10 * 1024 * 1024 + 1), "上限 10 MB"),
    ],
    ids=["bomb", "cut", "xls", "no zip", "suffix", "blank", "no company", "only headings", "bytes", "large"],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_remedy(name: str, data: bytes, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        read(name, data)


def test_a_sheet_that_claims_a_million_lines_is_refused_not_walked_through() -> None:
    made = openpyxl.Workbook()
    made.worksheets[0].append(["公司", "联系人"])
    made.worksheets[0].cell(1_048_576, 1, "甲公司")
    content = io.BytesIO()
    made.save(content)
    with pytest.raises(Unreadable, match="60000 行以上"):
        read("a.xlsx", content.getvalue())


def test_more_rows_than_the_limit_are_refused() -> None:
    with pytest.raises(Unreadable, match="超过 3 行"):
        read("a.csv", ("公司,联系人\n" + "甲公司,王工\n" * 4).encode(), Limits(rows=3))


def test_the_template_is_read_by_the_reader() -> None:
    filled = openpyxl.load_workbook(io.BytesIO(template()))
    page = filled.worksheets[0]
    assert [cell.value for cell in page[1]] == list(HEADINGS.values())
    page["A2"], page["D2"] = "甲公司", "GD123456"
    content = io.BytesIO()
    filled.save(content)
    sheet = read("模板.xlsx", content.getvalue())
    assert [(row.name, row.licences) for row in sheet.rows] == [("甲公司", ("GD123456",))]


@given(st.text(max_size=80))
def test_a_kept_licence_number_is_kept_as_itself(text: str) -> None:
    try:
        number = normalised(text)
    except BadLicence:
        return
    assert normalised(number) == number
    assert not {" ", "-"} & set(number)
    assert number == number.upper()


@given(st.sampled_from(sorted(READERS)), st.text(max_size=60), st.sampled_from(["text", "number", "date", "formula"]))
def test_a_cell_of_any_text_is_read_or_refused_in_words(field: str, text: str, kind: str) -> None:
    with suppress(WrongCell):
        READERS[field](Cell(text.strip(), kind))
