from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.numbers import TicketNumber
from zhtext.normalize import normalize
from zhtext.slots import ENTITIES, find_slots, slot_values


def test_one_sentence_fills_several_slots() -> None:
    values = slot_values("Win10 上 3.2 版导入报 ERR-1042,今天上午开始,电话13812345678")

    assert values == {
        "os": "Windows 10",
        "version": "3.2",
        "phone": "13812345678",
        "module": "数据导入",
        "when": "今天上午",
        "phenomenon": "Win10 上 3.2 版导入报 ERR-1042",
    }


@pytest.mark.parametrize(
    ("text", "system"),
    [
        ("Win10上打不开", "Windows 10"),
        ("windows 7", "Windows 7"),
        ("我是win xp的", "Windows XP"),
        ("Windows Server 2019 装不上", "Windows Server 2019"),
        ("windows系统", "Windows"),
        ("macOS 14", "macOS 14"),
        ("苹果电脑", "macOS"),
        ("Ubuntu 22.04", "Ubuntu 22.04"),
        ("统信UOS 20", "UOS 20"),
        ("麒麟V10", "Kylin V10"),
        ("银河麒麟系统", "Kylin"),
        ("iPhone 13 上闪退", "iOS"),
        ("iPad", "iOS"),
        ("iOS 17", "iOS 17"),
        ("安卓手机", "Android"),
        ("华为手机", "Android"),
        ("鸿蒙系统", "Android"),
    ],
)
def test_systems_have_one_name_each(text: str, system: str) -> None:
    assert slot_values(text, ENTITIES) == {"os": system}


@pytest.mark.parametrize("text", ["进BIOS设置", "窗口关不掉", "winner", "virtuos", "一共10个", "xp"])
def test_words_that_contain_a_system_are_none(text: str) -> None:
    assert "os" not in slot_values(text)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v6.2.1 闪退", "6.2.1"),
        ("版本是6.2", "6.2"),
        ("版本号：5.3.2001", "5.3.2001"),
        ("我用的是3.2.1", "3.2.1"),
        ("6.2版", "6.2"),
        ("app 2.5.1 登不上", "2.5.1"),
        ("3.2", "3.2"),
        ("V6.2", "6.2"),
        ("是6.0版本。", "6.0"),
    ],
)
def test_versions_are_digits_and_dots(text: str, version: str) -> None:
    assert slot_values(text)["version"] == version


@pytest.mark.parametrize(
    "text",
    [
        "合同额是12.5万",
        "长度是2.5米",
        "单价是3.5元",
        "IP是10.0.0.5",
        "服务器地址是10.0.0.5",
        "文件是2.5MB",
        "2026.11.22导入的",
        "192.168.1.100",
        "第3.2节",
        "进度是85.5%",
    ],
)
def test_amounts_addresses_and_dates_are_no_versions(text: str) -> None:
    assert "version" not in slot_values(text)


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("电话13812345678", "13812345678"),
        ("138 1234 5678", "13812345678"),
        ("138-1234-5678打给我", "13812345678"),
        ("+86 138 1234 5678", "+8613812345678"),
        ("010-88886666", "01088886666"),
        ("0571-88001234", "057188001234"),
        ("0912-345-678", "0912345678"),
        ("+886 912 345 678", "+886912345678"),
        ("+852 5123 4567", "+85251234567"),
    ],
)
def test_phones_are_digits_with_their_plus(text: str, phone: str) -> None:
    assert slot_values(text, ENTITIES) == {"phone": phone}


@pytest.mark.parametrize("text", ["12345678901", "1381234567", "138123456789", "20261122", "110101199003071234"])
def test_other_long_numbers_are_no_phones(text: str) -> None:
    assert "phone" not in slot_values(text)


@pytest.mark.parametrize(
    "text",
    [
        "催一下 GD-20261122-0042-7",
        "gd-20261122-0042-7",
        "GD20261122 0042 7",
        "ＧＤ－２０２６１１２２－００４２－７到哪了",
    ],
)
def test_a_ticket_number_is_found_in_any_spelling_and_the_desk_reads_it(text: str) -> None:
    values = slot_values(normalize(text))

    assert str(TicketNumber.parse(values["ticket_number"])) == "GD-20261122-0042-7"
    assert "phone" not in values


def test_a_value_stands_where_the_text_says_it() -> None:
    text = "我用的是3.2.1,系统win10"

    version, system = find_slots(text)

    assert text[version.start : version.end] == "3.2.1"
    assert text[system.start : system.end] == "win10"


def test_a_server_is_not_also_a_desktop() -> None:
    assert [slot.value for slot in find_slots("windows server 2019")] == ["Windows Server 2019"]


@given(st.text(alphabet="GDgdwWinNvVios0123456789.-+ 版本是电话系统苹果麒麟", max_size=60))
def test_slots_come_in_order_and_never_overlap(text: str) -> None:
    found = find_slots(text)

    assert all(0 <= slot.start < slot.end <= len(text) for slot in found)
    assert all(left.end <= right.start for left, right in itertools.pairwise(found))
