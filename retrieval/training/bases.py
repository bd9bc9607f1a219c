"""Knowledge bases to learn the shipped weights on: parts of the sample corpus, and situations taken as entries.

A vendor's base has 30 entries or 3,000, with similar questions or without. The weights that serve it before it has any
experience of its own are learned on bases of many sizes, whose uncovered questions are those that entries left out
would answer: nobody could tell them from covered ones by their subject.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from retrieval.knowledge.entry import Entry
from retrieval.training.situations import Situation

# Entries, and similar questions kept of each (None: all).
_PARTS = ((30, 0), (30, 4), (30, None), (100, 0), (100, 3), (100, None), (300, 0), (300, 3), (300, None))
_WHOLE = (0, 2, None)
_SITUATIONS = ((30, 0), (30, 3), (80, 0), (80, 3), (200, 0), (200, 4))
# Questions asked of one base, and how many that nothing covers.
_ASKED, _UNCOVERED = 400, 200
# Situations have no answers; an entry must have one.
_ANSWER = "请按页面提示操作，仍有问题请联系客服。"


@dataclass(frozen=True)
class Base:
    """Entries, questions with the id of the entry that answers each, and questions that none answers."""

    name: str
    group: str
    entries: tuple[Entry, ...]
    asked: tuple[tuple[str, str], ...]
    uncovered: tuple[str, ...]


def of_entries(
    entries: Sequence[Entry], asked: Mapping[str, str], uncovered: Sequence[str], seed: int
) -> Iterator[Base]:
    """The whole corpus and parts of it, with all, some or no similar questions."""
    for similar in _WHOLE:
        chance = random.Random(seed)  # noqa: S311 - sampling, not secrets
        yield _base("whole", len(entries), similar, entries, asked, uncovered, chance)
    for number, (size, similar) in enumerate(_PARTS):
        chance = random.Random(seed + number)  # noqa: S311
        chosen = chance.sample(list(entries), min(size, len(entries)))
        yield _base("part", size, similar, chosen, asked, uncovered, chance)


def of_situations(situations: Iterable[Situation], seed: int) -> Iterator[Base]:
    """Held-out situations: some are entries with their first wordings as similar questions, others are uncovered."""
    held_out = [one for one in situations if one.held_out]
    for number, (size, similar) in enumerate(_SITUATIONS):
        chance = random.Random(seed + number)  # noqa: S311
        chosen = chance.sample(held_out, min(size, 3 * len(held_out) // 4))
        ids = {one.id for one in chosen}
        entries = [replace(_entry(one), similar=one.wordings[:similar]) for one in chosen]
        asked = {text: one.id for one in chosen for text in one.wordings[similar:]}
        others = [text for one in held_out if one.id not in ids for text in one.wordings[:3]]
        yield _base("situations", size, similar, entries, asked, others, chance)


def _base(
    group: str, size: int, similar: int | None, entries: Sequence[Entry], asked: Mapping[str, str],
    uncovered: Sequence[str], chance: random.Random,
) -> Base:  # fmt: skip
    """Questions whose entry is not there are uncovered."""
    ids = {entry.id for entry in entries}
    there = [(text, entry_id) for text, entry_id in asked.items() if entry_id in ids]
    missing = [text for text, entry_id in asked.items() if entry_id not in ids]
    chance.shuffle(there)
    chance.shuffle(missing)
    none = [*missing[: _UNCOVERED // 2], *uncovered]
    chance.shuffle(none)
    kept = tuple(entry if similar is None else replace(entry, similar=entry.similar[:similar]) for entry in entries)
    return Base(f"{group}-{size}-{'all' if similar is None else similar}", group, kept, tuple(there[:_ASKED]),
                tuple(none[:_UNCOVERED]))  # fmt: skip


def _entry(one: Situation) -> Entry:
    return Entry.from_json({"id": one.id, "type": "faq", "title": one.title, "question": one.title, "answer": _ANSWER})
