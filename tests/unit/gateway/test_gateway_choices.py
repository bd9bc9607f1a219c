from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.conversations import Choice
from gateway.choices import pick

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
        "怎么导出",
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


@given(st.text(max_size=10))
def test_nothing_is_picked_when_nothing_was_offered(text: str) -> None:
    assert pick(text, ()) is None
