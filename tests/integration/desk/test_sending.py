"""What a person sees of the outbox, and may do about it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desk import outbox, sending
from desk.clock import FixedClock
from desk.conversations import Conversation
from desk.database import Database
from desk.errors import IllegalMove, NotFound
from desk.outbox import Delivery, DeliveryDraft
from desk.sending import KindCounts


def enqueue(db: Database, clock: FixedClock, key: str, kind: str = "robot", conversation_id: int | None = None) -> None:
    with db.write() as session:
        outbox.enqueue(session, DeliveryDraft(kind, "x", {}, key, conversation_id=conversation_id), now=clock())


def lease(db: Database, clock: FixedClock, but: tuple[str, ...] = ()) -> tuple[Delivery, ...]:
    with db.write() as session:
        return outbox.lease(session, but=but, now=clock())


def fail(db: Database, clock: FixedClock, key: str, **how: bool) -> Delivery:
    enqueue(db, clock, key)
    (leased,) = lease(db, clock)
    with db.write() as session:
        outbox.mark_failed(session, leased, "no", now=clock(), **how)
        return sending.get(session, leased.id)


def test_kinds_that_are_busy_are_left_alone(db: Database, clock: FixedClock) -> None:
    enqueue(db, clock, "a", kind="robot")
    enqueue(db, clock, "b", kind="mail")

    assert [one.kind for one in lease(db, clock, but=("robot", "pigeon"))] == ["mail"]
    assert [one.kind for one in lease(db, clock)] == ["robot"]


def test_to_be_put_off_is_no_try(db: Database, clock: FixedClock) -> None:
    enqueue(db, clock, "a")
    (leased,) = lease(db, clock)
    later = clock() + timedelta(minutes=1)

    with db.write() as session:
        assert outbox.postpone(session, leased, later, "queue")
        assert not outbox.postpone(session, leased, later)
        found = sending.get(session, leased.id)

    assert (found.status, found.attempts, found.next_at, found.last_error) == ("pending", 0, later, "queue")
    assert lease(db, clock) == ()
    clock.advance(timedelta(minutes=1))
    assert len(lease(db, clock)) == 1


def test_what_was_sent_perhaps_is_counted(db: Database, clock: FixedClock) -> None:
    assert fail(db, clock, "a", perhaps_sent=True).ambiguous == 1
    assert fail(db, clock, "b").ambiguous == 0


def test_what_is_given_up_is_kept_and_can_be_tried_again(db: Database, clock: FixedClock) -> None:
    failed = fail(db, clock, "a", permanent=True)

    with db.write() as session:
        outbox.dismiss(session, failed.id, now=clock())
        assert (sending.waiting(session), outbox.counts(session).failed) == (0, 0)
        assert sending.listing(session) == ()
        assert [one.id for one in sending.listing(session, dismissed=True)] == [failed.id]

        outbox.retry(session, failed.id, now=clock())
        assert [one.id for one in sending.listing(session, status="pending")] == [failed.id]


def test_what_waits_for_its_customer_is_not_given_up(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    enqueue(db, clock, "a", kind="wechat_text", conversation_id=conversation.id)
    (leased,) = lease(db, clock)
    with db.write() as session:
        outbox.park(session, leased, "48 h")
        assert sending.waiting(session) == 0
        assert sending.stuck(session) == ()
        with pytest.raises(IllegalMove):
            outbox.dismiss(session, leased.id, now=clock())


@pytest.mark.parametrize("status", ["pending", "sent"])
def test_only_what_waits_for_a_person_is_given_up(db: Database, clock: FixedClock, status: str) -> None:
    enqueue(db, clock, "a")
    if status == "sent":
        (leased,) = lease(db, clock)
        with db.write() as session:
            outbox.mark_sent(session, leased, now=clock())
    with db.write() as session:
        (row,) = sending.listing(session)
        with pytest.raises(IllegalMove):
            outbox.dismiss(session, row.id, now=clock())
        with pytest.raises(NotFound):
            outbox.dismiss(session, 99, now=clock())


def test_each_kind_is_counted(db: Database, clock: FixedClock) -> None:
    fail(db, clock, "a", permanent=True, perhaps_sent=True)
    enqueue(db, clock, "b")
    enqueue(db, clock, "c", kind="mail")

    with db.read() as session:
        assert sending.by_kind(session) == (
            KindCounts("mail", pending=1, failed=0, parked=0, stuck=0, ambiguous=0),
            KindCounts("robot", pending=1, failed=1, parked=0, stuck=1, ambiguous=1),
        )
        assert [one.dedupe_key for one in sending.stuck(session, "robot")] == ["a"]


def test_what_went_out_lately(db: Database, clock: FixedClock) -> None:
    for key in ("a", "b"):
        enqueue(db, clock, key)
        (leased,) = lease(db, clock)
        with db.write() as session:
            outbox.mark_sent(session, leased, now=clock())
        clock.advance(timedelta(seconds=40))

    with db.read() as session:
        assert sending.sent_since(session, "robot", clock() - timedelta(minutes=1)) == (
            clock() - timedelta(seconds=40),
        )
        assert sending.sent_since(session, "mail", clock() - timedelta(hours=1)) == ()
