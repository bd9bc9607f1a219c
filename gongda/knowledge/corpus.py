"""What the index is to be made of: the desk's approved entries, or the files where there is no desk yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from desk import entries, pins
from desk.database import Database
from desk.entries import InForce, Seed, Seeded
from desk.errors import StoreError
from gongda.settings import Settings
from kb_ingest.asked import read_asked
from kb_ingest.folder import read_folder
from kb_ingest.publishing import Source
from retrieval.entry import Entry


@dataclass(frozen=True)
class Approved:
    """What the desk has approved: what is published, and which version of each entry that is."""

    source: Source
    fingerprints: Mapping[str, str]


def corpus(settings: Settings) -> Source:
    """The desk's approved entries where there are any, else those of the files. Raises IngestError, StoreError."""
    database = Database(settings.database)
    if not database.exists:
        return of_files(settings)
    try:
        found = of_desk(database.open()).source
    except StoreError:  # a database of an older schema, or none that can be read: `gongda up` brings it up to date
        return of_files(settings)
    finally:
        database.close()
    return found if found.entries else of_files(settings)


def has_desk(settings: Settings) -> bool:
    """Whether the entries live in the desk by now; the files only seed it."""
    database = Database(settings.database)
    if not database.exists:
        return False
    try:
        with database.open().read() as session:
            return entries.count(session) > 0
    except StoreError:
        return False
    finally:
        database.close()


def of_files(settings: Settings) -> Source:
    """The folder that seeds an empty desk. Raises BadSource with every mistake, NothingToPublish."""
    found = read_folder(settings.corpus)
    return Source(found, read_asked(settings.corpus, frozenset(entry.id for entry in found)))


def of_desk(database: Database) -> Approved:
    """What has been approved, and the pinned questions."""
    with database.read() as session:
        approved = entries.in_force(session)
        asked = {pin.text: pin.entry_id for pin in pins.listing(session)}
    return Approved(Source(tuple(map(entry_of, approved)), asked), {one.entry_id: one.fingerprint for one in approved})


def entry_of(approved: InForce) -> Entry:
    """The entry with the owner and the review date that the desk knows."""
    review = approved.review_on.isoformat() if approved.review_on else ""
    return Entry.from_json({**approved.content, "id": approved.entry_id, "owner": approved.owner, "review": review})


def seed(settings: Settings, database: Database, now: datetime) -> Seeded:
    """Bring the entries that still follow the files up to date. Raises IngestError for mistakes in the files."""
    found = of_files(settings)
    seeds = [Seed(entry.id, content_of(entry), entry.version) for entry in found.entries]
    with database.write() as session:
        seeded = entries.seed(session, seeds, now=now)
        pins.seed(session, found.asked, now=now)
    return seeded


def content_of(entry: Entry) -> dict[str, object]:
    """What the desk keeps of an entry; the content version is its own column."""
    return {name: value for name, value in entry.to_json().items() if name != "version"}
