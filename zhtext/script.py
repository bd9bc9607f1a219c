"""Which script and region a text is written in, and the way there and back.

OpenCC's `tw2sp` corrupts text that is already Simplified (文件 -> 文档), so conversion
always follows detection.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from re import Pattern

from opencc import OpenCC

from zhtext import tables

# Left alone on the way back: `code`, 【screen label】, paths, environment variables, error-code-like words. No path
# holds a pipe, which begins the next cell of a table.
_PROTECTED = re.compile(
    r"`[^`]*`|【[^】]*】|[A-Za-z]:\\[^\s，。；、）)|]*|%[A-Z]+%[^\s，。；、）)|]*|(?<!\w)/[\w./-]+|[A-Za-z0-9][A-Za-z0-9_.\-/\\]*"
)


@dataclass(frozen=True)
class Script:
    """`name` is hans, hant or none (no Chinese that tells); `region` cn, tw, hk or None."""

    name: str
    region: str | None


def detect(text: str) -> Script:
    """Script by counting characters that exist in one script only, region by its own words."""
    traditional, simplified = _distinct()
    hant = sum(char in traditional for char in text)
    hans = sum(char in simplified for char in text)
    cantonese = _cantonese_marks().search(text) is not None
    if hant and hant >= hans:
        return Script("hant", "hk" if cantonese or _hong_kong_words().search(text) else "tw")
    if hans or hant:
        return Script("hans", "cn")
    return Script("none", None)


def to_simplified(text: str, script: Script) -> str:
    """Simplified characters and mainland wording; text that is already so stays as it is."""
    if _cantonese_marks().search(text):
        text = _replace(text, "yue.tsv")  # before the characters change: 係 is 是, while 系 of 关系 is not
    if script.name == "hant":
        text = _replace(_converter("tw2sp").convert(text), "tw.tsv")
    return _replace(_settle(text), "any.tsv")


def to_region(text: str, script: str, region: str | None) -> str:
    """A Simplified reply in the asker's script and region; protected spans stay as they are."""
    if script != "hant":
        return text
    name, dictionary = ("s2hk", "to_hk.tsv") if region == "hk" else ("s2twp", "to_tw.tsv")
    out: list[str] = []
    last = 0
    for span in _PROTECTED.finditer(text):
        out += [_to_traditional(text[last : span.start()], name, dictionary), span.group()]
        last = span.end()
    return "".join([*out, _to_traditional(text[last:], name, dictionary)])


def _to_traditional(text: str, name: str, dictionary: str) -> str:
    """Our own terms before OpenCC, which does not know the words of the trade, and after it, where it errs."""
    converted = str(_converter(name).convert(_replace(text, dictionary))) if text else text
    return _replace(converted, f"after_{name}.tsv")


def _settle(text: str) -> str:
    """Apply t2s until nothing changes; some rare characters map onto others that map again."""
    for _ in range(4):
        converted = str(_converter("t2s").convert(text))
        if converted == text:
            break
        text = converted
    return text


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)


@lru_cache(maxsize=1)
def _distinct() -> tuple[frozenset[str], frozenset[str]]:
    """Characters only Traditional text uses, and characters only Simplified text uses."""
    common = [chr(point) for point in range(0x4E00, 0xA000)]
    to_hans, to_hant = _converter("t2s").convert, _converter("s2t").convert
    traditional = frozenset(char for char in common if to_hans(char) != char)
    simplified = frozenset(char for char in common if char not in traditional and to_hant(char) != char)
    return traditional - _USED_BY_BOTH, simplified - _USED_BY_BOTH


# Characters OpenCC maps to another form although texts of the other script use them too (台北, 群組, 乾隆).
_USED_BY_BOTH = frozenset(
    "台后里干范于余云几斗丑朴占并伙准吁咸征愿据采游熏虫辟郁霉么着丰仆佣儿凶吃咨唇岩岳峰床昵晒杠杰栖洒涂涌淀秘粽羡群腌荐虱跖雇厘夸挂赶蜡乾夥拚捱吒薹摺"
)


@lru_cache(maxsize=1)
def _cantonese_marks() -> Pattern[str]:
    return re.compile("[唔嘅喺咗冇哋佢嚟嗰啲咁噉乜咩搵嘢睇]|點解|点解|點樣|点样|而家|[我你就都]係|係咪")


@lru_cache(maxsize=1)
def _hong_kong_words() -> Pattern[str]:
    return re.compile(
        "|".join(
            (
                "電郵",
                "網絡",
                "軟件",
                "質素",
                "地盤",
                "判頭",
                "打印",
                "數據庫",
                "程式庫",
                "手提電話",
                "上載",
                "上傳檔",
                "強積金",
                "則師",
            )
        )
    )


def _replace(text: str, dictionary: str) -> str:
    pattern, table = _table(dictionary, tables.product())
    substitute: Callable[[re.Match[str]], str] = lambda match: table[match.group()]  # noqa: E731
    return pattern.sub(substitute, text)


@cache
def _table(dictionary: str, product: str) -> tuple[Pattern[str], dict[str, str]]:
    """`from<TAB>to` lines; the longest term wins."""
    table = dict(tables.rows(dictionary))
    return re.compile("|".join(map(_by_itself, sorted(table, key=len, reverse=True)))), table


def _by_itself(term: str) -> str:
    """A term in Latin letters is none as a part of a longer word."""
    before, after = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
    return (before if _latin(term[0]) else "") + re.escape(term) + (after if _latin(term[-1]) else "")


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
