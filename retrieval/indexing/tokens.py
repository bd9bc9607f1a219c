"""What a normalised text is cut into before it is counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from zhtext.segment import words

_RUNS = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")


def char_tokens(text: str) -> list[str]:
    """Characters and character pairs of Chinese runs; runs of letters and digits whole, in lower case."""
    return [token for run in _RUNS.findall(text.lower()) for token in _of_run(run)]


def word_tokens(text: str) -> list[str]:
    """Dictionary words in lower case, without punctuation."""
    return [word.lower() for word in words(text) if any(map(str.isalnum, word))]


def text_key(text: str) -> str:
    """Letters and digits only: two texts with one key differ in punctuation, case and spaces at most."""
    return "".join(filter(str.isalnum, text)).casefold()


def bigrams(text: str) -> frozenset[str]:
    """The set of neighbouring character pairs of the key; for overlap of short titles."""
    key = text_key(text)
    return frozenset(map("".join, pairwise(key)))


def _of_run(run: str) -> Iterator[str]:
    if run[0].isascii():
        yield run
        return
    yield from run
    yield from map("".join, pairwise(run))
