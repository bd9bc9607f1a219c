from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.splitting import cut, size, split

CHINESE = st.text(alphabet="导入报错，。！？\n ab…”👷🏽‍♀️é", max_size=3000)


@given(CHINESE, st.integers(4, 2000))
def test_parts_join_to_the_text_and_keep_the_limit(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert "".join(parts) == text
    assert all(0 < len(part.encode()) <= limit for part in parts)


@given(st.text(alphabet=st.characters()), st.integers(4, 60))
def test_so_do_parts_of_any_text(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert "".join(parts) == text
    assert all(0 < size(part) <= limit for part in parts)


@given(st.text())
def test_the_size_is_that_of_utf8(text: str) -> None:
    assert size(text) == len(text.encode())


def test_a_text_that_fits_is_one_part() -> None:
    assert split("导" * 666) == ("导" * 666,)


def test_the_cut_is_at_the_last_sentence_end() -> None:
    first = "先备份数据库。" * 60
    assert cut(first + "再" * 400, 2000) == (first, "再" * 400)


def test_the_end_of_a_line_goes_before_that_of_a_sentence_a_little_later() -> None:
    rows = "角色：造价员；查看：是\n" * 3
    assert cut(rows + "角色：资料员；查看：否", 120) == (rows, "角色：资料员；查看：否")


def test_a_line_that_ends_too_early_is_no_reason_to_send_half_a_text() -> None:
    assert cut("标题\n" + "先备份。" * 20, 100)[0] == "标题\n" + "先备份。" * 7


def test_a_closing_quotation_mark_stays_with_its_sentence() -> None:
    assert cut("提示“导入失败！”" + "然后" * 20, 40)[0] == "提示“导入失败！”"


def test_the_number_of_a_step_is_no_sentence_end() -> None:
    assert cut("打开【工具】页面\n1. " + "点" * 40, 60)[0] == "打开【工具】页面\n"


def test_without_a_sentence_end_a_comma_will_do() -> None:
    assert cut("一" * 8 + "，" + "二" * 8, 30)[0] == "一" * 8 + "，"


def test_an_emoji_of_several_characters_is_not_cut_in_two() -> None:
    worker = "👷🏽‍♀️"
    head, tail = cut("字" * 5 + worker + "字", 15 + 8)
    assert (head, tail) == ("字" * 5, worker + "字")


def test_a_limit_that_cannot_hold_every_character_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 4"):
        cut("字", 3)


def test_two_megabytes_are_split_in_a_moment() -> None:
    assert len(split("的" * 700_000)) == 1052
