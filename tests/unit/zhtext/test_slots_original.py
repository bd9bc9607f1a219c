from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhtext.slots import slot_values, verbatim

OWN_WORDS = ("when", "frequency", "phenomenon")


@pytest.mark.parametrize(
    ("original", "said"),
    [
        ("專案打不開，昨天下午三點多開始", {"when": "昨天下午三點多", "phenomenon": "專案打不開"}),
        ("Ｗｉｎ１０導入失敗，每次都這樣", {"frequency": "每次", "phenomenon": "Ｗｉｎ１０導入失敗"}),
        ("我點匯出報表冇反應，今早開始", {"when": "今早", "phenomenon": "我點匯出報表冇反應"}),
        ("成日死機，唔得", {"frequency": "成日", "phenomenon": "成日死機"}),
        ("導\u200b出失敗", {"phenomenon": "導\u200b出失敗"}),
        ("导出失败", {"phenomenon": "导出失败"}),
    ],
)
def test_the_writers_own_words_come_back(original: str, said: dict[str, str]) -> None:
    found = slot_values(original, OWN_WORDS)

    assert {name: verbatim(original, value) for name, value in found.items()} == said


def test_a_value_that_the_text_does_not_say_stays_as_it_is() -> None:
    assert verbatim("導出失敗", "导入成功") == "导入成功"
    assert verbatim("", "刚才") == "刚才"
    assert verbatim("導出失敗", "") == ""


@given(st.text(max_size=80), st.text(max_size=20))
def test_what_comes_back_is_the_value_or_a_stretch_of_the_text(original: str, value: str) -> None:
    said = verbatim(original, value)

    assert said == value or said in original
