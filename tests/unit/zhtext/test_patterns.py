import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhtext.patterns import groups, variety


def test_near_duplicates_and_slot_swaps_are_one_pattern():
    texts = [
        "权限管理怎么打开？",
        "报表中心怎么打开",
        "6.2版导出报错E1001",
        "3.1 版导出报错 ERR-1042",
        "系统崩溃了怎么办",
    ]

    assert variety(texts, ("权限管理", "报表中心")) == 3
    assert variety(texts) == 4


@pytest.mark.parametrize("texts", [[], ["", "？？"]])
def test_nothing_said_is_no_variety(texts):
    assert variety(texts) <= 1


@given(st.lists(st.text(max_size=20), max_size=10))
def test_variety_depends_on_neither_order_nor_repetition(texts):
    assert variety(texts) == variety([*reversed(texts), *texts])


@given(st.lists(st.text("abcdef", min_size=1, max_size=12), min_size=1, max_size=12))
def test_equal_keys_are_in_one_group(keys):
    assert len(set(groups(keys))) <= len(set(keys))
