from __future__ import annotations

import logging

import pytest

from desk import conversations
from desk.clock import FixedClock
from desk.database import Database
from desk.errors import StoreBusy
from desk.session import Session
from gateway.timers.one_by_one import one_by_one
from tests.integration.gateway.turn_world import NOW


@pytest.fixture
def db(tmp_path) -> Database:
    made = Database(f"sqlite:///{tmp_path / 'desk.db'}").open()
    made.migrate()
    return made


def begins(session: Session, name: str) -> int:
    """A conversation of that name; the one called bad is begun, too, before it fails."""
    conversations.open_for(session, "web", name, now=FixedClock(NOW)())
    if name == "bad":
        raise ValueError("cannot be done")
    return 1


def begun(db: Database, name: str) -> bool:
    with db.read() as session:
        return conversations.find(session, "web", name) is not None


def test_one_that_fails_is_undone_and_logged_and_those_behind_it_are_done(db, caplog) -> None:
    with caplog.at_level(logging.ERROR):
        assert one_by_one(db, ["a", "bad", "b"], begins, "not begun") == 2

    assert [begun(db, name) for name in ("a", "bad", "b")] == [True, False, True]
    assert "not begun: bad" in caplog.text


def test_the_stores_trouble_ends_it_and_what_is_done_stays(db) -> None:
    def busy(session: Session, name: str) -> int:
        if name == "b":
            raise StoreBusy("locked")
        return begins(session, name)

    with pytest.raises(StoreBusy):
        one_by_one(db, ["a", "b", "c"], busy, "not begun")

    assert [begun(db, name) for name in ("a", "b", "c")] == [True, False, False]


def test_no_more_are_done_than_wanted(db) -> None:
    assert one_by_one(db, ["a", "b", "c"], begins, "not begun", at_most=2) == 2

    assert not begun(db, "c")
