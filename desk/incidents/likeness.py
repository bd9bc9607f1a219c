"""How alike two texts are: the Jaccard index of their character bigrams.

P. Jaccard, Étude comparative de la distribution florale, 1901: |A ∩ B| / |A ∪ B|. Characters in pairs, because Chinese
words have two on average and no blanks between them.
"""

from __future__ import annotations

import re
from functools import lru_cache

from zhtext.normalize import normalize

_SPOKEN = re.compile(
    r"[^\w]+|的|了|啊|呢|吧|呀|请问|麻烦|你好|您好|急|在线等|谢谢|一下|我们|这边|现在|今天|刚才|刚刚|一直|还是"
)
_TELLING = 4  # characters that a phrase needs to speak for itself


def likeness(one: str, other: str) -> float:
    """0 (nothing in common) to 1, whatever the script of either."""
    first, second = _pairs(one), _pairs(other)
    return len(first & second) / len(first | second) if first and second else 0.0


def plain(text: str) -> str:
    """Normalised, without punctuation and the words that everybody writes."""
    return _SPOKEN.sub("", normalize(text).lower())


def says(text: str, phrase: str) -> bool:
    """Whether a phrase of four characters or more stands in the text word for word."""
    wanted = plain(phrase)
    return len(wanted) >= _TELLING and wanted in plain(text)


@lru_cache(maxsize=4096)  # the tickets of some hours are compared with each other again and again
def _pairs(text: str) -> frozenset[str]:
    told = plain(text)
    return frozenset(told[at : at + 2] for at in range(len(told) - 1))
