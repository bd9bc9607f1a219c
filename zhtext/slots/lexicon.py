"""Tables `canonical<TAB>words` of this package, and one pattern that finds the words of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from re import Match

from zhtext import tables
from zhtext.slots.casing import lower
from zhtext.tables import NONE

GAP = "…"  # in a word: up to six characters of a clause, but not 出: 导出进度 is no 导…进


class Lexicon:
    """Words to canonical names; of words that begin at one place the longest wins."""

    def __init__(self, rows: Iterator[tuple[str, str]]) -> None:
        words = {word: name for name, line in rows for word in line.split()}
        self._names = {word: name for word, name in words.items() if GAP not in word}
        self._gapped = [(re.compile(_pattern(word)), name) for word, name in words.items() if GAP in word]
        self._pattern = re.compile(_alternatives([*words]))

    def find(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Canonical names with their places, in the order of the text; words that belong to nothing are left out."""
        plain = lower(text)
        for match in self._pattern.finditer(plain):
            name = self._names.get(match.group()) or self._by_gap(match.group())
            if name != NONE and not _inside_a_latin_word(plain, match):
                yield name, *match.span()

    def _by_gap(self, said: str) -> str:
        return next((name for pattern, name in self._gapped if pattern.fullmatch(said)), NONE)


def lexicon(file: str) -> Lexicon:
    """The table of that name, read once for each product."""
    return _lexicon(file, tables.product())


@cache
def _lexicon(file: str, product: str) -> Lexicon:
    return Lexicon((name, words.lower()) for name, words in tables.rows(file))


def _alternatives(words: list[str]) -> str:
    """One branch for each first character, the longest word first in it: a trie of depth one is fast enough."""
    branches: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        branches.setdefault(word[0], []).append(word)
    return "|".join(f"(?:{'|'.join(map(_pattern, group))})" for group in branches.values())


def _pattern(word: str) -> str:
    return re.escape(word).replace(re.escape(GAP), "[^,。;!?出]{0,6}?")


def _inside_a_latin_word(text: str, match: Match[str]) -> bool:
    """rvt is not in overtime. Asked afterwards: a pattern that looks behind cannot skip ahead."""
    said = match.group()
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    return (_latin(said[0]) and _latin(before)) or (_latin(said[-1]) and _latin(after))


def _latin(char: str) -> bool:
    return char.isascii() and char.isalpha()
