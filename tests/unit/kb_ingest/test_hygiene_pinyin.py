"""Readings behind characters are debris; words and signs in brackets are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_ingest.hygiene.pinyin import without_readings

PIECES = [
    "現(xiàn)",
    "数(shu)",
    "据(ju)据",
    "（jù）",
    "(data)",
    "`",
    "```",
    "重庆(chóngqìng)",
    "(",
    ")",
    "長",
    "(zhǎng,cháng)",
    "x",
    "ü",
    "\n",
]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("現(xiàn)代數(shù)據(jù)", "現代數據"),
        ("现(xiàn)场数(shù)据(jù)", "现场数据"),
        ("数(shu)据(ju)", "数据"),
        ("數 （ shù ）據（jù）", "數據"),
        ("绿(lǜ)、绿(lv)、绿(lu)色", "绿、绿、绿色"),
        ("女(nü)工", "女工"),
        ("现(xian4)场", "现场"),
        ("現(xia\u0300n)代", "現代"),  # the tone mark as a character of its own
        ("現(xiɑ̀n)代", "現代"),
        ("長(zhǎng,cháng)度", "長度"),
        ("现(xiàn)(xiàn)场", "现场"),
        ("项目(xiàng mù)管理", "项目管理"),
        ("重庆(chóngqìng)市", "重庆市"),
        ("数据(shuju)", "数据"),
        ("錯(cù)誤", "錯誤"),  # a syllable with a tone mark is no word, even if it is the wrong one
    ],
)
def test_a_reading_behind_its_character_goes(text: str, clean: str) -> None:
    assert without_readings(text)[0] == clean


@pytest.mark.parametrize(
    "text",
    [
        "数据(data)", "进度(plan)", "接口(API)", "版本(beta)", "深度(shen)", "毫安(mA)", "导入（import）", "登录(login)",
        "轴(e)", "定额(e)", "函数(f)", "宽(b)×高(h)", "确认(ok)", "咖啡(café)", "角度(a)", "xiàn(xiàn)", "路由(lu)",
        "【数据导入】(见 5.1)", "第 3 步(可选)", "梁(KL-1)", "`数(shù)据(jù)`", "```\n数(shù)据(jù)\n```", "(xiàn)", "现场",
    ],
)  # fmt: skip
def test_everything_else_in_brackets_stays(text: str) -> None:
    assert without_readings(text) == (text, {})


def test_each_piece_of_debris_is_counted_in_one_spelling() -> None:
    _, found = without_readings("數（shù）據(jù)，數 ( shù )據")

    assert found == {"數(shù)": 2, "據(jù)": 1}


def test_a_search_for_the_word_finds_it_afterwards() -> None:
    page = "在現(xiàn)場(chǎng)導(dǎo)入數(shù)據(jù)。" * 50

    clean, found = without_readings(page)

    assert "現場" not in page
    assert (clean.count("現場"), clean.count("數據"), found["現(xiàn)"]) == (50, 50, 50)


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=10).map("".join))
def test_cleaning_again_finds_nothing(text: str) -> None:
    clean, _ = without_readings(text)

    assert without_readings(clean) == (clean, {})
