"""Numbers of people and things: identity cards, bank cards, licence locks.

Check digits: mainland identity numbers by GB 11643-1999 (ISO 7064 MOD 11-2), bank cards by Luhn (ISO/IEC 7812-1),
Hong Kong and Taiwan identity cards by their weights. A number whose word says what it is needs no check digit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from zhtext.secrets.found import Found

_HEAD, _TAIL = r"(?<![0-9A-Za-z_.\-])", r"(?![0-9A-Za-z_])(?!\.[0-9])"
_ID18 = re.compile(
    rf"{_HEAD}[1-9][0-9]{{5}}\s?(?:18|19|20)[0-9]{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])\s?[0-9]{{3}}[0-9Xx]{_TAIL}"
)
_ID_WORD = re.compile(
    r"(?:身份证|身份證|证件|證件)(?:号码|號碼|号|號)?[\s:：是为為]{0,3}(?P<value>[0-9][0-9 ]{13,18}[0-9Xx]|[A-Z][0-9]{6}[(（]?[0-9A][)）]?|[A-Z][1289A-D][0-9]{8})(?![0-9A-Za-z])"
)
_TAIWAN = re.compile(rf"{_HEAD}[A-Z][1289][0-9]{{8}}{_TAIL}")
_HONG_KONG = re.compile(rf"{_HEAD}[A-Z]{{1,2}}[0-9]{{6}}[(（][0-9A][)）]")
_CARD = re.compile(
    rf"{_HEAD}(?:[0-9]{{16,19}}|[0-9]{{4}}(?:[ \-][0-9]{{4}}){{3}}(?:[ \-][0-9]{{1,3}})?|[0-9]{{6}}[ \-][0-9]{{10,13}}){_TAIL}"
)
_CARD_WORD = re.compile(
    r"(?:银行卡|銀行卡|信用卡|储蓄卡|卡号|卡號|银行账[号户]|銀行帳[號戶]|收款账[号户]|对公账[号户])(?:号码|號碼|号|號)?[\s:：是为為]{0,3}(?P<value>[0-9][0-9 \-]{10,24}[0-9])"
)
_LOCK = re.compile(
    r"(?:锁号|鎖號|锁的?编号|鎖的?編號|加密锁(?:号码?)?|加密鎖(?:號碼?)?)(?:[\s:：是为為「“`]|就是|应该是){0,4}(?P<value>[0-9]{8})(?![0-9])"
)
_LICENCE = re.compile(
    r"(?:激活码|啟用碼|注册码|註冊碼|序列号|序號|授权码|许可证号|产品密钥)[\s:：是为為「“`]{0,4}(?P<value>[A-Za-z0-9]{4,8}(?:-[A-Za-z0-9]{4,8}){1,7})(?![A-Za-z0-9])"
)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_TAIWAN_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"  # in the order of their codes 10, 11, 12, …


def numbers(text: str) -> Iterator[Found]:
    """Identity cards before bank cards: both may have eighteen digits."""
    for kind, pattern, holds in _CHECKED:
        for match in pattern.finditer(text):
            if holds(re.sub(r"[\s\-]", "", match.group())):
                yield Found(kind, *match.span())
    for kind, pattern in _SAID:
        for match in pattern.finditer(text):
            yield Found(kind, *match.span("value"))


def _mainland(number: str) -> bool:
    return "10X98765432"[_weighed(map(int, number[:17]), _ID_WEIGHTS) % 11] == number[17].upper()


def _taiwan(number: str) -> bool:
    code = _TAIWAN_LETTERS.index(number[0]) + 10
    return _weighed((code // 10, code % 10, *map(int, number[1:])), (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)) % 10 == 0


def _hong_kong(number: str) -> bool:
    """One letter counts as two, the first of them a blank with the value 36."""
    letters = number.rstrip("0123456789A()（）") or "A"
    body = re.sub("[^0-9A]", "", number[len(letters) :])
    values = [36] * (2 - len(letters)) + [ord(letter) - ord("A") + 10 for letter in letters]
    digits = [10 if digit == "A" else int(digit) for digit in body]
    return _weighed((*values, *digits), range(9, 0, -1)) % 11 == 0


def _luhn(number: str) -> bool:
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(number)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0 and len(set(number)) > 1


def _weighed(values: Iterable[int], weights: Iterable[int]) -> int:
    return sum(value * weight for value, weight in zip(values, weights, strict=True))


_CHECKED = (
    ("id_card", _ID18, _mainland),
    ("id_card", _TAIWAN, _taiwan),
    ("id_card", _HONG_KONG, _hong_kong),
    ("bank_card", _CARD, _luhn),
)
_SAID = (("id_card", _ID_WORD), ("bank_card", _CARD_WORD), ("lock", _LOCK), ("licence", _LICENCE))
