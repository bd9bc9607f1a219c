from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhtext.masking import CODE, PHONE, TICKET, VERSION, masked


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("催一下 GD-20261122-0042-7", f"催一下 {TICKET}"),
        ("打我电话13812345678", f"打我电话{PHONE}"),
        ("V6.2.1 怎么升级", f"V{VERSION} 怎么升级"),
        ("报 E9999 怎么办", f"报 {CODE} 怎么办"),
        ("ERROR_403和ERR-1042", f"{CODE}和{CODE}"),
        ("3.2 版导入报 ERR-1042,回电0571-88001234", f"{VERSION} 版导入报 {CODE},回电{PHONE}"),
    ],
)
def test_numbers_and_codes_become_words(text: str, plain: str) -> None:
    assert masked(text) == plain


@pytest.mark.parametrize("text", ["怎么导出报表", "Win10 打不开", "C30混凝土怎么录", "第2步", ""])
def test_everything_else_stays(text: str) -> None:
    assert masked(text) == text


def test_which_number_it_is_makes_no_difference() -> None:
    assert masked("GD-20261122-0042-7到哪了") == masked("GD-20260101-0001-3到哪了")


@given(st.text(alphabet="GD-20261122-0042-7 13812345678 v6.2.1 E9999 催一下版本", max_size=50))
def test_masking_again_changes_nothing(text: str) -> None:
    assert masked(masked(text)) == masked(text)
