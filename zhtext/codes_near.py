"""Which codes are one slip away from what was written.

A slip is one character replaced, added, left out, or two neighbours swapped (Damerau 1964). Keys are looked up by what
is left when one character is taken out, on both sides (Garbe's symmetric delete), so the cost of a look-up depends on
the length of the code and not on how many there are.
"""

from __future__ import annotations

from typing import Dict, Iterable, List, Set, Tuple


class Neighbours:
    """Folded codes, found by their neighbours."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._by_rest: Dict[str, List[str]] = {}
        for key in keys:
            for rest in _rests(key):
                self._by_rest.setdefault(rest, []).append(key)

    def of(self, key: str) -> Tuple[str, ...]:
        """The keys one slip away, the key itself not among them, in alphabetical order."""
        candidates = {other for rest in _rests(key) for other in self._by_rest.get(rest, ())}
        return tuple(sorted(other for other in candidates if one_slip(key, other)))


def one_slip(a: str, b: str) -> bool:
    """One character replaced, added or left out, or two neighbours swapped."""
    if len(a) == len(b):
        differing = [place for place, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
        return len(differing) == 1 or (len(differing) == 2 and _swapped(a, b, differing[0], differing[1]))
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return len(longer) == len(shorter) + 1 and any(_without(longer, place) == shorter for place in range(len(longer)))


def _swapped(a: str, b: str, first: int, second: int) -> bool:
    return second == first + 1 and a[first] == b[second] and a[second] == b[first]


def _rests(key: str) -> Set[str]:
    return {key, *(_without(key, place) for place in range(len(key)))}


def _without(key: str, place: int) -> str:
    return key[:place] + key[place + 1 :]
