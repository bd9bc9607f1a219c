from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.turns.bursts import complete, ends, joined

OPENERS = ["在吗", "在嗎？", "你好", "您好！", "hello", "Hi", "请问", "請問一下", "有人吗", "老师", "有个问题", "急"]


@pytest.mark.parametrize("text", OPENERS)
def test_an_opener_waits_for_the_question(text: str) -> None:
    assert not complete(text)


@pytest.mark.parametrize("text", ["导入报错", "打不开", "我的任务不见了", "审批卡住", "登入唔到"])
def test_a_fragment_waits_for_the_rest(text: str) -> None:
    assert not complete(text)


@pytest.mark.parametrize(
    "text",
    [
        "怎么导出",
        "打不开怎么办",
        "點解",
        "为什么？",
        "能导出吗",
        "導得出嗎",
        "导入失败。",
        "几点上班",
        "导入材料清单的时候一直转圈没有反应",
        "ERROR_403",
        "报E1001",
        "DB_LOCK_TIMEOUT",
        "0x80070005",
    ],
)
def test_a_complete_question_is_never_held_back(text: str) -> None:
    assert complete(text)


@pytest.mark.parametrize(
    "text",
    [
        "转人工",
        "轉人工",
        "查工单",
        "催單",
        "取消人工",
        "跳过",
        "1",
        "12",
        "第二个",
        "是",
        "不是",
        "好的",
        "谢谢",
        "算了。",
    ],
)
def test_a_command_or_a_pick_is_complete(text: str) -> None:
    assert complete(text)


@given(st.sampled_from(["怎么导出", "ERROR_403", "转人工", "在吗", "打不开"]), st.text(alphabet=" \t\n　", max_size=4))
def test_blanks_around_a_message_change_nothing(text: str, blanks: str) -> None:
    assert complete(blanks + text + blanks) == complete(text)


def test_a_burst_becomes_one_question_without_its_openers() -> None:
    assert joined(["在吗", "导入报错", " ERROR_403 "]) == "导入报错，ERROR_403"


def test_bare_openers_are_kept_when_there_is_nothing_else() -> None:
    assert joined(["在吗", "你好"]) == "在吗，你好"


def test_empty_messages_say_nothing() -> None:
    assert joined(["", "  "]) == ""


@given(st.lists(st.text(max_size=20), max_size=5))
def test_no_word_of_a_telling_message_is_lost(texts: list[str]) -> None:
    question = joined(["导入报错", *texts])

    assert question.startswith("导入报错")
    assert all(text.strip() in question for text in texts if complete(text))


def test_a_code_in_full_width_is_complete_like_any_other() -> None:
    assert complete("ＥＲＲＯＲ＿４０３")


@pytest.mark.parametrize("text", ["怎么导出", "能导出吗", "點解唔得", "报错了？", "在哪里下载", "转人工", "取消", "2"])
def test_a_question_or_a_command_ends_a_turn(text: str) -> None:
    assert ends(text)


@pytest.mark.parametrize("text", [*OPENERS, "ERROR_403", "导入失败。", "导入材料清单的时候一直转圈没有反应", ""])
def test_an_opener_a_code_or_a_statement_goes_with_what_comes_after_it(text: str) -> None:
    assert not ends(text)
