"""Carry a plan out: the product's folder, support.toml, the desk, and the indexes of another product."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from desk import entries, pins
from desk.audit import SYSTEM
from desk.clock import Clock
from desk.database import Database
from desk.session import Session
from gongda.knowledge.corpus import seed
from gongda.product import overlay, policy_file
from gongda.product.planning import UNFINISHED, Plan, support_file
from gongda.replay.preparing import kept
from gongda.settings import Settings
from retrieval.knowledge.entry import Entry

BY = "init"  # who retires and approves, in the audit trail


@dataclass(frozen=True)
class Applied:
    """What became of the desk: ids of entries that went; None where there is no desk yet."""

    retired: tuple[str, ...] | None


def apply(settings: Settings, plan: Plan, clock: Clock) -> Applied:
    """Once more does no harm. Raises StoreError, IngestError, OSError; a repeat finishes what was broken off."""
    unfinished = settings.own / UNFINISHED
    with _desk(settings) as database:
        if plan.another:
            settings.own.mkdir(parents=True, exist_ok=True)
            unfinished.touch()
        overlay.write(settings.own, plan.files)
        if plan.policy is not None:
            policy_file.write(support_file(settings), plan.policy)
        retired = _settle(settings, database, plan, clock) if database else None
    if plan.another:
        # Going back to an index of the other product would bring its answers back.
        for folder in (settings.index, kept(settings) / "index"):
            shutil.rmtree(folder, ignore_errors=True)
    unfinished.unlink(missing_ok=True)
    return Applied(retired)


@contextmanager
def _desk(settings: Settings) -> Iterator[Database | None]:
    """The desk, if there is one with entries: the files seed an empty one when it is started."""
    database = Database(settings.database)
    if not database.exists:
        yield None
        return
    try:
        database.open().migrate()
        with database.read() as session:
            seeded = entries.count(session) > 0
        yield database if seeded else None
    finally:
        database.close()


def _settle(settings: Settings, database: Database, plan: Plan, clock: Clock) -> tuple[str, ...]:
    """Entries and pinned questions as the files say, and none of the sample's, even where somebody has edited one."""
    if plan.another:
        with database.write() as session:
            _unpin(session, plan.sample, clock)
    seeded = seed(settings, database, clock())
    own = {entry.id: entry for entry in plan.entries}
    with database.write() as session:
        left = [each for each in entries.in_force(session) if each.entry_id in plan.sample]
        for each in left:
            if each.entry_id not in own:
                entries.retire(session, each.entry_id, by=BY, reason="the sample product is gone", now=clock())
            elif plan.another and each.fingerprint != own[each.entry_id].version:
                _take_over(session, own[each.entry_id], clock)
    return (*seeded.retired, *(each.entry_id for each in left if each.entry_id not in own))


def _unpin(session: Session, sample: frozenset[str], clock: Clock) -> None:
    for pin in pins.listing(session):
        if pin.entry_id in sample:
            pins.remove(session, pin.id, by=SYSTEM, now=clock())


def _take_over(session: Session, entry: Entry, clock: Clock) -> None:
    """The vendor's entry in place of the sample's of the same id, which somebody has edited."""
    record = entries.get(session, entry.id)
    draft = entries.save_draft(
        session, entry.id, entry.content, entry.version, author=BY, base=record.fingerprint, now=clock()
    )
    entries.submit(session, entry.id, draft.number, by=BY, now=clock())
    entries.approve(session, entry.id, draft.number, by=BY, four_eyes=False, now=clock())
