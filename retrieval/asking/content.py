"""What a question is about: its words without those that any question has, each by how rare it is in Chinese."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from retrieval.indexing.tokens import char_tokens
from zhtext.normalize import normalize
from zhtext.segment import tokenizer, words

# Negative logarithm of a word's share of running text, by jieba's dictionary: 怎么 7.7, 可以 6.7, 发票 10.8. Below it
# words are everybody's (的 我 有 能 想).
_COMMON = 7.0
# Half of what a whole word says: parts of words that jieba cuts differently (企微, 企业微信) still meet.
_PART = 0.5
_LATIN = re.compile(r"[a-z]+")
_VOWEL = re.compile("[aeiouy]")
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_MASHED = 4  # neighbouring keys in a row
_LEAST_CHARS, _LEAST_WORDS = 3, 2  # different ones: 啊啊啊啊啊 has one of each
# jieba has seen hardly any English.
_ENGLISH = re.compile("an?|the|is|are|to|of|in|on|for|how|what|where|can|do|does|i|we|my")


def content(text: str) -> tuple[str, ...]:
    """The telling words of a question, in order; of any script the same."""
    return tuple(word for word in words(normalize(text).lower()) if _says(word) and not _mashed(word))


def about(text: str) -> str:
    """The telling words in one string, or the normalised question where there are none."""
    return "".join(_joined(content(text))) or normalize(text)


def weights(text: str) -> dict[str, float]:
    """Character n-grams of the telling words; a rare word's weigh more, parts of a word less than the whole."""
    found: dict[str, float] = {}
    for word in content(text):
        rare = rarity(word) - _COMMON
        for token in char_tokens(word):
            found[token] = max(found.get(token, 0.0), rare if token == word else rare * _PART)
    return found


def is_question(text: str) -> bool:
    """Whether there is enough to gather it with others: no gibberish, and more than one word."""
    found = content(text)
    return len(set(found)) >= _LEAST_WORDS and len(set("".join(found))) >= _LEAST_CHARS


def rarity(word: str) -> float:
    """Negative natural logarithm of the word's share of running text; a word that jieba does not know is rarest."""
    known = tokenizer()
    known.check_initialized()
    return math.log(known.total / max(1, known.FREQ.get(word, 0)))


def _says(word: str) -> bool:
    return any(map(str.isalnum, word)) and not _ENGLISH.fullmatch(word) and rarity(word) >= _COMMON


def _joined(found: tuple[str, ...]) -> Iterator[str]:
    """Latin words keep a blank between them."""
    before = ""
    for word in found:
        yield f" {word}" if before[-1:].isascii() and before and word[0].isascii() else word
        before = word


def _mashed(word: str) -> bool:
    """asdfgh, jkjkjk, hhhh: keys, not words."""
    if not _LATIN.fullmatch(word):
        return False
    neighbours = any(word[:_MASHED] in row or word[:_MASHED] in row[::-1] for row in _KEYBOARD)
    return (len(word) >= _MASHED and neighbours) or (len(word) > 1 and not _VOWEL.search(word) and len(set(word)) < 4)
