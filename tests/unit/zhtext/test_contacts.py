"""Contacts in every disguise, and everything of this trade that only looks like one."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhtext.contacts import KINDS, AllowList, find_contacts, is_contact, strangers, without_strangers

_TABLE = Path(__file__).parent / "contact_cases.tsv"
NOBODY = AllowList()
VENDOR = AllowList(
    frozenset(
        {
            "400-123-4567", "0571-88001234", "jiangheng.com", "support@jiangheng.com", "@jh.cn", "QQ：123456",
            "微信:jh_kefu", "https://pan.baidu.com/s/1abc", "地址：杭州市西湖区文三路 90 号", "匠衡服务",
        }
    )
)  # fmt: skip
PIECES = [
    "400-123-4567",
    "13812345678",
    "www.abc.com",
    "http://abc.cn/a?b=1;",
    "a@b.cn",
    "QQ：12345678",
    "加V信：zl_12345",
    "。！\n|",
    "1.",
    "-",
    "*",
    "【关于】",
    "电话",
    "一三八",
    "零〇",
    "点",
    "．。·",
    "(",
    ")",
    "（",
    "）",
    "[官网](http://x.cn)",
    "杭州市西湖区文三路90号",
    "５",
    "\u200b",
    "#",
]
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=12).map("".join)


def cases() -> list[tuple[str, str]]:
    with _TABLE.open(encoding="utf-8", newline="") as table:
        rows = csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["text"], row["contacts"]) for row in rows]


def found(text: str) -> str:
    return " ".join(f"{contact.kind}:{contact.value}" for contact in find_contacts(text))


@pytest.mark.parametrize(("text", "contacts"), cases())
def test_a_text_holds_these_contacts_and_no_other(text: str, contacts: str) -> None:
    assert found(text) == contacts


@pytest.mark.parametrize(
    ("text", "contacts"),
    [
        ("热线 400\u200b123\u200b4567", "hotline:4001234567"),  # zero width
        ("138\u20601234\u20605678", "phone:13812345678"),  # word joiner
        ("4\ufe0f\u20e30\ufe0f\u20e30\ufe0f\u20e3-123-4567", "hotline:4001234567"),  # keycaps
        ("\u202e400-123-4567\u202c", "hotline:4001234567"),  # direction override
        ("138\u3000" + "1234\u00a05678", "phone:13812345678"),
        ("𝟏𝟑𝟖𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖", "phone:13812345678"),
        ("www\u2024abc\u2024com", "url:www.abc.com"),
        ("热线 400-\n888-1234", "hotline:4008881234"),
        ("手机 139-1234-\n5678", "phone:13912345678"),
        ("加\u200b微\u200b信 zl_12345", "wechat:zl_12345"),
    ],
)
def test_what_cannot_be_seen_hides_nothing(text: str, contacts: str) -> None:
    assert found(text) == contacts


def test_bold_digits_lead_back_to_their_place() -> None:
    text = "找 **139**-**1234**-**5678** 咨询"

    (contact,) = find_contacts(text)

    assert contact.text == "139**-**1234**-**5678"


def test_a_contact_tells_where_it_stands_in_the_original() -> None:
    text = "拨打４００－\u200b１２３－４５６７咨询"

    (contact,) = find_contacts(text)

    assert contact.text == "４００－\u200b１２３－４５６７"
    assert text[contact.start : contact.end] == contact.text


def test_the_table_is_as_large_and_as_sceptical_as_it_should_be() -> None:
    wanted = [contacts for _, contacts in cases()]

    assert len(wanted) >= 150
    assert sum(contacts == "" for contacts in wanted) >= 100
    assert {part.partition(":")[0] for contacts in wanted for part in contacts.split()} == set(KINDS)


@pytest.mark.parametrize(
    "text",
    [
        "热线 400 123 4567",
        "热线四零零一二三四五六七",
        "+86 400-123-4567",
        "0571-88001234-801",
        "公司电话：88001234",
        "https://help.jiangheng.com/a?b=1",
        "www.JiangHeng.com",
        "support@jiangheng.com",
        "anybody@jh.cn",
        "QQ 123456",
        "微信：JH_kefu",
        "pan.baidu.com/s/1abc?pwd=1",
        "浙江省杭州市西湖区文三路90号东部软件园",
        "关注公众号“匠衡服务”",
    ],
)
def test_the_vendors_own_contacts_are_allowed_in_any_spelling(text: str) -> None:
    assert find_contacts(text)
    assert strangers(text, VENDOR) == ()


@pytest.mark.parametrize(
    "text",
    [
        "热线 4001234568",
        "http://jiangheng.com.evil.cn",
        "http://evil-jiangheng.com",
        "http://evil.com\\.jiangheng.com",
        "http://evil.com\\@jiangheng.com",
        "http://evil.com:80.jiangheng.com/",
        "http://jiangheng.com@evil.cn/",
        "http://evil.cn/jiangheng.com",
        "http://evil.cn?u=jiangheng.com",
        "http://jiаngheng.com",  # a Cyrillic а
        "support@jiangheng.com.cn",
        "someone@jiangheng.com",
        "a@b.jh.cn",
        "QQ 1234567",
        "pan.baidu.com/s/1abcd",
        "pan.baidu.com",
    ],
)
def test_what_only_resembles_the_vendor_is_a_stranger(text: str) -> None:
    assert strangers(text, VENDOR) != ()


@pytest.mark.parametrize(
    "value",
    ["400-800-1234", "jiangheng.com", "https://a.cn/b", "a@b.cn", "@b.cn", "QQ：12345", "jh_kefu", "地址：某路1号"],
)
def test_every_form_of_contact_can_be_listed(value: str) -> None:
    assert is_contact(value)


@pytest.mark.parametrize("value", ["", "12", "com.cn", "https://", "*", "@", "a b"])
def test_what_is_no_contact_or_everybodys_cannot(value: str) -> None:
    assert not is_contact(value)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("先备份。有问题拨打 400-999-8888，或留言。再导入！", "先备份。再导入！"),
        ("见 http://evil.cn/a?b=1;c=2。然后保存。", "然后保存。"),
        ("1. 打开【工具】。\n2. 加QQ群 123456789。\n3. 点【保存】。", "1. 打开【工具】。\n3. 点【保存】。"),
        ("- 加V信：zl_12345\n- 重启服务", "- 重启服务"),
        ("**注意**：拨打13812345678。", ""),
        ("| 电话 | 400-999-8888 |\n|---|---|\n| 端口 | 8080 |", "| 电话 |  |\n|---|---|\n| 端口 | 8080 |"),
        ("官方热线 400-123-4567。", "官方热线 400-123-4567。"),
        ("升级到 6.2.1 版。", "升级到 6.2.1 版。"),
    ],
)
def test_the_sentence_around_a_stranger_goes_and_nothing_else(text: str, left: str) -> None:
    assert without_strangers(text, VENDOR)[0] == left


def test_what_was_taken_out_is_told() -> None:
    _, gone = without_strangers("拨打 400-999-8888。加QQ群 123456789。", NOBODY)

    assert [contact.text for contact in gone] == ["400-999-8888", "123456789"]


@given(texts)
def test_contacts_stand_in_the_text_and_do_not_overlap(text: str) -> None:
    contacts = find_contacts(text)

    assert all(text[contact.start : contact.end] == contact.text != "" for contact in contacts)
    assert all(before.end <= after.start for before, after in pairwise(contacts))


@given(texts)
def test_without_strangers_there_is_none_left_and_nothing_more_to_take(text: str) -> None:
    left, _ = without_strangers(text, NOBODY)

    assert strangers(left, NOBODY) == ()
    assert without_strangers(left, NOBODY) == (left, ())


@given(texts)
def test_a_text_without_strangers_stays_as_it_is(text: str) -> None:
    everybody = AllowList(frozenset(contact.text for contact in find_contacts(text) if is_contact(contact.text)))

    if strangers(text, everybody) == ():
        assert without_strangers(text, everybody) == (text, ())
