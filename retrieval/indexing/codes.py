"""Exact look-up of error codes: a code answers for itself or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retrieval.knowledge.entry import Entry
from zhtext.codes import CodeBook, FoundCode

MAX_NEIGHBOURS = 3


@dataclass(frozen=True)
class CodeMatch:
    """What the codes of one question lead to; entries are indices.

    `neighbours` may be named beside an unknown code. `resembled` must not be answered with by their meaning: the
    question holds something that looks like their code and is not, and that is what makes them look near.
    """

    found: tuple[FoundCode, ...]
    entries: tuple[int, ...]
    unknown: tuple[FoundCode, ...]
    neighbours: tuple[int, ...]
    resembled: tuple[int, ...] = ()


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
        like = dict.fromkeys(owner for name in self._book.resembled(text, found) for owner in self._table[name])
        resembled = tuple(owner for owner in like if owner not in entries)
        return CodeMatch(found, tuple(entries), unknown, tuple(near)[:MAX_NEIGHBOURS], resembled)

    def _near(self, key: str) -> list[int]:
        """Entries whose code is one slip from the unknown one, or has its number in another family."""
        return [owner for code in self._book.near(key) for owner in self._table[code]]
