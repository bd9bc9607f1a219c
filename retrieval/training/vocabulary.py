"""Tokens by frequency: characters, dictionary words, runs of letters and digits."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from zhtext.segment import words

UNKNOWN = "[UNK]"
_HAN = re.compile(r"[\u3400-\u9fff]")
_KEPT = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")
_LONGEST = 8
_CHARACTER_AT_LEAST = 8
_RARE = 0.5  # count given to a character that never stands alone


def count(texts: Iterable[str], weight: int = 1) -> Counter[str]:
    """How often each word occurs; characters that only occur inside words are counted at zero."""
    counts: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    for text in texts:
        lower = text.lower()
        counts.update(word for word in words(lower) if _KEPT.fullmatch(word) and len(word) <= _LONGEST)
        characters.update(_HAN.findall(lower))
    for character, seen in characters.items():
        if seen * weight >= _CHARACTER_AT_LEAST:
            counts.setdefault(character, 0)
    return Counter({token: seen * weight for token, seen in counts.items()})


def choose(counts: Counter[str], size: int) -> dict[str, float]:
    """The `size` best tokens with their log probabilities; every counted character and ASCII letter is in."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    chosen = dict.fromkeys([*letters, *sorted(token for token in counts if len(token) == 1 and _HAN.match(token))])
    ranked = sorted((token for token in counts if len(token) > 1), key=lambda token: (-counts[token], token))
    chosen.update(dict.fromkeys(ranked[: max(0, size - len(chosen) - 1)]))
    total = sum(counts[token] for token in chosen) or 1
    return {token: math.log(max(counts[token], _RARE) / total) for token in chosen}


def tokenizer(tokens: dict[str, float]) -> Tokenizer:
    """The likeliest segmentation into these tokens; the unknown token is number 0."""
    vocabulary = [(UNKNOWN, 0.0), *tokens.items()]
    made = Tokenizer(models.Unigram(vocabulary, unk_id=0, byte_fallback=False))
    made.normalizer = normalizers.Lowercase()
    made.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(r"[^\p{Han}a-z0-9]+"), behavior="removed"),
        pre_tokenizers.Split(Regex(r"[a-z0-9]+"), behavior="isolated"),
    ])  # fmt: skip
    return made
