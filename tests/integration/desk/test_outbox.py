from __future__ import annotations

from datetime import timedelta

import pytest

from desk import outbox
from desk.clock import FixedClock
from desk.conversations import Conversation
from desk.database import Database
from desk.errors import IllegalMove, NotFound
from desk.outbox import Delivery, DeliveryDraft


def enqueue(db: Database, clock: FixedClock, *keys: str, conversation_id: int | None = None) -> list[bool]:
    with db.write() as session:
        return [
            outbox.enqueue(
                session,
                DeliveryDraft("text", "wechat", {"text": "您好"}, key, conversation_id=conversation_id),
                now=clock(),
            )
            for key in keys
        ]


def lease(db: Database, clock: FixedClock, limit: int = 10) -> tuple[Delivery, ...]:
    with db.write() as session:
        return outbox.lease(session, limit=limit, now=clock())


def test_a_dedupe_key_is_sent_once(db: Database, clock: FixedClock) -> None:
    assert enqueue(db, clock, "a", "a") == [True, False]
    assert len(lease(db, clock)) == 1


def test_what_is_leased_is_not_leased_again(db: Database, clock: FixedClock) -> None:
    enqueue(db, clock, "a", "b", "c")
    first, second = lease(db, clock, limit=2), lease(db, clock, limit=2)
    assert [each.dedupe_key for each in (*first, *second)] == ["a", "b", "c"]
    assert first[0].payload == {"text": "您好"}
    assert lease(db, clock) == ()


def test_nothing_is_leased_before_its_time(db: Database, clock: FixedClock) -> None:
    draft = DeliveryDraft("text", "wechat", {}, "later", not_before=clock() + timedelta(hours=1))
    with db.write() as session:
        outbox.enqueue(session, draft, now=clock())
    assert lease(db, clock) == ()
    clock.advance(timedelta(hours=1))
    assert len(lease(db, clock)) == 1


def test_sent_is_sent(db: Database, clock: FixedClock) -> None:
    enqueue(db, clock, "a")
    (delivery,) = lease(db, clock)
    with db.write() as session:
        assert outbox.mark_sent(session, delivery, now=clock())
        assert not outbox.mark_sent(session, delivery, now=clock())
    clock.advance(timedelta(days=1))
    assert lease(db, clock) == ()
    with db.read() as session:
        assert outbox.counts(session).sent == 1


def test_a_failure_is_tried_again_after_ever_longer_pauses_and_parked_in_the_end(
    db: Database, clock: FixedClock
) -> None:
    enqueue(db, clock, "a")
    pauses, status = [], None
    while status != "parked":
        (delivery,) = lease(db, clock)
        with db.write() as session:
            status = outbox.mark_failed(session, delivery, "45015", now=clock())
        pauses.append(outbox.pause(delivery.attempts))
        clock.advance(pauses[-1] - timedelta(seconds=1))
        assert lease(db, clock) == ()
        clock.advance(timedelta(seconds=1))
    assert [int(pause.total_seconds()) for pause in pauses] == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560]


def test_a_refusal_is_final(db: Database, clock: FixedClock) -> None:
    enqueue(db, clock, "a")
    (delivery,) = lease(db, clock)
    with db.write() as session:
        assert outbox.mark_failed(session, delivery, "40003", permanent=True, now=clock()) == "failed"
        tried = outbox.retry(session, delivery.id, now=clock())  # unless a person says otherwise
    assert (tried.status, tried.attempts, tried.last_error) == ("pending", 0, "40003")


def test_a_sender_that_died_is_replaced_and_the_doubt_is_counted(db: Database, clock: FixedClock) -> None:
    enqueue(db, clock, "a")
    (lost,) = lease(db, clock)
    clock.advance(timedelta(seconds=60))
    (again,) = lease(db, clock)
    assert (again.id, again.attempts, again.ambiguous) == (lost.id, 2, 1)
    with db.write() as session:
        assert not outbox.mark_sent(session, lost, now=clock())  # too late: the lease is somebody else's
        assert outbox.mark_failed(session, lost, "late", now=clock()) is None
        assert not outbox.park(session, lost, "late")
        assert outbox.mark_sent(session, again, now=clock())
        assert outbox.counts(session).ambiguous == 1


def test_what_kills_every_sender_is_parked(db: Database, clock: FixedClock) -> None:
    enqueue(db, clock, "a")
    for _ in range(outbox.MAX_ATTEMPTS):
        assert len(lease(db, clock)) == 1
        clock.advance(timedelta(minutes=2))
    assert lease(db, clock) == ()
    with db.read() as session:
        counts = outbox.counts(session)
    assert (counts.parked, counts.leased, counts.ambiguous) == (1, 0, outbox.MAX_ATTEMPTS)


def test_what_is_parked_waits_for_its_customer(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    enqueue(db, clock, "a", conversation_id=conversation.id)
    (delivery,) = lease(db, clock)
    with db.write() as session:
        assert outbox.park(session, delivery, "48 h over")
    with db.write() as session:
        (waiting,) = outbox.parked(session, conversation.id)
        assert waiting.last_error == "48 h over"
        outbox.retry(session, waiting.id, now=clock())
    assert len(lease(db, clock)) == 1


def test_what_is_for_customers_and_for_others_is_taken_apart(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    enqueue(db, clock, "robot")
    enqueue(db, clock, "follower", conversation_id=conversation.id)
    with db.write() as session:
        customers = outbox.lease(session, to="customers", now=clock())
        others = outbox.lease(session, to="others", now=clock())
    assert ([row.dedupe_key for row in customers], [row.dedupe_key for row in others]) == (["follower"], ["robot"])


def test_only_what_was_given_up_is_retried(db: Database, clock: FixedClock) -> None:
    enqueue(db, clock, "a")
    with pytest.raises(IllegalMove), db.write() as session:
        outbox.retry(session, 1, now=clock())
    with pytest.raises(NotFound), db.write() as session:
        outbox.retry(session, 404, now=clock())
