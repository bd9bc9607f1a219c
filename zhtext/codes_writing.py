"""How codes are written: half width, capitals, dictated digits, and the key under which all disguises are equal."""

from __future__ import annotations

import re
import unicodedata

_SEPARATORS = re.compile(r"[\s_\-·:#=.–—]+")
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "×": "X"})

_SPOKEN_DIGITS = dict(zip("零〇一二两三四五六七八九幺洞", "00122345678910", strict=True))
_CLASS = "".join(_SPOKEN_DIGITS)
_COUNTED = "[个次张条台天号楼层期人家位部份行批种项遍回]"
# 一直, 一样, 一下 and 三四次 after a code belong to the sentence: E一零一一直弹, E1001三四次.
_WORDS = f"一[直些样下般定共起旦个次]|(?:一两|两三|二三|三四|三五|四五|五六|六七|七八|八九){_COUNTED}"
_SPOKEN = f"(?:(?!{_WORDS})[{_CLASS}])"
# Three digits or more are dictated, fewer are words (第一, 两个) unless they touch a letter or hang on a code by its
# separator: PG_二八P零一, TS-A七-零九, flow node 零一 lost, 零x八零零.
_SPOKEN_RUN = re.compile(
    f"[0零〇洞][xX×](?:[0-9A-Fa-f]|{_SPOKEN}){{4,8}}"
    f"|{_SPOKEN}{{3,}}"
    f"|(?<=[A-Za-z]){_SPOKEN}{{1,2}}"
    f"|(?<=[A-Za-z0-9{_CLASS}][_\\-·.:]){_SPOKEN}{{2}}"
    f"|(?<=[A-Za-z] ){_SPOKEN}{{2}}"
    f"|(?<=[{_CLASS}] ){_SPOKEN}{{2}}"
    f"|(?<=[0-9] )[零〇洞]{_SPOKEN}"
    f"|(?<=[A-Za-z][_\\-·.: ]){_SPOKEN}(?!{_COUNTED})"
    f"|{_SPOKEN}{{2}}(?=[A-Za-z])"
)


def fold(code: str) -> str:
    """The key under which all disguises of a code are equal."""
    return _SEPARATORS.sub("", upper(code)).translate(_LOOKALIKES)


def upper(code: str) -> str:
    """Capitals, half width."""
    return unicodedata.normalize("NFKC", code).upper()


def spoken_to_digits(text: str) -> str:
    """四零三 -> 403, one character for one, so that offsets stay."""
    return _SPOKEN_RUN.sub(lambda run: "".join(_SPOKEN_DIGITS.get(char, char) for char in run.group()), text)


def half_width(text: str) -> str:
    """NFKC where it keeps the length, so that offsets stay."""
    return "".join(map(_one, text))


def _one(char: str) -> str:
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 else char
