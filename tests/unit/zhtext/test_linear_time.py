"""Nasty input costs time in proportion to its length, not to its square."""

from __future__ import annotations

import pytest

from tests.timing import best_of_three
from zhtext.contacts import AllowList, without_strangers
from zhtext.secrets import mask_secrets

LENGTH, TIMES = 10_000, 8
NASTY = [
    "a_", "a.", "a-", "1-", "*", "* ", "a.cn/", "@a.cn/", "a.cn ", "QQ 12345678 ", "| QQ | 12345678 ", "中省大路1号a楼", "password ",
    "-eyJaaaaaaaa-", "微信号", "139-1234-5678。", "| ", "**1**-",
]  # fmt: skip


def cost(text: str) -> float:
    return best_of_three(lambda: (mask_secrets(text), without_strangers(text, AllowList())))


@pytest.mark.parametrize("piece", NASTY)
def test_eight_times_the_text_costs_no_square_of_the_time(piece: str) -> None:
    short = piece * (LENGTH // TIMES // len(piece))

    once, more = cost(short + "x"), cost(short * TIMES + "x")

    assert more < once * TIMES * 4
