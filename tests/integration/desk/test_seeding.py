from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from desk import audit, entries
from desk.clock import FixedClock
from desk.database import Database
from desk.entries import Seed, Seeded
from tests.integration.desk.knowledge import AUTHOR, REVIEWER, content, fingerprint, save


def seeded(db: Database, clock: FixedClock, files: Mapping[str, str]) -> Seeded:
    seeds = [Seed(entry_id, content(text), fingerprint(content(text))) for entry_id, text in files.items()]
    with db.write() as session:
        return entries.seed(session, seeds, now=clock.advance(timedelta(minutes=1)))


def in_force(db: Database) -> dict[str, str]:
    with db.read() as session:
        return {each.entry_id: each.content["answer"] for each in entries.in_force(session)}


def test_an_empty_desk_takes_the_files_as_approved(db: Database, clock: FixedClock) -> None:
    assert seeded(db, clock, {"faq-a": "甲", "faq-b": "乙"}) == Seeded(new=("faq-a", "faq-b"))
    assert in_force(db) == {"faq-a": "甲", "faq-b": "乙"}
    with db.read() as session:
        record, version = entries.get(session, "faq-a"), entries.version(session, "faq-a", 1)
    assert (record.origin, record.review_on is not None, version.reviewer) == ("system", True, "system")


def test_seeding_again_changes_nothing(db: Database, clock: FixedClock) -> None:
    files = {"faq-a": "甲", "faq-b": "乙"}
    seeded(db, clock, files)
    with db.read() as session:
        before = (entries.listing(session), audit.listing(session))

    assert seeded(db, clock, files) == Seeded()
    with db.read() as session:
        assert (entries.listing(session), audit.listing(session)) == before


def test_entries_follow_their_files(db: Database, clock: FixedClock) -> None:
    seeded(db, clock, {"faq-a": "甲", "faq-b": "乙", "faq-c": "丙"})

    assert seeded(db, clock, {"faq-a": "甲二", "faq-c": "丙", "faq-d": "丁"}) == Seeded(
        new=("faq-d",), changed=("faq-a",), retired=("faq-b",)
    )
    assert in_force(db) == {"faq-a": "甲二", "faq-c": "丙", "faq-d": "丁"}
    with db.read() as session:
        assert [version.state for version in entries.versions(session, "faq-a")] == ["superseded", "approved"]


def test_a_file_that_comes_back_brings_its_entry_back(db: Database, clock: FixedClock) -> None:
    seeded(db, clock, {"faq-a": "甲", "faq-b": "乙"})
    seeded(db, clock, {"faq-a": "甲"})

    assert seeded(db, clock, {"faq-a": "甲", "faq-b": "乙"}) == Seeded(changed=("faq-b",))
    assert in_force(db) == {"faq-a": "甲", "faq-b": "乙"}
    with db.read() as session:
        assert len(entries.versions(session, "faq-b")) == 1


def test_what_a_person_has_edited_no_longer_follows_its_file(db: Database, clock: FixedClock) -> None:
    seeded(db, clock, {"faq-a": "甲", "faq-b": "乙"})
    save(db, "faq-a", "编辑改的", clock())

    assert seeded(db, clock, {"faq-a": "文件又改", "faq-b": "乙"}) == Seeded()
    assert seeded(db, clock, {"faq-b": "乙"}) == Seeded()
    assert in_force(db)["faq-a"] == "甲"


def test_what_a_person_has_retired_stays_retired(db: Database, clock: FixedClock) -> None:
    seeded(db, clock, {"faq-a": "甲", "faq-b": "乙"})
    with db.write() as session:
        entries.retire(session, "faq-a", by=REVIEWER, reason="不要", now=clock())

    assert seeded(db, clock, {"faq-a": "甲二", "faq-b": "乙"}) == Seeded()
    assert in_force(db) == {"faq-b": "乙"}


def test_an_entry_that_a_person_began_under_the_same_id_is_left_alone(db: Database, clock: FixedClock) -> None:
    save(db, "faq-a", "人写的", clock(), author=AUTHOR)

    assert seeded(db, clock, {"faq-a": "文件的", "faq-b": "乙"}) == Seeded(new=("faq-b",))
    with db.read() as session:
        assert entries.get(session, "faq-a").state == "draft"


def test_no_files_at_all_do_not_retire_everything(db: Database, clock: FixedClock) -> None:
    seeded(db, clock, {"faq-a": "甲"})

    with pytest.raises(ValueError, match="no entry to seed"):
        seeded(db, clock, {})
    assert in_force(db) == {"faq-a": "甲"}


def test_an_id_that_occurs_twice_is_named(db: Database, clock: FixedClock) -> None:
    twice = [Seed("faq-a", content(text), fingerprint(content(text))) for text in ("甲", "乙")]

    with pytest.raises(ValueError, match="faq-a occurs twice"), db.write() as session:
        entries.seed(session, twice, now=clock())
