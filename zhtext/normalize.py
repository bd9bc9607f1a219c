"""Any spelling of a question -> one plain Simplified line, the form everything downstream reads.

Order: cap, NFKC, strip invisibles, pinyin debris, runs, white space, Traditional and regional
wording. `normalize(normalize(x)) == normalize(x)` for every string (property test).
"""

from __future__ import annotations

import re
import unicodedata

from zhtext.script import detect, to_simplified

# jieba's HMM is quadratic on long input and NFKC may expand a character 18 times; customers do not
# write 2,000 characters into a chat, and what they paste beyond that stays in the stored original.
MAX_CHARS = 2_000
# A run longer than this says nothing more than a short one (啊啊啊啊…, =====…).
MAX_RUN = 20
SQUEEZED_RUN = 3

_RUN = re.compile(rf"(.)\1{{{MAX_RUN},}}", re.DOTALL)
_SPACE = re.compile(r"\s+")
# 現(xiàn)代: scraped pages put the reading behind a character. Only with a tone mark is it surely no word.
_PINYIN_DEBRIS = re.compile(r"(?<=[\u4e00-\u9fff])\([a-zü]{0,5}[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-zü]{0,4}\)")
# Characters that NFKC leaves alone although a keyboard only produces them by accident.
_FOLDED = str.maketrans({"—": "-", "–": "-", "−": "-", "―": "-", "“": '"', "”": '"', "‘": "'", "’": "'"})


def normalize(text: str) -> str:
    """The normalised form of `text`: at most `MAX_CHARS` characters, one line, Simplified, mainland wording."""
    plain = _clean(text)
    converted = to_simplified(plain, detect(plain))
    return converted[:MAX_CHARS].strip()


def _clean(text: str) -> str:
    """Unicode hygiene without any change of wording. Applied until nothing changes, at most four times."""
    cleaned = text[:MAX_CHARS]
    for _ in range(4):
        before, cleaned = cleaned, _clean_once(cleaned)
        if cleaned == before:
            break
    return cleaned


def _clean_once(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).translate(_FOLDED)
    visible = "".join(map(_visible, folded))
    spaced = _SPACE.sub(" ", visible)
    readable = _PINYIN_DEBRIS.sub("", spaced)
    squeezed = _RUN.sub(lambda run: run.group(1) * SQUEEZED_RUN, readable)
    return squeezed.strip()[:MAX_CHARS]


def _visible(char: str) -> str:
    """Control characters are spaces, format characters (zero width, direction) and surrogates nothing."""
    category = unicodedata.category(char)
    if category == "Cc":
        return " "
    if category in ("Cf", "Cs", "Co", "Cn"):
        return ""
    return char
