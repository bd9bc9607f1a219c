"""現(xiàn)代數(shù)據(jù) -> 現代數據: readings that web pages left behind their characters.

With a tone mark a syllable in brackets behind a character is no word. Without one it is taken for a reading only if it
is one of that very character: 数(shu)据(ju) is repaired, 进度(plan), 数据(data) and 接口(API) stay. Readings of
several characters at once, 数据(shuju), are repaired by the same rule.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache, lru_cache
from itertools import product
from re import Match

from kb_ingest.hygiene.common import common

_TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_HAN = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_LETTERS = f"a-zɑɡüê{_TONES}\u0300\u0301\u0304\u0308\u030c"
# Up to six syllables, apart or together; alternatives of one character with a comma or a slash; tones also as digits.
_DEBRIS = re.compile(
    rf"([{_HAN}]{{1,6}})\s?[(（]\s?([{_LETTERS}]{{1,24}}[1-5]?(?:[\s,，/、'’·]{{1,2}}[{_LETTERS}]{{1,6}}[1-5]?){{0,5}})\s?[)）]"
)
_TONED = re.compile(f"[{_TONES}]")
_PARTS = re.compile(r"[\s,，/、'’·]+")
_SPLIT = {"ɑ": "a", "ɡ": "g", "ü": "v", "ê": "e"}
_MOST = 64  # combinations of readings tried for several characters
_PASSES = 4
# Codes stand between backquotes; what is in them is nobody's reading.
_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)


def without_readings(text: str) -> tuple[str, Counter[str]]:
    """`text` without the debris, and how often each piece was there, in one spelling: 數(shù)."""
    found: Counter[str] = Counter()
    if "(" not in text and "（" not in text:
        return text, found
    parts = _CODE.split(text)
    return "".join(part if place % 2 else _repaired(part, found) for place, part in enumerate(parts)), found


def _repaired(text: str, found: Counter[str]) -> str:
    for _ in range(_PASSES):  # 現(xiàn)(xiàn): each pass uncovers the next
        left = _DEBRIS.sub(lambda match: _one(match, found), text)
        if left == text:
            break
        text = left
    return text


def _one(match: Match[str], found: Counter[str]) -> str:
    characters, said = match.group(1), unicodedata.normalize("NFC", match.group(2))
    length = _read(characters, said)
    if length == 0:
        return match.group()
    found[f"{characters[-length:]}({said})"] += 1
    return characters


def _read(characters: str, said: str) -> int:
    """How many of the last characters these letters read; 0 when they are no reading of them."""
    parts = [_toneless(part) for part in _PARTS.split(said)]
    last = characters[-1]
    if _same(last, parts) and len(said) > 1:  # 轴(e), 定额(e): a letter alone is a sign
        return 1
    if len(parts) == 1 and _TONED.search(said) and parts[0] in _syllables():
        return 1
    together = "".join(parts)
    for length in range(2, len(characters) + 1):
        if together in _readings_together(characters[-length:]):
            return length
    return 0


def _same(character: str, parts: list[str]) -> bool:
    return all(part in _readings(character) for part in parts)


def _toneless(syllable: str) -> str:
    plain = unicodedata.normalize("NFD", "".join(_SPLIT.get(char, char) for char in syllable.rstrip("12345")))
    umlaut = plain.replace("u\u0308", "v")
    return "".join(char for char in umlaut if not unicodedata.combining(char))


@lru_cache(maxsize=8192)
def _readings(character: str) -> frozenset[str]:
    """Every reading of a character in letters, ü as v and, as careless pages write it, as u."""
    from pypinyin import Style, pinyin  # a quarter of a second and 40 MB, for the pages that need it

    read = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    plain = {_toneless(one) for one in (read[0] if read else ())}
    return frozenset(plain | {one.replace("v", "u") for one in plain})


def _readings_together(characters: str) -> frozenset[str]:
    all_ = [sorted(_readings(character)) for character in characters]
    total = 1
    for readings in all_:
        total *= len(readings)
    return frozenset(map("".join, product(*all_))) if 0 < total <= _MOST else frozenset()


@cache
def _syllables() -> frozenset[str]:
    """Every syllable of Mandarin, as the common characters are read."""
    return frozenset(reading for character in common() for reading in _readings(character))
