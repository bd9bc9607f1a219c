"""When two texts are one wording: equal but for script, case, punctuation and numbers, or nearly so."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from zhtext.masking import CODE, PHONE, TICKET, VERSION, masked
from zhtext.normalize import normalize

# Share of common character pairs (Jaccard) from which two texts count as one wording.
NEAR = 0.7
_LATIN = re.compile(r"[a-z0-9]+")
_DIGITS = re.compile(r"\d+")
_NUMBERS = re.compile("|".join(("0", TICKET, PHONE, VERSION, CODE)))
_TELLING = 4  # letters beside the numbers, from which the numbers make no difference
_MODULE = "某模块"  # like the words of zhtext.masking: nobody writes it


def plain(text: str) -> str:
    """Letters and digits of the normalised text, in lower case."""
    return "".join(filter(str.isalnum, normalize(text).casefold()))


def wording(text: str) -> str:
    """As `plain`, with every number, version, code, phone and ticket number as one fixed word each."""
    return "".join(filter(str.isalnum, _DIGITS.sub("0", masked(normalize(text)).casefold())))


def identity(text: str) -> str:
    """What makes two texts the same: the `wording`; all of it where hardly more than a number was said (886, 666)."""
    said = wording(text)
    return said if len(_NUMBERS.sub("", said)) >= _TELLING else plain(text)


def pattern(text: str, modules: Sequence[str] = ()) -> str:
    """As `wording`, with the names of modules as one word too: what is left when slots are swapped."""
    said = wording(text)
    for name in sorted(modules, key=len, reverse=True):
        said = said.replace(name.casefold(), _MODULE)
    return said


def variety(texts: Iterable[str], modules: Sequence[str] = ()) -> int:
    """How many different patterns there are: near-duplicates, also through others, and slot swaps count once."""
    return len(set(groups(sorted({pattern(text, modules) for text in texts}))))


def length(text: str) -> int:
    """Chinese characters, and Latin words and numbers as one each."""
    return len(_LATIN.sub("x", plain(text)))


class Alike:
    """Finds the keys that are nearly a given one, without comparing it to all of them."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._known = [pairs(key) for key in keys]
        self._holders: dict[str, list[int]] = defaultdict(list)
        for place, found in enumerate(self._known):
            for pair in found:
                self._holders[pair].append(place)

    def to(self, key: str) -> list[int]:
        """The places of the keys that share `NEAR` of their pairs with `key`, in order."""
        return self._near(pairs(key))

    def each(self) -> Iterator[tuple[int, int]]:
        """The places of every two keys that are alike, the earlier one first."""
        for place, found in enumerate(self._known):
            yield from ((place, other) for other in self._near(found) if place < other)

    def _near(self, asked: frozenset[str]) -> list[int]:
        common: dict[int, int] = defaultdict(int)
        for pair in asked:
            for place in self._holders.get(pair, ()):
                common[place] += 1
        return sorted(p for p, count in common.items() if count / (len(asked) + len(self._known[p]) - count) >= NEAR)


def groups(keys: Sequence[str]) -> list[int]:
    """A number for each key, the same for those that are alike, directly or through others."""
    parent = list(range(len(keys)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    for one, other in Alike(keys).each():
        parent[root(other)] = root(one)
    return [root(place) for place in range(len(keys))]


def pairs(key: str) -> frozenset[str]:
    """Character pairs with borders, so that single characters compare too."""
    return frozenset(map("".join, pairwise(f"^{key}$"))) if key else frozenset()
