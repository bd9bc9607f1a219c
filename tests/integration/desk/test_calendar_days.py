from __future__ import annotations

from datetime import date, timedelta

import pytest

from desk import audit
from desk.calendar import LiveHours, SpecialDay, WorkingHours, own, read_hours, statutory_days
from desk.clock import FixedClock
from desk.database import Database

DAY = date(2026, 11, 25)
PARTY = SpecialDay("holiday", "年会")


def decide(db: Database, clock: FixedClock, special: SpecialDay = PARTY, day: date = DAY) -> bool:
    with db.write() as session:
        return own.decide(session, day, special, by="agent:1", now=clock())


def test_a_decision_is_kept_with_who_made_it_and_when(db: Database, clock: FixedClock) -> None:
    assert decide(db, clock)
    with db.read() as session:
        (kept,) = own.listing(session, year=2026)
        assert own.listing(session, year=2027) == ()
        assert own.special_days(session) == {DAY: PARTY}
    assert (kept.day, kept.special, kept.changed_by, kept.changed_at) == (DAY, PARTY, "agent:1", clock())


def test_each_change_is_audited_with_what_it_was_before(db: Database, clock: FixedClock) -> None:
    decide(db, clock)
    decide(db, clock, SpecialDay("workday", "", 4))
    assert not decide(db, clock, SpecialDay("workday", "", 4))
    with db.write() as session:
        assert own.withdraw(session, DAY, by="agent:1", now=clock())
        assert not own.withdraw(session, DAY, by="agent:1", now=clock())
    with db.read() as session:
        lines = audit.listing(session, subject="day:2026-11-25")
    party = {"kind": "holiday", "name": "年会", "weekday": None}
    worked = {"kind": "workday", "name": "", "weekday": 4}
    assert [(line.detail["old"], line.detail["new"]) for line in reversed(lines)] == [
        (None, party),
        (party, worked),
        (worked, None),
    ]


@pytest.mark.parametrize(
    "special", [SpecialDay("holiday", "长" * 21), SpecialDay("holiday", "", 1), SpecialDay("workday", "", 7)]
)
def test_a_decision_that_makes_no_sense_is_refused(db: Database, clock: FixedClock, special: SpecialDay) -> None:
    with pytest.raises(ValueError, match=r"at most 20 characters|only a workday"):
        decide(db, clock, special)


def test_what_an_operator_changes_counts_within_ten_seconds(db: Database, clock: FixedClock) -> None:
    live = LiveHours(db, WorkingHours(), clock)
    first = live.current()
    assert first.table == statutory_days()
    decide(db, clock)
    clock.advance(timedelta(seconds=9))
    assert live.current() is first
    clock.advance(timedelta(seconds=1))
    assert live.current().special(DAY) == PARTY


def test_hours_stay_the_same_object_as_long_as_nothing_changes(db: Database, clock: FixedClock) -> None:
    live = LiveHours(db, WorkingHours(), clock)
    first = live.current()
    clock.advance(timedelta(minutes=1))
    assert live.current() is first


def test_a_decision_that_is_withdrawn_is_forgotten(db: Database, clock: FixedClock) -> None:
    decide(db, clock)
    live = LiveHours(db, WorkingHours(), clock)
    assert live.current().special(DAY) == PARTY
    with db.write() as session:
        own.withdraw(session, DAY, by="agent:1", now=clock())
        assert read_hours(session, live.current()).special(DAY) is None


def test_a_store_that_does_not_answer_leaves_the_hours_as_they_were(clock: FixedClock) -> None:
    nowhere = Database("postgresql+psycopg://postgres@/desk?host=/nowhere", busy_timeout=0.1).open()
    live = LiveHours(nowhere, WorkingHours(), clock)
    assert live.current().table == statutory_days()
    assert live.current().own == {}
    nowhere.close()
