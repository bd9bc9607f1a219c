from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from desk import marks
from desk.clock import FixedClock
from desk.database import Database
from desk.marks import Held

MINUTE = timedelta(minutes=1)


def hold(db: Database, clock: FixedClock) -> Held | None:
    with db.write() as session:
        return marks.hold(session, "kf", duration=MINUTE, now=clock())


def move(db: Database, clock: FixedClock, held: Held, mark: str) -> Held | None:
    with db.write() as session:
        return marks.move(session, held, mark, duration=MINUTE, now=clock())


def test_a_mark_begins_empty_and_stays_where_it_was_moved(db: Database, clock: FixedClock) -> None:
    held = hold(db, clock)
    assert held is not None
    assert held.mark == ""
    move(db, clock, held, "page-2")
    with db.write() as session:
        marks.release(session, held)

    again = hold(db, clock)

    assert again is not None
    assert again.mark == "page-2"


def test_only_one_holds_it_however_many_ask_at_once(db: Database, clock: FixedClock) -> None:
    with ThreadPoolExecutor(4) as pool:
        held = list(pool.map(lambda _: hold(db, clock), range(4)))

    assert sum(one is not None for one in held) == 1


def test_whoever_died_is_waited_for_no_longer_and_moves_nothing_afterwards(db: Database, clock: FixedClock) -> None:
    dead = hold(db, clock)
    assert dead is not None
    clock.advance(MINUTE)
    heir = hold(db, clock)
    assert heir is not None
    assert move(db, clock, heir, "page-2") is not None

    assert move(db, clock, dead, "page-9") is None
    with db.write() as session:
        marks.release(session, dead)
    assert hold(db, clock) is None, "the dead one let go of what was not its own"


def test_moving_holds_it_for_longer(db: Database, clock: FixedClock) -> None:
    held = hold(db, clock)
    assert held is not None
    clock.advance(MINUTE / 2)
    move(db, clock, held, "page-2")
    clock.advance(MINUTE / 2)

    assert hold(db, clock) is None
