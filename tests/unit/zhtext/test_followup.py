from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.timing import best_of_three
from zhtext.followup import MAX_CHARS, completed, topic
from zhtext.normalize import normalize

EXPORT = "网页端怎么导出报表"


def follow(text: str, last: str = EXPORT) -> str | None:
    return completed(normalize(text), normalize(last))


@pytest.mark.parametrize(
    ("text", "last", "whole"),
    [
        ("那手机端呢?", EXPORT, "手机端怎么导出报表"),
        ("手机端呢", EXPORT, "手机端怎么导出报表"),
        ("在手机上呢？", EXPORT, "手机怎么导出报表"),
        ("换成平板的话呢", EXPORT, "平板怎么导出报表"),
        ("那手機端呢？", EXPORT, "手机端怎么导出报表"),
        ("那导入呢", EXPORT, "网页端怎么导入报表"),
        ("那合同呢", EXPORT, "网页端怎么导出合同"),
        ("那周报呢", "日报在哪里填", "周报在哪里填"),
        ("那麒麟系统呢", "统信能装客户端吗", "麒麟系统统信能装客户端吗"),
        ("那监理怎么办", "项目经理怎么审批整改单", "监理怎么审批整改单"),
        ("企业版也一样吗", "标准版能建几个项目", "企业版能建几个项目"),
        ("那6.2版呢", "6.1版支持批量导入吗", "6.2版支持批量导入吗"),
        ("用chrome可以吗", "火狐浏览器打不开图纸", "chrome浏览器打不开图纸"),
    ],
)
def test_what_is_named_takes_the_place_of_its_like(text: str, last: str, whole: str) -> None:
    assert follow(text, last) == whole


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("企业版也一样吗", f"企业版{EXPORT}"),
        ("那人工费呢", f"人工费{EXPORT}"),
        ("离线呢", f"离线{EXPORT}"),
        ("那历史数据怎么办", f"历史数据{EXPORT}"),
        ("還有監理呢", f"监理{EXPORT}"),
    ],
)
def test_what_has_no_like_in_the_question_is_put_before_it(text: str, whole: str) -> None:
    assert follow(text) == whole


@pytest.mark.parametrize("text", ["用手机", "那手机端", "换成平板", "手机上可以吗"])
def test_without_a_word_for_it_only_known_things_follow_up(text: str) -> None:
    assert topic(normalize(text)) is not None


@pytest.mark.parametrize(
    "text",
    [
        "在吗",
        "你好",
        "谢谢",
        "好的呢",
        "那就好",
        "那算了",
        "那好吧",
        "那谢谢",
        "在的",
        "在线等",
        "呢",
        "那呢",
        "那我呢",
        "那这个呢",
        "那怎么办",
        "导出",
        "报表",
        "管理员",
        "用户管理",
        "还有别的吗",
    ],
)
def test_words_of_conversation_are_no_follow_up(text: str) -> None:
    assert follow(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "转人工可以吗",
        "那转人工吧",
        "人工呢",
        "客服呢",
        "那帮我转人工",
        "找个人行吗",
        "轉人工可以嗎",
        "那我要投诉",
        "那给我回个电话",
        "快点行吗",
        "加急可以吗",
    ],
)
def test_a_wish_is_never_turned_into_a_question(text: str) -> None:
    assert follow(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "那怎么导出呢",
        "为什么呢",
        "哪里呢",
        "密码忘了怎么办",
        "断网了怎么办",
        "登录不上怎么办",
        "报E1007怎么办",
        "能不能导入呢",
    ],
)
def test_what_asks_or_tells_by_itself_is_left_alone(text: str) -> None:
    assert follow(text) is None


def test_what_was_asked_already_is_no_follow_up() -> None:
    assert follow("那报表呢") is None
    assert follow("网页端呢") is None


def test_without_a_question_before_nothing_is_completed() -> None:
    assert completed("那手机端呢?", "") is None


def test_a_long_message_says_itself_what_it_asks() -> None:
    assert topic("那" + "很" * MAX_CHARS + "长的手机端呢") is None


@given(st.text(max_size=30), st.text(max_size=30))
@example("那手机端呢", "手机")
@example("那ie呢", "İe")
def test_any_two_texts_are_complete_or_no_follow_up(text: str, last: str) -> None:
    whole = completed(text, last)

    assert whole is None or topic(text) in (None, whole) or str(topic(text)) in whole


@given(
    st.sampled_from(["那手机端呢", "那导入呢", "那合同呢", "那周报呢", "企业版也一样吗"]),
    st.text(min_size=1, max_size=40),
)
def test_a_completed_question_is_complete(text: str, last: str) -> None:
    whole = completed(text, last)

    assert whole is None or completed(text, whole) is None


@pytest.mark.parametrize("unit", ["那", "呢", "手机端", "那手机端呢", ",", " ", "可以吗", "的"])
def test_long_texts_take_no_time(unit: str) -> None:
    text = (unit * 2_000)[:2_000]

    assert best_of_three(lambda: completed(text, EXPORT)) < 0.05
    assert best_of_three(lambda: completed("那手机端呢", text)) < 0.05
