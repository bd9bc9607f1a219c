from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.timing import best_of_three
from zhtext.normalize import normalize
from zhtext.slots import CIRCUMSTANCES, SLOTS, find_slots, slot_values

WORDS = [
    "昨天下午三点多",
    "升级之后",
    "从早上八点",
    "每次",
    "隔几分钟",
    "十次有八次",
    "只有我",
    "全公司",
    "别人都正常",
    "导出",
    "审批",
    "登录",
    "报表",
    "打不开",
    "没反应",
    "怎么",
    "你好",
    "谢谢",
    "Win10",
    "麒麟V10",
    "6.2版",
    "六点二",
    "13800138000",
    "一三八零零",
    "GD-20261122-0042-7",
    ",",
    "。",
    "!",
    "？",
    "、",
    "報表",
    "匯出",
    "冇",
    "\u200b",
    "Ａ",
    "１",
    ".",
    "怎么办",
    "了",
    "都",
    "的",
    "月底",
    "那天",
    "11月20号",
    "如果",
    "把",
]
sentences = st.lists(st.sampled_from(WORDS), max_size=25).map("".join)


@given(st.one_of(st.text(max_size=200), sentences))
def test_any_text_has_slots_whose_places_lie_in_it(text: str) -> None:
    plain = normalize(text)

    for slot in find_slots(plain, SLOTS):
        assert 0 <= slot.start < slot.end <= len(plain)
        assert slot.value
        if slot.name in ("when", "frequency", "phenomenon"):
            assert plain[slot.start : slot.end] == slot.value


@given(st.one_of(st.text(max_size=200), sentences))
def test_normalising_twice_changes_no_slot(text: str) -> None:
    assert slot_values(normalize(text)) == slot_values(text)


@given(sentences)
def test_text_that_was_not_normalised_does_no_harm(text: str) -> None:
    assert all(slot.name in SLOTS for slot in find_slots(text, SLOTS))


@given(sentences)
def test_what_is_told_by_the_whole_message_is_told_once(text: str) -> None:
    names = [slot.name for slot in find_slots(normalize(text), SLOTS) if slot.name in CIRCUMSTANCES[:5]]

    assert len(names) == len(set(names))


@given(sentences)
def test_a_system_is_its_own_canonical_form(text: str) -> None:
    system = slot_values(text, ("os",)).get("os", "Windows")

    assert slot_values(system)["os"] == system


@pytest.mark.parametrize(
    "unit",
    ["1", "一三八零", "昨天", "今天上午升级", "我们大家所有人", "1.2", "打不开,", "六点二", "更新系统", "啊 ", " ", "登把导开给加", "电话", "那", "怎么", "没有", "+1-", "急"],
)  # fmt: skip
def test_long_junk_takes_time_in_proportion_to_its_length(unit: str) -> None:
    junk = (unit * 2_000)[:2_000]
    find_slots(junk[:50], SLOTS)

    # About 15 ms; a pattern that backtracks over the whole text would take seconds.
    assert best_of_three(lambda: find_slots(junk, SLOTS)) < 0.3
