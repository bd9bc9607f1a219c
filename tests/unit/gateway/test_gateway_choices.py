from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.conversations import Choice
from gateway.turns.choices import pick

OFFERED = (Choice("entry:a", "怎么导出报表"), Choice("entry:b", "怎么打印报表"), Choice("say:转人工", "转人工"))
FIRST, SECOND, THIRD = OFFERED


@pytest.mark.parametrize(
    "text",
    [
        "2",
        "２",
        "2.",
        "②",
        "2️⃣",
        " 2 ",
        "第二个",
        "第2个",
        "选2",
        "选第二个",
        "我选第二项",
        "二",
        "第二個",
        "選第2項",
        "2号",
        "第二个吧",
        "2)",
        "就第二条",
    ],
)
def test_a_number_picks_in_any_way_of_saying_it(text: str) -> None:
    assert pick(text, OFFERED) == SECOND


@pytest.mark.parametrize("text", ["怎么导出报表", " 怎么导出报表 ", "怎麼導出報表", "怎么导出\u200b报表"])
def test_the_label_picks_in_either_script(text: str) -> None:
    assert pick(text, OFFERED) == FIRST


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "4",
        "9",
        "22",
        "第九个",
        "2个人都打不开",
        "第二个项目打不开",
        "1.2版本",
        "二维码",
        "报表",
        "怎么",
        "导",
        "怎么导入报表",
        "好的",
        "可以",
        "",
        "13800138000",
    ],
)
def test_everything_else_is_no_pick(text: str) -> None:
    assert pick(text, OFFERED) is None


def test_a_click_counts_by_its_id_whatever_its_text() -> None:
    assert pick("随便", OFFERED, Choice("say:转人工", "轉人工")) == THIRD


def test_a_click_on_something_never_offered_is_ignored() -> None:
    assert pick("怎么导出报表", OFFERED, Choice("entry:secret", "怎么导出报表")) is None


@pytest.mark.parametrize(
    "text", ["怎么导出", "导出", "导出的那个", "我选导出", "导出那项", "匯出的那個", "我问的是怎么导出"]
)
def test_words_that_stand_in_one_label_only_pick_it(text: str) -> None:
    assert pick(text, OFFERED) == FIRST


@pytest.mark.parametrize("text", ["报表", "报表那个", "怎么", "的那个", "那个", "报表怎么打印", "人"])
def test_words_that_stand_in_several_labels_or_none_or_say_too_little_pick_nothing(text: str) -> None:
    assert pick(text, OFFERED) is None


@pytest.mark.parametrize("text", ["最后一个", "最后那个", "最下面的", "我选最后一个", "最後一個", "就最后一项吧"])
def test_the_last_one_is_the_last_entry_and_not_the_human_below_it(text: str) -> None:
    assert pick(text, OFFERED) == SECOND
    assert pick(text, (THIRD,)) == THIRD
    assert pick(text, ()) is None


@pytest.mark.parametrize(
    "text", ["好", "好的", "行", "可以", "要", "嗯嗯", "对", "OK", "ok!", "麻烦了", "那就转吧", "好的呀", "是的。"]
)
def test_a_yes_takes_the_only_thing_on_offer(text: str) -> None:
    assert pick(text, (THIRD,)) == THIRD
    assert pick(text, OFFERED) is None


@pytest.mark.parametrize(
    "text", ["不好", "不要", "不行", "好烦", "不用了", "可以导出吗", "对不起", "要投诉", "好的，那怎么导出"]
)
def test_what_only_begins_like_a_yes_is_none(text: str) -> None:
    assert pick(text, (THIRD,)) is None


@given(st.text(max_size=20))
def test_any_text_picks_something_offered_or_nothing(text: str) -> None:
    assert pick(text, OFFERED) in (*OFFERED, None)


@given(st.text(max_size=10))
def test_nothing_is_picked_when_nothing_was_offered(text: str) -> None:
    assert pick(text, ()) is None


VERSIONS = (Choice("entry:how-x@5.2-5.4", "5.2–5.4"), Choice("entry:how-x@>=6.0", "6.0 及以上"), THIRD)


@pytest.mark.parametrize(
    ("text", "picked"),
    [
        ("6.1", 1),
        ("5.3", 0),
        ("我们用的是 v6.2 的", 1),
        ("5.4版", 0),
        ("公司装的软件版本是6.0.3", 1),
        ("2", 1),
        ("4.0", None),
    ],
)
def test_a_version_picks_the_answer_that_is_for_it(text, picked):
    assert pick(text, VERSIONS) == (None if picked is None else VERSIONS[picked])


ONE = (Choice("entry:a", "怎么导出报表"), Choice("say:转人工", "都不是"))


@pytest.mark.parametrize("text", ["是", "是的", "对的", "就是这个", "嗯", "係", "好的", "OK", "没错。"])
def test_a_yes_takes_the_one_entry_above_the_way_out(text: str) -> None:
    assert pick(text, ONE) == ONE[0]
    assert pick(text, OFFERED) is None


@pytest.mark.parametrize("text", ["转吧", "麻烦了", "那就转吧", "不是", "是不是手机也可以", "要投诉"])
def test_what_does_not_say_that_it_is_right_does_not_take_it(text: str) -> None:
    assert pick(text, ONE) != ONE[0]
