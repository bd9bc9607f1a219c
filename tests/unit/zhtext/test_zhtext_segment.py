from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhtext.normalize import normalize
from zhtext.segment import spans, words


@pytest.mark.parametrize(
    "term",
    [
        "甘特图",
        "审批流程",
        "前置任务",
        "施工日志",
        "转人工",
        "查工单",
        "取消人工",
        "加密锁",
        "变更签证",
        "登不上",
        "人工费",
    ],
)
def test_terms_of_the_trade_are_one_word(term: str) -> None:
    assert term in words(f"请问{term}怎么处理")


def test_labour_cost_is_not_a_wish_for_a_human() -> None:
    assert words("人工费怎么录入")[0] == "人工费"


def test_white_space_is_no_word() -> None:
    assert words("导入 报错  了") == ["导入", "报错", "了"]


@given(st.text(max_size=60).map(normalize))
def test_spans_are_where_the_words_stand(text: str) -> None:
    found = spans(text)

    assert [word for word, _, _ in found] == words(text)
    assert all(text[start:end] == word for word, start, end in found)
    assert "".join(word for word, _, _ in found) == "".join(text.split())
