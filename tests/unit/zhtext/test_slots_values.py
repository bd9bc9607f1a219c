from __future__ import annotations

import pytest

from zhtext.slots import ENTITIES, SLOTS, find_slots, slot_values


@pytest.mark.parametrize(
    ("text", "system"),
    [
        ("Win 10专业版", "Windows 10"),
        ("windows10", "Windows 10"),
        ("视窗10", "Windows 10"),
        ("視窗十一", "Windows 11"),
        ("win十", "Windows 10"),
        ("win8.1", "Windows 8.1"),
        ("xp系统", "Windows XP"),
        ("W10系统", "Windows 10"),
        ("Server 2019", "Windows Server 2019"),
        ("2016服务器", "Windows Server 2016"),
        ("win server 2012 R2", "Windows Server 2012 R2"),
        ("服务器Windows 2022", "Windows Server 2022"),
        ("Mac OS X 10.15", "macOS 10.15"),
        ("苹果笔记本", "macOS"),
        ("乌班图20.04", "Ubuntu 20.04"),
        ("uos v20", "UOS 20"),
        ("统信操作系统", "UOS"),
        ("麒麟10", "Kylin V10"),
        ("银河麒麟服务器版 V10", "Kylin V10"),
        ("Kylin v10", "Kylin V10"),
        ("iPadOS 17", "iOS 17"),
        ("苹果13", "iOS"),
        ("红米手机", "Android"),
        ("vivo", "Android"),
        ("华为Mate60", "Android"),
        ("小米14打卡失败", "Android"),
        ("以前是win7,现在win10", "Windows 10"),
    ],
)
def test_people_call_systems_by_many_names(text: str, system: str) -> None:
    assert slot_values(text)["os"] == system


@pytest.mark.parametrize(
    "text",
    [
        "SQL Server 2019连不上",
        "麒麟花园项目",
        "麒麟990芯片",
        "MAC地址",
        "华为云",
        "小米14吨",
        "窗口10个",
        "服务器2019年买的",
        "苹果园项目",
        "深度学习",
        "荣耀城二期",
    ],
)
def test_what_only_sounds_like_a_system_is_none(text: str) -> None:
    assert "os" not in slot_values(text)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("六点二版", "6.2"),
        ("版本六点一", "6.1"),
        ("升级到六点零点三了", "6.0.3"),
        ("三点二的版本", "3.2"),
        ("十点一版", "10.1"),
        ("6.2,导出没反应", "6.2"),
        ("5.4.1 闪退", "5.4.1"),
        ("6.2上导入失败", "6.2"),
        ("5.4升到6.2后闪退", "6.2"),
        ("5.4想升到6.2", "5.4"),
        ("app 6.0.3", "6.0.3"),
        ("版本号5.2.3.1", "5.2.3.1"),
    ],
)
def test_versions_are_read_as_people_say_them(text: str, version: str) -> None:
    assert slot_values(text)["version"] == version


@pytest.mark.parametrize(
    "text",
    [
        "下午三点二十开始",
        "六点一刻到现场",
        "Chrome 120.0.1",
        "Office 16.0版",
        "SQL Server 15.0",
        ".NET 4.8",
        "IFC 4.3",
        "iOS 17.2",
        "P6 8.4版",
        "达梦8.1版本",
        "MySQL 8.0",
        "比例1.5",
        "第3.2条",
        "4.25元",
        "面积是12.5平",
        "20.11.2026",
    ],
)
def test_other_numbers_with_dots_are_no_version(text: str) -> None:
    assert "version" not in slot_values(text)


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("一三八零零一三八零零零", "13800138000"),
        ("幺三八 零零幺三 八零零零", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("+852 9123 4567", "+85291234567"),
        ("電話9123 4567", "91234567"),
        ("(021)68881234", "02168881234"),
        ("02-2345-6789", "0223456789"),
        ("+65 9123 4567", "+6591234567"),
    ],
)
def test_phones_may_be_dictated_or_foreign(text: str, phone: str) -> None:
    assert slot_values(text, ENTITIES) == {"phone": phone}


@pytest.mark.parametrize("text", ["一二三四五六七八九十", "合同号20261122", "导入了9123 4567条", "五六七八号楼"])
def test_other_rows_of_digits_are_no_phone(text: str) -> None:
    assert "phone" not in slot_values(text)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("资料员看不到目录", "role", "资料员"),
        ("我是预算员", "role", "造价员"),
        ("導入RVT檔案失敗", "file", "rvt"),
        ("excel表格导不进去", "file", "xlsx"),
        ("project文件怎么导入", "file", "mpp"),
    ],
)
def test_roles_and_types_of_files_are_looked_up(text: str, name: str, value: str) -> None:
    assert slot_values(text)[name] == value


@pytest.mark.parametrize("text", ["overtime", "unpdfs", "drwgt"])
def test_a_file_type_inside_a_latin_word_is_none(text: str) -> None:
    assert "file" not in slot_values(text)


def test_only_the_slots_asked_for_are_looked_for() -> None:
    text = "Win10上导出报错,电话13800138000"

    assert {slot.name for slot in find_slots(text)} <= set(ENTITIES)
    assert [slot.name for slot in find_slots(text, ("module",))] == ["module"]


def test_places_are_those_of_the_words() -> None:
    text = "你好,从昨天开始导出报表没反应,每次都这样"

    said = {slot.name: text[slot.start : slot.end] for slot in find_slots(text, SLOTS)}

    assert said == {
        "phenomenon": "从昨天开始导出报表没反应",
        "when": "昨天",
        "module": "导出",
        "frequency": "每次",
    }
