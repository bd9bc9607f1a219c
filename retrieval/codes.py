"""Exact look-up of error codes: a code answers for itself or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retrieval.entry import Entry
from zhtext.codes import CodeBook, FoundCode, fold

MAX_NEIGHBOURS = 3


@dataclass(frozen=True)
class CodeMatch:
    """What the codes of one question lead to; entries are indices."""

    found: tuple[FoundCode, ...]
    entries: tuple[int, ...]
    unknown: tuple[FoundCode, ...]
    neighbours: tuple[int, ...]


class CodeTable:
    """Code as the corpus writes it -> entries; disguises are folded away before the look-up.

    Codes that fold together, and a code with several entries, give several entries: choices.
    """

    def __init__(self, table: Mapping[str, Sequence[int]]) -> None:
        self._table = {code: tuple(owners) for code, owners in table.items()}
        self._book = CodeBook(self._table)

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> CodeTable:
        table: dict[str, list[int]] = {}
        for owner, entry in enumerate(entries):
            if entry.code:
                table.setdefault(entry.code, []).append(owner)
        return cls(table)

    @classmethod
    def from_json(cls, data: Mapping[str, Sequence[str]], entries: Sequence[Entry]) -> CodeTable:
        positions = {entry.id: position for position, entry in enumerate(entries)}
        return cls({code: [positions[name] for name in names] for code, names in data.items()})

    def to_json(self, entries: Sequence[Entry]) -> dict[str, list[str]]:
        """Codes to entry ids, as codes.json holds them."""
        return {code: [entries[owner].id for owner in owners] for code, owners in sorted(self._table.items())}

    def match(self, text: str) -> CodeMatch:
        """All codes of a normalised text, each known or unknown."""
        found = self._book.find(text)
        unknown = tuple(code for code in found if not code.known)
        entries = dict.fromkeys(owner for code in found for name in code.codes for owner in self._table[name])
        near = dict.fromkeys(owner for code in unknown for owner in self._near(code.key))
        return CodeMatch(found, tuple(entries), unknown, tuple(near)[:MAX_NEIGHBOURS])

    def _near(self, key: str) -> list[int]:
        """Entries whose folded code differs from `key` in one character."""
        near = (code for code in sorted(self._table) if _one_apart(key, fold(code)))
        return [owner for code in near for owner in self._table[code]]


def _one_apart(a: str, b: str) -> bool:
    """At most one character replaced, added or left out."""
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) <= 1
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    if len(longer) - len(shorter) > 1:
        return False
    return any(longer[:cut] + longer[cut + 1 :] == shorter for cut in range(len(longer)))
