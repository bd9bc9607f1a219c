from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.timing import best_of_three
from zhtext.normalize import normalize
from zhtext.questions import MAX_QUESTIONS, split_questions


def split(text: str) -> tuple[str, ...]:
    return split_questions(normalize(text))


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("导入报 ERROR_403 怎么处理？另外密码在哪改？", ("导入报 ERROR_403 怎么处理?", "密码在哪改?")),
        ("怎么导出报表，顺便问一下密码怎么改", ("怎么导出报表", "密码怎么改")),
        ("怎么導出報表？另外密碼在哪裡改？", ("怎么导出报表?", "密码在哪里改?")),
        ("第一个问题怎么导出，第二个问题密码在哪改", ("怎么导出", "密码在哪改")),
        ("1. 怎么导出报表 2. 密码在哪改", ("怎么导出报表", "密码在哪改")),
        ("1、怎么导出报表；2、密码在哪改；3、怎么转人工", ("怎么导出报表;", "密码在哪改;", "怎么转人工")),
        ("甘特图怎么画？还有资源怎么平衡？", ("甘特图怎么画?", "资源怎么平衡?")),
    ],
)
def test_questions_that_stand_apart_are_split_in_order(text: str, questions: tuple[str, ...]) -> None:
    assert split(text) == questions


def test_trouble_and_another_trouble_are_two_matters() -> None:
    assert split("登录不上了，另外导出也很慢") == ("登录不上了", "导出也很慢")


@pytest.mark.parametrize(
    "text",
    [
        "怎么导出报表",
        "导入失败。怎么办？",
        "报错 E1001！怎么处理？",
        "怎么导出？为什么？",
        "导出在哪里？谢谢",
        "怎么导出报表。急",
        "6.2版怎么导出",
        "1.2版本怎么升级到2.0版本",
        "怎么导出以及打印",
        "对了密码怎么改",
        "我们是总包，用的6.2版。怎么导出报表？",
        "导出报表卡住了。手机端也打不开。怎么办",
        "在吗",
        "你好！在吗？",
        "",
    ],
)
def test_one_matter_stays_whole_word_for_word(text: str) -> None:
    assert split(text) == (normalize(text),)


def test_what_leads_up_to_a_question_goes_with_it() -> None:
    first, second = split("怎么导出报表？我们是总包，用的6.2版。另外密码在哪改？")

    assert first == "怎么导出报表?"
    assert second.endswith("密码在哪改?")
    assert "6.2版" in second


def test_a_trailing_remark_goes_with_the_last_question() -> None:
    assert split("怎么导出报表？另外密码在哪改？我明天要用")[-1] == "密码在哪改?，我明天要用"


@pytest.mark.parametrize("opener", ["在吗？", "你好！", "请问在吗？", "有人吗?", "您好，在吗？"])
def test_a_greeting_is_no_question(opener: str) -> None:
    assert split(f"{opener}怎么导出报表？") == (normalize(f"{opener}怎么导出报表？"),)
    assert split(f"{opener}怎么导出报表？另外密码在哪改？") == ("怎么导出报表?", "密码在哪改?")


def test_at_most_three_are_answered_at_once() -> None:
    assert len(split("怎么导入报表？怎么导出合同？怎么打印日志？怎么删除任务？怎么恢复备份？")) == MAX_QUESTIONS


@given(st.text(max_size=60))
def test_any_text_is_one_to_three_questions_and_none_is_empty(text: str) -> None:
    questions = split_questions(text)

    assert 1 <= len(questions) <= MAX_QUESTIONS
    assert questions == (text,) or all(questions)


@given(
    st.lists(
        st.sampled_from(
            ["怎么导出", "另外", "密码在哪改", ",", "?", "。", "还有", "1.", "2、", "报错", "吗", "在吗", "谢谢"]
        ),
        max_size=12,
    )
)
def test_no_question_says_what_the_message_does_not(words: list[str]) -> None:
    text = "".join(words)

    joined = "".join(split_questions(text)).replace("，", "")

    assert all(char in text for char in joined)


@pytest.mark.parametrize(
    "unit", ["怎么？", "另外", ",", "，", " ", "还有", "a", "2.", "？", "怎么办", "是不是", "在吗,", "你好", "谢谢"]
)
def test_long_texts_take_no_time(unit: str) -> None:
    text = (unit * 2_000)[:2_000] + "x"

    assert best_of_three(lambda: split_questions(text)) < 0.05
