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
_PINYIN_DEBRIS = re.compile(r"(?<=[\u4e00-\u9fff])\([a-zɑɡü]{0,5}[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-zɑɡü]{0,4}\)")
_UNSEEN = frozenset({"Cf", "Cs", "Co", "Cn", "Mn", "Me"})
_BLANK = frozenset("\u115f\u1160\u2800")  # Hangul fillers and the empty Braille cell: letters and signs by category
# One step may make room for another (a stripped character joins two halves of a run): until nothing changes.
_PASSES = 8
# Characters that NFKC leaves alone although a keyboard only produces them by accident.
_FOLDED = str.maketrans({"—": "-", "–": "-", "−": "-", "―": "-", "“": '"', "”": '"', "‘": "'", "’": "'"})


def normalize(text: str) -> str:
    """The normalised form of `text`: at most `MAX_CHARS` characters, one line, Simplified, mainland wording."""
    plain = text[:MAX_CHARS]
    for _ in range(_PASSES):
        before, plain = plain, _converted(_clean(plain))
        if plain == before:
            break
    return plain


def _clean(text: str) -> str:
    """Unicode hygiene without any change of wording."""
    folded = unicodedata.normalize("NFKC", text).translate(_FOLDED)
    visible = "".join(map(_visible, folded))
    spaced = _SPACE.sub(" ", visible)
    readable = _PINYIN_DEBRIS.sub("", spaced)
    squeezed = _RUN.sub(lambda run: run.group(1) * SQUEEZED_RUN, readable)
    return squeezed[:MAX_CHARS].strip()


def _converted(text: str) -> str:
    return to_simplified(text, detect(text))[:MAX_CHARS].strip()


def _visible(char: str) -> str:
    """Control characters are spaces; what is not seen by itself (zero width, direction, surrogates, marks) is nothing.

    Marks that belong to a letter were joined with it by NFKC; left are variation selectors, keycaps and strike-outs.
    """
    category = unicodedata.category(char)
    if category == "Cc":
        return " "
    return "" if category in _UNSEEN or char in _BLANK else char
