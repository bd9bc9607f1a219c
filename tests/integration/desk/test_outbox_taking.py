from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from desk import conversations, outbox, windows
from desk.clock import FixedClock
from desk.database import Database
from desk.outbox import Delivery, DeliveryDraft

KIND = "wechat_text"
HOUR = timedelta(hours=1)


@pytest.fixture
def talk(db: Database, clock: FixedClock) -> int:
    with db.write() as session:
        return conversations.open_for(session, "wechat", "oA", now=clock()).id


def draft(key: str, talk: int, kind: str = KIND) -> DeliveryDraft:
    return DeliveryDraft(kind, "wechat", {"text": key}, key, conversation_id=talk)


def enqueue(db: Database, clock: FixedClock, talk: int, *keys: str) -> None:
    with db.write() as session:
        for key in keys:
            outbox.enqueue(session, draft(key, talk), now=clock())


def lease(db: Database, clock: FixedClock, limit: int = 10) -> tuple[Delivery, ...]:
    with db.write() as session:
        return outbox.lease(session, limit=limit, now=clock())


def keys(rows: tuple[Delivery, ...]) -> list[str]:
    return [row.dedupe_key for row in rows]


def test_unsent_is_what_has_still_to_arrive_in_the_order_in_which_it_was_said(
    db: Database, clock: FixedClock, talk: int
) -> None:
    enqueue(db, clock, talk, "a", "b", "c", "d", "e")
    sent, failed, parked, again, _ = lease(db, clock)
    with db.write() as session:
        outbox.enqueue(session, draft("other kind", talk, "wechat_late"), now=clock())
        outbox.mark_sent(session, sent, now=clock())
        outbox.mark_failed(session, failed, "40003", permanent=True, now=clock())
        outbox.park(session, parked, "48 h", now=clock())
        outbox.mark_failed(session, again, "-1", now=clock())
        assert keys(outbox.unsent(session, talk, KIND)) == ["c", "d", "e"]
        assert keys(outbox.owed(session, talk, KIND, due_after=clock())) == ["c", "d"]
        assert keys(outbox.owed(session, talk, KIND, due_after=clock() + HOUR)) == ["c"]


def test_taken_are_pending_parked_and_our_own_and_nobody_else_s(db: Database, clock: FixedClock, talk: int) -> None:
    enqueue(db, clock, talk, "theirs")
    [theirs] = lease(db, clock)
    enqueue(db, clock, talk, "ours", "parked", "later")
    ours, parked, later = lease(db, clock)
    with db.write() as session:
        outbox.park(session, parked, "48 h", now=clock())
        outbox.postpone(session, later, clock() + HOUR)
        ids = [theirs.id, ours.id, parked.id, later.id]
        taken = outbox.take(session, ids, mine=ours.lease_token, now=clock())
    assert keys(taken) == ["ours", "parked", "later"]
    assert {row.lease_token for row in taken} == {ours.lease_token}
    assert [row.attempts for row in taken] == [1, 1, 1]
    with db.read() as session:
        assert outbox.holds(session, theirs)
        assert outbox.holds(session, taken[1])
        assert outbox.take(session, [], now=clock()) == ()


def test_of_eight_who_take_the_same_rows_one_gets_each(db: Database, clock: FixedClock, talk: int) -> None:
    enqueue(db, clock, talk, "a", "b", "c")
    with db.read() as session:
        ids = [row.id for row in outbox.unsent(session, talk, KIND)]

    def taken(_: int) -> tuple[Delivery, ...]:
        with db.write() as session:
            return outbox.take(session, ids, now=clock())

    with ThreadPoolExecutor(8) as pool:
        got = [row for rows in pool.map(taken, range(8)) for row in rows]
    assert sorted(keys(tuple(got))) == ["a", "b", "c"]


def test_what_is_enqueued_taken_or_parked_is_so_once(db: Database, clock: FixedClock, talk: int) -> None:
    with db.write() as session:
        [row] = outbox.enqueue_taken(session, draft("a", talk), duration=HOUR, now=clock())
        assert outbox.enqueue_taken(session, draft("a", talk), duration=HOUR, now=clock()) == ()
        assert outbox.enqueue_parked(session, draft("b", talk), "48 h", now=clock())
        assert not outbox.enqueue_parked(session, draft("b", talk), "48 h", now=clock())
        assert row.lease_until == clock() + HOUR
        assert outbox.status_of(session, row.id) == "leased"
        assert outbox.status_of(session, 99) is None
    assert lease(db, clock) == ()


def releasable(db: Database, clock: FixedClock) -> int:
    with db.read() as session:
        before = clock() - timedelta(seconds=90)
        return len(outbox.releasable(session, KIND, opened_before=before, parked_before=clock() - HOUR, now=clock()))


def test_what_is_parked_can_be_released_once_they_have_spoken_since(db: Database, clock: FixedClock, talk: int) -> None:
    with db.write() as session:
        outbox.enqueue_parked(session, draft("a", talk), "48 h", now=clock())
    assert releasable(db, clock) == 0  # no window at all
    clock.advance(timedelta(minutes=1))
    with db.write() as session:
        for cause in ("message", "event"):
            windows.opened(session, "wechat", "oA", cause, allowance=5, lasts=2 * HOUR, now=clock())
    assert releasable(db, clock) == 0  # perhaps it is being answered
    clock.advance(timedelta(minutes=2))
    assert releasable(db, clock) == 1
    clock.advance(2 * HOUR)
    assert releasable(db, clock) == 0


def test_what_was_parked_in_an_open_window_is_released_after_an_hour(
    db: Database, clock: FixedClock, talk: int
) -> None:
    with db.write() as session:
        windows.opened(session, "wechat", "oA", "message", allowance=5, lasts=48 * HOUR, now=clock())
    clock.advance(HOUR)
    with db.write() as session:
        outbox.enqueue_parked(session, draft("a", talk), "48001", now=clock())
    clock.advance(timedelta(minutes=59))
    assert releasable(db, clock) == 0
    clock.advance(timedelta(minutes=1))
    assert releasable(db, clock) == 1
    with db.write() as session:
        windows.emptied(session, "wechat", "oA", as_of=clock())
    assert releasable(db, clock) == 0


def test_what_is_seized_is_ours_whoever_had_it_unless_it_is_dealt_with(
    db: Database, clock: FixedClock, talk: int
) -> None:
    enqueue(db, clock, talk, "sent", "theirs")
    sent, theirs = lease(db, clock)
    enqueue(db, clock, talk, "free")
    with db.write() as session:
        outbox.mark_sent(session, sent, now=clock())
        assert outbox.seize(session, "sent", duration=HOUR, now=clock()) == ()
        assert outbox.seize(session, "unknown", duration=HOUR, now=clock()) == ()
        [free] = outbox.seize(session, "free", duration=HOUR, now=clock())
        [ours] = outbox.seize(session, "theirs", duration=HOUR, now=clock())
        assert (free.status, ours.lease_until) == ("leased", clock() + HOUR)
        assert outbox.holds(session, ours)
        assert not outbox.holds(session, theirs)


def test_what_the_dead_had_in_their_hands_is_free_at_once_and_the_rest_as_it_was(
    db: Database, clock: FixedClock, talk: int
) -> None:
    with db.write() as session:
        for key, kind in (("late", "wechat_late"), ("text", KIND)):
            outbox.enqueue_taken(session, draft(key, talk, kind), duration=HOUR, now=clock())
        outbox.enqueue_parked(session, draft("parked", talk, "wechat_late"), "48 h", now=clock())

    with db.write() as session:
        assert outbox.release(session, "wechat_late", now=clock()) == 1
        assert outbox.release(session, "wechat_late", now=clock()) == 0
    [free] = lease(db, clock)

    assert (free.dedupe_key, free.attempts, free.ambiguous) == ("late", 1, 0)
