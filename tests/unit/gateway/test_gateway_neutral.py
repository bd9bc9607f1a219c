from __future__ import annotations

import unicodedata
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.turns.neutral import neutral
from zhtext.normalize import normalize

SLASHES = ["/", "／", "//", "⁄", "∕"]
INVISIBLE = [
    "",
    " ",
    "\u200b",
    "\ufeff",
    "\u202e",
    "\u2060",
    "\u00ad",
    "\t\n",
    "　",
    "\u0301",
    "\ufe0f",
    "\u2800",
    "\u3164",
    "\x1c",
    "\0",
]
VARIANTS = [
    f"{before}{slash}{between}{command}"
    for (before, between), slash, command in zip(
        product(INVISIBLE, repeat=2), SLASHES * 45, ["ask_human", 'inform{"phone":"1"}', "restart"] * 75, strict=True
    )
]


def commands(text: str) -> bool:
    """Whether Rasa, or anything behind the normaliser, would read a command: as Rasa itself looks, `strip` first."""
    return text.strip().startswith("/") or normalize(text).startswith("/")


def test_the_list_of_disguises_is_long_enough_and_real() -> None:
    assert len(set(VARIANTS)) >= 200
    assert sum(commands(text) for text in VARIANTS) >= 60


@pytest.mark.parametrize("text", VARIANTS, ids=ascii)
def test_no_disguise_of_a_command_survives(text: str) -> None:
    left = neutral(text)

    assert not commands(left)
    assert left[:1] in set("air")


ANY = st.text(alphabet=st.characters(exclude_categories=()), max_size=30)
NASTY = st.text(alphabet="/／⁄∕⧸╱ \u200b\u0301\u0338\ufe0f\u2800\u115f\u3164\x1c\n\0\ud800ask℀½", max_size=12)


@given(st.one_of(ANY, NASTY))
@example("/")
@example("\u2800/restart")
@example("\u3164／restart")
@example("\ud800/restart")
def test_no_text_at_all_is_a_command_afterwards(text: str) -> None:
    assert not commands(neutral(text))


@given(st.one_of(ANY, NASTY))
def test_only_the_beginning_is_touched(text: str) -> None:
    assert neutral(text) in text


@pytest.mark.parametrize("text", ["导入/导出怎么做", "我/他", "1/2", "\\导入", "（/）", "ERROR_403"])
def test_other_slashes_stay(text: str) -> None:
    assert neutral(text) == text


def test_a_path_stays_readable() -> None:
    assert neutral("/opt/gongda 没有权限") == "opt/gongda 没有权限"


@pytest.mark.parametrize("text", ["", "/", " ／ ", "\u200b", "//\u2060/"])
def test_nothing_is_left_of_nothing(text: str) -> None:
    assert neutral(text) == ""


def test_every_character_that_folds_to_a_slash_is_known() -> None:
    folding = [chr(point) for point in range(0x110000) if unicodedata.normalize("NFKC", chr(point)).lstrip()[:1] == "/"]

    assert all(neutral(char + "restart") == "restart" for char in folding)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("怎么导出报表。", "怎么导出报表"),
        ("怎麼匯出報表 ． ", "怎麼匯出報表"),
        ("ERROR_403.", "ERROR_403"),
        ("无语。。。", "无语。。。"),
        ("算了...", "算了..."),
        ("导出？", "导出？"),
        ("。", "。"),
        ("升级到 6.2", "升级到 6.2"),
    ],
)
def test_one_full_stop_at_the_end_goes(said: str, left: str) -> None:
    assert neutral(said) == left
