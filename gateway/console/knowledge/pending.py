"""What the next publication would change: the approved entries beside those of the build that serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from desk import entries, publications
from desk.entries import InForce
from desk.publications import Publication
from desk.session import Session
from retrieval.errors import BadEntry
from retrieval.knowledge.entries import read_build
from retrieval.knowledge.entry import Entry

_ENTRIES = "entries.jsonl"  # in the folder of a build
_LOOKED_AT = 50  # publications, for builds to go back to


@dataclass(frozen=True)
class Named:
    """An entry of a list."""

    entry_id: str
    title: str


@dataclass(frozen=True)
class Pending:
    """Entries that would come, change and go; `known` False when the build that serves cannot be read."""

    known: bool
    new: tuple[Named, ...] = ()
    changed: tuple[Named, ...] = ()
    gone: tuple[Named, ...] = ()
    approved: int = 0

    @property
    def count(self) -> int:
        return len(self.new) + len(self.changed) + len(self.gone)


@dataclass(frozen=True)
class Older:
    """A build that can serve again."""

    build_id: str
    publication: Publication | None  # that made it


def pending(session: Session, index: Path | None, build_id: str | None) -> Pending:
    """Compared by content: an entry that was edited and put back as it was does not count."""
    approved = entries.in_force(session)
    served = _served(index, build_id)
    if served is None:
        return Pending(False, approved=len(approved))
    wanted = {one.entry_id: _entry(one) for one in approved}
    named = {one.entry_id: Named(one.entry_id, str(one.content.get("title", ""))) for one in approved}
    versions = {entry_id: entry.version if entry else "" for entry_id, entry in wanted.items()}
    return Pending(
        known=True,
        new=tuple(one for entry_id, one in named.items() if entry_id not in served),
        changed=tuple(
            one for entry_id, one in named.items() if entry_id in served and served[entry_id][0] != versions[entry_id]
        ),
        gone=tuple(Named(entry_id, title) for entry_id, (_, title) in served.items() if entry_id not in named),
        approved=len(approved),
    )


def older(session: Session, index: Path | None, serving: str | None) -> tuple[Older, ...]:
    """Builds that have served and are still there, newest first."""
    found: dict[str, Publication | None] = {}
    for one in publications.listing(session, limit=_LOOKED_AT):
        if one.state == "published":
            if one.kind == "publish":
                found[one.build_id] = one
            found.setdefault(one.build_id, None)
            found.setdefault(str(one.report.get("former") or ""), None)
    there = (build_id for build_id in found if build_id and build_id != serving and _kept(index, build_id))
    return tuple(Older(build_id, found[build_id]) for build_id in sorted(there, reverse=True))


def _served(index: Path | None, build_id: str | None) -> Mapping[str, tuple[str, str]] | None:
    if index is None or not build_id or not _kept(index, build_id):
        return None
    try:
        return _contents(index / build_id)
    except (OSError, BadEntry):
        return None


@lru_cache(maxsize=2)
def _contents(folder: Path) -> Mapping[str, tuple[str, str]]:
    """Version and title by id. A build never changes, so it is read once."""
    return {entry.id: (entry.version, entry.title) for entry in read_build(folder)}


def _kept(index: Path | None, build_id: str) -> bool:
    return index is None or (Path(build_id).name == build_id and (index / build_id / _ENTRIES).is_file())


def _entry(approved: InForce) -> Entry | None:
    """As a publication makes it: owner and review date are those that the desk knows."""
    review = approved.review_on.isoformat() if approved.review_on else ""
    try:
        return Entry.from_json({**approved.content, "id": approved.entry_id, "owner": approved.owner, "review": review})
    except BadEntry:
        return None
