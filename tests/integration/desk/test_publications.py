from __future__ import annotations

import pytest

from desk import audit, pins, publications
from desk.audit import SYSTEM
from desk.clock import FixedClock
from desk.database import Database
from desk.errors import AlreadyExists, NotFound
from desk.pins import Pin
from desk.publications import Kind, Publication, State
from tests.integration.desk.knowledge import AUTHOR, save


def record(db: Database, clock: FixedClock, build_id: str, state: State, kind: Kind = "publish") -> Publication:
    with db.write() as session:
        return publications.record(
            session, kind, build_id, by=AUTHOR, state=state, report={"changed": [1]}, now=clock()
        )


def test_the_latest_is_what_is_live_whichever_way_it_came_there(db: Database, clock: FixedClock) -> None:
    with db.read() as session:
        assert publications.latest(session) is None
    first = record(db, clock, "b1", "published")
    refused = record(db, clock, "b2", "refused")
    back = record(db, clock, "b0", "published", "rollback")
    failed = record(db, clock, "", "failed")

    with db.read() as session:
        assert publications.latest(session) == back
        assert publications.latest(session, kind="publish") == first
        assert publications.latest(session, state=None) == failed
        assert publications.listing(session) == (failed, back, refused, first)
        assert publications.listing(session, limit=1, offset=1) == (back,)
        assert publications.get(session, refused.id).report == {"changed": [1]}
        assert audit.listing(session, action="publication.refused")[0].actor == AUTHOR
        with pytest.raises(NotFound):
            publications.get(session, failed.id + 1)


# -- pinned questions ----------------------------------------------------------------------------


@pytest.fixture
def two_entries(db: Database, clock: FixedClock) -> None:
    save(db, "faq-a", "甲", clock())
    save(db, "faq-b", "乙", clock())


def pin(db: Database, clock: FixedClock, text: str, entry_id: str = "faq-a") -> Pin:
    with db.write() as session:
        return pins.add(session, text, entry_id, author=AUTHOR, now=clock())


@pytest.mark.usefixtures("two_entries")
def test_a_question_is_pinned_to_one_entry(db: Database, clock: FixedClock) -> None:
    pinned = pin(db, clock, " 怎么保存 ")

    assert pin(db, clock, "怎么保存") == pinned
    with pytest.raises(AlreadyExists, match="pinned to faq-a"):
        pin(db, clock, "怎么保存", "faq-b")
    with pytest.raises(NotFound):
        pin(db, clock, "别的问题", "faq-none")
    with pytest.raises(ValueError, match="words"):
        pin(db, clock, " ")
    with db.read() as session:
        assert pins.listing(session) == pins.listing(session, entry_id="faq-a") == (pinned,)
        assert pins.listing(session, entry_id="faq-b") == ()


@pytest.mark.usefixtures("two_entries")
def test_shipped_questions_are_pinned_once_and_a_removed_one_stays_away(db: Database, clock: FixedClock) -> None:
    mine = pin(db, clock, "怎么保存", "faq-b")
    asked = {"怎么保存": "faq-a", "保存在哪": "faq-a", "存不了": "faq-b"}

    def seed() -> int:
        with db.write() as session:
            return pins.seed(session, asked, now=clock())

    assert seed() == 2
    with db.write() as session:
        removed = next(each for each in pins.listing(session) if each.text == "存不了")
        pins.remove(session, removed.id, by=AUTHOR, now=clock())
    assert seed() == 0
    with db.read() as session:
        assert [(each.text, each.entry_id) for each in pins.listing(session)] == [
            (mine.text, "faq-b"),
            ("保存在哪", "faq-a"),
        ]
    with pytest.raises(NotFound), db.write() as session:
        pins.remove(session, removed.id, by=AUTHOR, now=clock())


@pytest.mark.usefixtures("two_entries")
def test_a_question_that_no_person_has_removed_comes_back_with_its_file(db: Database, clock: FixedClock) -> None:
    with db.write() as session:
        pins.seed(session, {"存不了": "faq-b"}, now=clock())
        (shipped,) = pins.listing(session)
        pins.remove(session, shipped.id, by=SYSTEM, now=clock())
        assert pins.seed(session, {"存不了": "faq-b"}, now=clock()) == 1


@pytest.mark.usefixtures("two_entries")
def test_a_shipped_question_of_no_entry_is_named(db: Database, clock: FixedClock) -> None:
    with pytest.raises(NotFound, match="faq-none"), db.write() as session:
        pins.seed(session, {"怎么保存": "faq-none"}, now=clock())
