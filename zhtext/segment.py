"""Words of a normalised text: jieba with the dictionary of the trade."""

from __future__ import annotations

import logging
import warnings
from functools import lru_cache

from zhtext import tables

with warnings.catch_warnings():
    # jieba asks pkg_resources for its files, which setuptools wants nobody to use any more.
    warnings.simplefilter("ignore")
    import jieba


def tokenizer() -> jieba.Tokenizer:
    """jieba with our terms; its first use takes 1-2 s, so servers call this while they warm up."""
    return _tokenizer(tables.product())


@lru_cache(maxsize=1)
def _tokenizer(product: str) -> jieba.Tokenizer:
    jieba.setLogLevel(logging.WARNING)
    made = jieba.Tokenizer()
    made.load_userdict(tables.lines("terms.txt"))
    return made


def words(text: str) -> list[str]:
    """The words of `text`, without white space. HMM is off: it is quadratic on runs and invents words."""
    return [word for word in tokenizer().cut(text, HMM=False) if not word.isspace()]


def spans(text: str) -> list[tuple[str, int, int]]:
    """The words of `text` with their offsets, end exclusive."""
    return [span for span in tokenizer().tokenize(text, HMM=False) if not span[0].isspace()]
