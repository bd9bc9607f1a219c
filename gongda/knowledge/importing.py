"""Entries from documents into the desk, as drafts that somebody has to approve."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from desk import entries
from desk.clock import Clock
from desk.database import Database
from desk.errors import EditConflict, NotFound
from desk.session import Session
from retrieval.knowledge.entry import Entry

# Entries in one transaction: some 30 ms, in which no customer's message waits noticeably.
CHUNK = 20


@dataclass(frozen=True)
class Imported:
    """Ids of entries that got a draft, of those whose newest version says the same already, of those that somebody
    else is working on (left alone), and what the desk cannot keep with the reason."""

    drafts: tuple[str, ...]
    unchanged: tuple[str, ...]
    conflicts: tuple[str, ...]
    refused: tuple[str, ...] = ()


def take_in(database: Database, found: Sequence[Entry], *, author: str, clock: Clock, submit: bool = False) -> Imported:
    """Keep each entry as a draft of `author`, and `submit` it if wanted. The same entries again change nothing.

    Raises StoreError; what was kept until then stays, and a repeat goes on from there.
    """
    drafts: list[str] = []
    unchanged: list[str] = []
    conflicts: list[str] = []
    refused: list[str] = []
    for chunk in _chunks(found):
        with database.write() as session:
            known = {entry.id: _newest(session, entry.id) for entry in chunk}
            for entry in chunk:
                if known[entry.id] == entry.version:
                    unchanged.append(entry.id)
                    continue
                try:
                    draft = entries.save_draft(
                        session, entry.id, entry.content, entry.version, author=author, origin="file", now=clock()
                    )
                except EditConflict:
                    conflicts.append(entry.id)
                    continue
                except ValueError as error:
                    refused.append(str(error))
                    continue
                if submit:
                    entries.submit(session, entry.id, draft.number, by=author, now=clock())
                drafts.append(entry.id)
    return Imported(tuple(drafts), tuple(unchanged), tuple(conflicts), tuple(refused))


def _newest(session: Session, entry_id: str) -> str | None:
    try:
        return entries.get(session, entry_id).fingerprint
    except NotFound:
        return None


def _chunks(found: Sequence[Entry]) -> Iterator[tuple[Entry, ...]]:
    rest = iter(found)
    while chunk := tuple(islice(rest, CHUNK)):
        yield chunk
