"""The characters that ordinary Chinese is made of; beside them stand rare ones, and wreckage."""

from __future__ import annotations

import re
from functools import cache
from re import Pattern

from opencc import OpenCC

SIGNS = "，。、；：？！“”‘’（）《》〈〉【】「」『』〔〕—…·～％＋－＝／０-９Ａ-Ｚａ-ｚ\u3000"
# Level 2 by the standard, everyday all the same: in this trade, in names of products and places, in Cantonese.
_ALSO = (
    "浏麒麟砼锚瑕疵磅裱钣砌榫卯嵌箍筏锢垫咗嘅喺冇哋佢嚟嗰啲咁噉乜咩嘢睇唔嘞喇噏搵攞諗嗱喎啩揾嘈喐啱㗎㩒撳㗎掟孭慳畀係帧瞭焊椽檩桁橱柜嘿嗨喔哦嗯呗啰嗦啦呢嘛哈吗嘀嘟钛铬钼锰镍锌锡"
    "邯郸亳兖郯嵊泗泸歙黟婺赟堃喆昇龑饕餮魑魅魍魉犄旮旯羟羧烷烃酯酰胺苯酚醛酮醚噻吩嗪颢飚飙鲲宕穹帷綵樘"
)


@cache
def common() -> frozenset[str]:
    """GB/T 2312 level 1 (3,755 characters, rows 16 to 55), all their Traditional forms, and a few more."""
    cells = (bytes((row + 0xA0, cell + 0xA0)) for row in range(16, 56) for cell in range(1, 95))
    simplified = frozenset("".join(cell.decode("gb2312", "ignore") for cell in cells))
    all_ = [chr(point) for point in range(0x4E00, 0x9FA6)]
    forms = OpenCC("t2s").convert("\n".join(all_)).split("\n")
    traditional = frozenset(char for char, form in zip(all_, forms, strict=True) if form in simplified)
    return simplified | traditional | frozenset(_ALSO)


@cache
def uncommon() -> Pattern[str]:
    """Finds what is neither ASCII to be read nor ordinary Chinese. 烫 and 屯 are left out: three of them tell of memory
    that nobody has written to."""
    ordinary = "".join(sorted(common() - frozenset("烫屯")))
    return re.compile(f"[^\t\n\r\x20-\x7e{SIGNS}{ordinary}]")


@cache
def _sign() -> Pattern[str]:
    return re.compile(f"[{SIGNS}]")


def ordinary(char: str) -> bool:
    """Whether a character stands in ordinary Chinese."""
    return char in common() or _sign().match(char) is not None
