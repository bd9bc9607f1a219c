from __future__ import annotations

from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhtext.codes import CodeBook
from zhtext.codes_near import Neighbours, one_slip

KEYS = st.text(alphabet="AB01", min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("one", "other"),
    [("GC5012", "GC5013"), ("GC5012", "GC512"), ("GC5012", "GC50123"), ("GC5012", "GC5021"), ("A", "B")],
)
def test_a_slip_is_one_character_or_two_neighbours_swapped(one: str, other: str) -> None:
    assert one_slip(one, other)
    assert one_slip(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [("GC5012", "GC5012"), ("GC5012", "GC5033"), ("GC5012", "GC1052"), ("AB", "ABCD")]
)
def test_none_and_two_are_no_slip(one: str, other: str) -> None:
    assert not one_slip(one, other)


@given(st.lists(KEYS, max_size=20), KEYS)
def test_the_look_up_finds_what_comparing_with_every_key_finds(keys: list[str], key: str) -> None:
    assert list(Neighbours(keys).of(key)) == sorted({other for other in keys if one_slip(key, other)})


def test_a_hundred_times_the_codes_cost_no_hundred_times_the_time() -> None:
    few, many = (CodeBook([f"ERR-{number}" for number in range(10_000, 10_000 + count)]) for count in (500, 50_000))

    assert cost(many) < cost(few) * 20


def cost(book: CodeBook) -> float:
    """Seconds of the best of five rounds, the first of which builds what is built once."""
    took = []
    for _ in range(5):
        began = thread_time()
        for _ in range(50):
            book.near("ERR100O5".replace("O", "0"))
        took.append(thread_time() - began)
    return min(took)


def test_the_neighbours_of_an_unknown_code_are_one_slip_away_or_have_its_number() -> None:
    book = CodeBook(["ERR-1042", "ERR-1402", "E2001", "GC-5012"])

    assert book.near("ERR1043") == ("ERR-1042",)
    assert book.near("ERR5012") == ("GC-5012",)
    assert book.near("XYZ999") == ()


BOOK = CodeBook(["E139", "GC-5012", "E1001", "ERROR_404", "IMPORT_ROW_LIMIT"])


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("同事部机都系K139", ("E139",)),
        ("端口 5012 被占用", ("GC-5012",)),
        ("一共5012条", ("GC-5012",)),
        ("图号E1001打不开", ("E1001",)),
        ("合同编号HT2026404", ("ERROR_404",)),
        ("data_5012 在哪", ("GC-5012",)),
    ],
)
def test_what_only_looks_like_a_code_says_which(text: str, codes: tuple[str, ...]) -> None:
    assert BOOK.resembled(text, BOOK.find(text)) == codes


@pytest.mark.parametrize(
    "text", ["报E1001", "E1001 登不上", "5012 是什么毛病", "POST过去就404", "材料怎么导入", "13812345678"]
)
def test_a_code_that_is_named_or_may_be_meant_is_not_only_like_one(text: str) -> None:
    assert BOOK.resembled(text, BOOK.find(text)) == ()
