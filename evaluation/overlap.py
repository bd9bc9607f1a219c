"""How much of a test is already in the training data: wording seen before says little about wording to come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from zhtext.normalize import normalize

# Share of common character pairs from which two texts count as one wording (Jaccard).
NEAR = 0.7


def seen_before(tests: Sequence[str], training: Sequence[str]) -> list[bool]:
    """For each test: is it, but for script, case and punctuation, in the training data or nearly so?"""
    known = [_pairs(text) for text in training]
    holders: dict[str, list[int]] = defaultdict(list)
    for place, pairs in enumerate(known):
        for pair in pairs:
            holders[pair].append(place)
    return [_seen(_pairs(text), known, holders) for text in tests]


def _seen(pairs: frozenset[str], known: Sequence[frozenset[str]], holders: dict[str, list[int]]) -> bool:
    common: dict[int, int] = defaultdict(int)
    for pair in pairs:
        for place in holders.get(pair, ()):
            common[place] += 1
    return any(count / (len(pairs) + len(known[place]) - count) >= NEAR for place, count in common.items())


def _pairs(text: str) -> frozenset[str]:
    """Character pairs of the letters and digits, with borders, so that single characters compare too."""
    key = "".join(filter(str.isalnum, normalize(text).casefold()))
    return frozenset(map("".join, pairwise(f"^{key}$"))) if key else frozenset()
