"""How a set of entries differs from the one before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from retrieval.knowledge.entry import Entry


@dataclass(frozen=True)
class Changes:
    """Ids of entries, each group in order: how a set of entries differs from the one before it."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many entries differ: new, changed and gone."""
        return len(self.new) + len(self.changed) + len(self.gone)


def changes(before: Iterable[Entry], after: Iterable[Entry]) -> Changes:
    """What `after` makes of `before`, by id and content."""
    former = {entry.id: entry.version for entry in before}
    latter = {entry.id: entry.version for entry in after}
    return Changes(
        new=tuple(sorted(latter.keys() - former.keys())),
        changed=tuple(sorted(key for key in latter.keys() & former.keys() if latter[key] != former[key])),
        gone=tuple(sorted(former.keys() - latter.keys())),
    )
