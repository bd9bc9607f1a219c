"""What the index is to be made of: the desk's approved entries, or the files where there is no desk yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from desk import entries, pins, unanswered
from desk.database import Database
from desk.entries import Seed, Seeded
from gongda.settings import Settings
from kb_ingest.asked import read_asked
from kb_ingest.folder import read_folder
from kb_ingest.publishing import Source
from retrieval.knowledge.entry import Entry


@dataclass(frozen=True)
class Approved:
    """What the desk has approved: what is published, and which version of each entry that is. `following` are the
    entries that no person has touched since they came with the program."""

    source: Source
    fingerprints: Mapping[str, str]
    following: frozenset[str]

    def without_pending(self, served: Sequence[Entry]) -> Source:
        """What is to serve when nobody has asked for a publication: of what people have changed, what serves already;
        of what came with the program, what it says now."""
        before = {entry.id: entry for entry in served}
        now = {entry.id: entry for entry in self.source.entries}
        kept = [now.get(name) if name in self.following else before.get(name) for name in now.keys() | before.keys()]
        found = sorted((entry for entry in kept if entry is not None), key=lambda entry: entry.id)
        return replace(self.source, entries=tuple(found)) if found else self.source


def corpus(settings: Settings) -> Source:
    """The desk's approved entries where there is one, else those of the files. Raises IngestError, StoreError."""
    found = approved(settings)
    return found.source if found is not None else of_files(settings)


def due(settings: Settings, served: Sequence[Entry]) -> Source:
    """What is to serve without anybody's publication; `served` are the entries that serve now, if any do.

    Raises IngestError, StoreError.
    """
    found = approved(settings)
    if found is None:
        return of_files(settings)
    return found.without_pending(served) if served else found.source


def approved(settings: Settings) -> Approved | None:
    """What the desk has approved; None where no entry lives in a desk yet. A desk that cannot be reached is no missing
    one: raises StoreError."""
    database = Database(settings.database)
    if not database.exists:
        return None
    try:
        return of_desk(database, uncovered(settings)) if seeded(database.open()) else None
    finally:
        database.close()


def has_desk(settings: Settings) -> bool:
    """Whether the entries live in the desk by now; the files only seed it. Raises StoreError."""
    database = Database(settings.database)
    if not database.exists:
        return False
    try:
        return seeded(database.open())
    finally:
        database.close()


def seeded(database: Database) -> bool:
    """Whether this desk has entries: some in force, or some that follow the files."""
    if not database.has("entries"):
        return False
    with database.read() as session:
        return entries.any_settled(session)


def of_files(settings: Settings) -> Source:
    """The folder that seeds an empty desk. Raises BadSource with every mistake, NothingToPublish."""
    found = read_folder(settings.corpus)
    asked = read_asked(settings.corpus, frozenset(entry.id for entry in found))
    return Source(found, asked.covered, asked.uncovered)


def of_desk(database: Database, shipped: Sequence[str] = ()) -> Approved:
    """What has been approved, the pinned questions, and what customers and editors have said about others.

    `shipped` are questions that the files call uncovered; they count while entries of the files are in force.
    """
    with database.read() as session:
        in_force, following = entries.in_force(session), entries.following(session)
        asked = {pin.text: pin.entry_id for pin in pins.listing(session)}
        dismissed, rejected = unanswered.dismissed(session), unanswered.rejections(session)
    found = tuple(Entry.from_json(one.published) for one in in_force)
    uncovered = tuple(text for text in (*dismissed, *(shipped if following else ())) if text not in asked)
    source = Source(found, asked, uncovered, rejected)
    return Approved(source, {one.entry_id: one.fingerprint for one in in_force}, following)


def uncovered(settings: Settings) -> tuple[str, ...]:
    """Questions that the files call uncovered. Raises BadSource."""
    return read_asked(settings.corpus, None).uncovered if settings.corpus.is_dir() else ()


def seed(settings: Settings, database: Database, now: datetime) -> Seeded:
    """Bring the entries that still follow the files up to date. Raises IngestError for mistakes in the files."""
    found = of_files(settings)
    seeds = [Seed(entry.id, entry.content, entry.version) for entry in found.entries]
    with database.write() as session:
        seeded = entries.seed(session, seeds, now=now)
        pins.seed(session, found.asked, now=now)
    return seeded
