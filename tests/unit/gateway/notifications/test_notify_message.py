from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.notifications import dingtalk, feishu, wecom
from gateway.notifications.message import Message, Person, compose, one_line
from gateway.notifications.people import called, mention_for
from gateway.wording import Wording

ZHANG = Person("张敏", mention="zhangmin", phone="13800000001", email="zhang@jiangheng.example")
LI = Person("李强", phone="13800000002")


def payload(**changes: object) -> dict[str, object]:
    number = "GD-20261123-0001-4"
    made = {"event": "p1_opened", "title": "系统瘫痪", "lines": ["全公司都打不开"], "number": number, "urgent": True}
    return {**made, "path": f"/console/tickets/{number}", "people": [], **changes}


def test_a_notice_says_what_who_and_where() -> None:
    message = compose(payload(), Wording.load(), "https://kf.jiangheng.example")

    assert message.text(2048).split("\n") == [
        "【工答】【紧急】系统瘫痪",
        "全公司都打不开",
        "工单：GD-20261123-0001-4",
        "https://kf.jiangheng.example/console/tickets/GD-20261123-0001-4",
    ]


def test_without_a_public_address_there_is_no_link() -> None:
    assert "http" not in compose(payload(), Wording.load(), "").text(2048)


def test_what_somebody_wrote_makes_no_lines_of_its_own() -> None:
    message = compose(payload(title="导入\n\r报错\u2028\u202e@all", lines=["a\x00b", " \n "]), Wording.load(), "")

    assert message.title == "【工答】【紧急】导入 报错 @all"
    assert message.lines == ("a b",)


def test_a_long_text_is_cut_at_a_line_and_keeps_its_foot() -> None:
    message = Message("标题", tuple(f"第{n}行" for n in range(100)), ("工单：GD-1", "https://x"))

    text = message.text(100)

    assert len(text.encode()) <= 100
    assert text.startswith("标题\n第0行\n")
    assert text.endswith("行\n…\n工单：GD-1\nhttps://x")


@given(st.text(min_size=1, max_size=400), st.lists(st.text(max_size=300), max_size=5), st.integers(60, 600))
def test_no_text_is_longer_than_its_limit(title: str, lines: list[str], limit: int) -> None:
    text = Message(one_line(title), tuple(map(one_line, lines)), ("工单：GD-1",)).text(limit)

    assert len(text.encode()) <= limit
    assert text.endswith("工单：GD-1")


def test_wecom_calls_by_id_else_by_telephone() -> None:
    text = wecom.body(Message("a", people=(ZHANG, LI)))["text"]

    assert (text["mentioned_list"], text["mentioned_mobile_list"]) == (["zhangmin"], ["13800000002"])


def test_dingtalk_says_the_names_in_the_text_and_never_calls_everybody() -> None:
    body = dingtalk.body(Message("a", people=(ZHANG, LI)))

    assert body["text"]["content"] == "a\n@zhangmin @13800000002"
    assert body["at"] == {"atMobiles": ["13800000002"], "atUserIds": ["zhangmin"], "isAtAll": False}


def test_in_feishu_nobody_can_call_everybody_by_writing_so() -> None:
    title = '<at user_id="all">所有人</at>'

    text = feishu.body(Message(title, (title,), people=(ZHANG, LI)))["content"]["text"]

    assert text == '＜at user_id="all"＞所有人＜/at＞\n' * 2 + '<at user_id="zhangmin">张敏</at>'


@pytest.mark.parametrize(
    ("mention", "target", "known"),
    [
        ("zhangmin", "wecom", "zhangmin"),
        ("wecom:zhangmin feishu:ou_7d8a", "feishu", "ou_7d8a"),
        ("wecom:zhangmin，zm", "dingtalk", "zm"),
        ("wecom:zhangmin", "dingtalk", None),
        ("@all", "wecom", None),
        ("all", "feishu", None),
        ('x"><at', "feishu", None),
        (None, "wecom", None),
    ],
)
def test_a_mention_is_one_id_or_one_for_each_target(mention: str | None, target: str, known: str | None) -> None:
    assert mention_for(mention, target) == known


def test_a_telephone_number_is_enough_for_two_robots() -> None:
    assert [target for target in ("wecom", "dingtalk", "feishu", "email") if called(None, "138", None, target)] == [
        "wecom",
        "dingtalk",
    ]
