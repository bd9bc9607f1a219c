"""The declared matrix: how people write a code that stands differently in the manual."""

from __future__ import annotations

import re
from collections.abc import Callable

Disguise = Callable[[str], str]

_FULL_WIDTH = str.maketrans({chr(point): chr(point + 0xFEE0) for point in range(0x21, 0x7F)})
_READ = str.maketrans("0123456789", "零一二三四五六七八九")
_RADIO = str.maketrans("零〇一", "洞洞幺")


def _between(by: str) -> Disguise:
    return lambda code: re.sub("[_-]", by, code)


def _before_digits(by: str) -> Disguise:
    """Where letters meet digits; a HRESULT is never parted there."""
    return lambda code: code if code.startswith("0x") else re.sub(r"(?<=[A-Za-z])(?=\d)", by, code, count=1)


def _then(*steps: Disguise) -> Disguise:
    def all_of_them(code: str) -> str:
        for step in steps:
            code = step(code)
        return code

    return all_of_them


def _full_width(code: str) -> str:
    return code.translate(_FULL_WIDTH)


def _read_out(code: str) -> str:
    """四零三: digits read out one by one."""
    return code.translate(_READ)


def _read_with_circle(code: str) -> str:
    return _read_out(code).replace("零", "〇")


def _read_by_radio(code: str) -> str:
    """洞 and 幺, as on building-site radios."""
    return _read_out(code).translate(_RADIO)


DISGUISES: dict[str, Disguise] = {
    "原样": str,
    "小写": str.lower,
    "首字母大写": str.title,
    "全角": _full_width,
    "全角小写": _then(str.lower, _full_width),
    "0 写成 O": lambda code: code.replace("0", "O"),
    "0 写成 o": lambda code: code.replace("0", "o"),
    "O 写成 0": lambda code: code.replace("O", "0"),
    "1 写成 l": lambda code: code.replace("1", "l"),
    "1 写成 I": lambda code: code.replace("1", "I"),
    "I 写成 1": lambda code: code.replace("I", "1"),
    "I 写成 l": lambda code: code.replace("I", "l"),
    "L 写成 1": lambda code: code.replace("L", "1"),
    "x 写成 ×": lambda code: code.replace("x", "×"),
    "去掉分隔": _between(""),
    "分隔写成空格": _between(" "),
    "分隔写成连字符": _between("-"),
    "分隔写成下划线": _between("_"),
    "分隔写成破折号": _between("—"),
    "分隔写成全角连字符": _between("－"),
    "分隔两边有空格": _between(" - "),
    "分隔写成点": _between("."),
    "分隔写成间隔号": _between("·"),
    "分隔写成冒号": _between(":"),
    "数字前空格": _before_digits(" "),
    "数字前连字符": _before_digits("-"),
    "数字前下划线": _before_digits("_"),
    "念成四零三": _read_out,
    "念成四〇三": _read_with_circle,
    "念成洞幺": _read_by_radio,
    "小写、空格": _then(str.lower, _between(" ")),
    "小写、去掉分隔、0 写成 o": _then(str.lower, _between(""), lambda code: code.replace("0", "o")),
    "全角、连字符、1 写成 l": _then(_between("-"), lambda code: code.replace("1", "l"), _full_width),
    "小写、空格、念数字": _then(str.lower, _between(" "), _read_out),
    "去掉分隔、念成洞幺": _then(_between(""), _read_by_radio),
}
NUMBER_ALONE = "只说数字"
