"""The entries of a build, read from their file one by one as they are asked for.

Needs numpy and nothing heavier: whoever wants to know what a build was made of loads no index.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import BadEntry
from retrieval.indexing.postings import mapped, term_hash
from retrieval.knowledge.entry import Entry, parse_entry, read_entries

Places = NDArray[np.int64]

FILE = "entries.jsonl"
DELTA = "delta"  # folder of the entries that came after the base of a build
GONE = "gone.npy"  # in that folder: numbers of the base's entries that are gone or replaced
POLICY = "policy"  # the type of entry that alone answers questions of price and law
_ARRAYS = ("line_ends", "ids", "places", "policies")
_PARSED = 4_096  # entries kept in memory


class StoredEntries(Sequence[Entry]):
    """One file of entries."""

    def __init__(self, lines: NDArray[np.uint8], ends: NDArray[np.int64], ids: NDArray[np.uint64],
                 places: NDArray[np.int32], policies: NDArray[np.int32]) -> None:  # fmt: skip
        self._lines, self._ends, self._ids, self._places = lines, ends, ids, places
        self.policies = policies  # places of the entries of that type
        self._parsed = lru_cache(maxsize=_PARSED)(self._parse)

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, place: int) -> Entry: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Entry, ...]: ...

    def __getitem__(self, place: int | slice) -> Entry | tuple[Entry, ...]:
        if isinstance(place, slice):
            return tuple(self[one] for one in range(*place.indices(len(self))))
        if not -len(self) <= place < len(self):
            raise IndexError(f"entry {place} of {len(self)}")
        return self._parsed(place % len(self))

    def __iter__(self) -> Iterator[Entry]:
        """Past the cache: a walk over everything would empty it."""
        return map(self._parse, range(len(self)))

    def find(self, entry_id: str) -> int | None:
        """The place of an entry."""
        wanted = np.uint64(term_hash(entry_id))
        found = slice(int(self._ids.searchsorted(wanted)), int(self._ids.searchsorted(wanted, side="right")))
        return next((place for place in self._places[found].tolist() if self[place].id == entry_id), None)

    def _parse(self, place: int) -> Entry:
        begin = int(self._ends[place - 1]) if place else 0
        return parse_entry(self._lines[begin : int(self._ends[place])].tobytes().decode(), f"{FILE} line {place + 1}")

    @classmethod
    def load(cls, folder: Path) -> StoredEntries:
        """What `save` wrote; the caller has verified the files."""
        lines: NDArray[Any] = np.memmap(folder / FILE, dtype=np.uint8, mode="r")
        arrays = [mapped(folder / "entries" / f"{name}.npy") for name in _ARRAYS]
        made = cls(lines.view(np.ndarray), *arrays)
        if len(made) and int(made._ends[-1]) != len(lines):
            raise BadEntry(f"{FILE} is {len(lines)} bytes long, its list of lines ends at {int(made._ends[-1])}")
        return made


def save(folder: Path, entries: Iterable[Entry]) -> None:
    """One JSON object per line as `entry.write_entries` has it, and where each line ends and each id is."""
    ends: list[int] = []
    ids: list[int] = []
    policies: list[int] = []
    with (folder / FILE).open("wb") as file:
        for place, entry in enumerate(entries):
            file.write(entry.line.encode())
            policies += [place] if entry.type == POLICY else []
            ends.append(file.tell())
            ids.append(term_hash(entry.id))
    hashes = np.array(ids, dtype=np.uint64)
    order = np.argsort(hashes, kind="stable")
    (folder / "entries").mkdir()
    arrays: tuple[NDArray[Any], ...] = (
        np.array(ends, dtype=np.int64), hashes[order], order.astype(np.int32), np.array(policies, dtype=np.int32),
    )  # fmt: skip
    for name, values in zip(_ARRAYS, arrays, strict=True):
        np.save(folder / "entries" / f"{name}.npy", values, allow_pickle=False)


class Kept:
    """The places of a file of entries that still count, and their numbers among those."""

    def __init__(self, size: int, gone: NDArray[np.int64]) -> None:
        self._size, self._gone = size, gone  # ascending
        self._before = gone - np.arange(len(gone))

    def __len__(self) -> int:
        return self._size - len(self._gone)

    def numbers(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Of places that count."""
        return places if not len(self._gone) else places - self._gone.searchsorted(places)

    def places(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        return numbers if not len(self._gone) else numbers + self._before.searchsorted(numbers, side="right")

    def place(self, number: int) -> int:
        return number if not len(self._gone) else int(self.places(np.array([number]))[0])

    def number(self, place: int) -> int | None:
        """None for a place that does not count."""
        return int(self.numbers(np.array([place]))[0]) if self.has(place) else None

    def has(self, place: int) -> bool:
        at = int(self._gone.searchsorted(place))
        return at == len(self._gone) or int(self._gone[at]) != place


class Entries(Sequence[Entry]):
    """The entries of a build: those of its base that still count, then those that came after it."""

    def __init__(self, base: StoredEntries, kept: Kept | None = None, delta: StoredEntries | None = None) -> None:
        self._base, self._delta = base, delta
        self._kept = kept or Kept(len(base), np.zeros(0, dtype=np.int64))

    def __len__(self) -> int:
        return len(self._kept) + (len(self._delta) if self._delta is not None else 0)

    @overload
    def __getitem__(self, number: int) -> Entry: ...

    @overload
    def __getitem__(self, number: slice) -> tuple[Entry, ...]: ...

    def __getitem__(self, number: int | slice) -> Entry | tuple[Entry, ...]:
        if isinstance(number, slice):
            return tuple(self[one] for one in range(*number.indices(len(self))))
        if not -len(self) <= number < len(self):
            raise IndexError(f"entry {number} of {len(self)}")
        number %= len(self)
        if self._delta is not None and number >= len(self._kept):
            return self._delta[number - len(self._kept)]
        return self._base[self._kept.place(number)]

    def __iter__(self) -> Iterator[Entry]:
        yield from (entry for place, entry in enumerate(self._base) if self._kept.has(place))
        if self._delta is not None:
            yield from self._delta

    def __eq__(self, other: object) -> bool:
        """Equal to any sequence of the same entries in the same order."""
        if not isinstance(other, Sequence) or len(self) != len(other):
            return NotImplemented if not isinstance(other, Sequence) else False
        return all(one == another for one, another in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    @property
    def has_policy(self) -> bool:
        """Whether any entry is a policy; reads none of them."""
        after = self._delta is not None and len(self._delta.policies) > 0
        return after or any(map(self._kept.has, self._base.policies.tolist()))

    def number(self, entry_id: str) -> int | None:
        """The place of an entry in this sequence, None for one that is not there."""
        after = self._delta.find(entry_id) if self._delta is not None else None
        if after is not None:
            return len(self._kept) + after
        place = self._base.find(entry_id)
        return None if place is None else self._kept.number(place)

    def get(self, entry_id: str) -> Entry | None:
        """An entry by its id."""
        number = self.number(entry_id)
        return None if number is None else self[number]


def gone_of(folder: Path) -> NDArray[np.int64]:
    """Numbers of the base's entries that no longer count, ascending; none where the build has no delta."""
    path = folder / DELTA / GONE
    return np.load(path, allow_pickle=False) if path.is_file() else np.zeros(0, dtype=np.int64)


def read_build(folder: Path) -> tuple[Entry, ...]:
    """All entries that a build serves, parsed from its files alone. Raises BadEntry, OSError."""
    gone = set(gone_of(folder).tolist())
    base = [entry for place, entry in enumerate(read_entries(folder / FILE)) if place not in gone]
    after = folder / DELTA / FILE
    return (*base, *(read_entries(after) if after.is_file() else ()))
