from __future__ import annotations

from datetime import timedelta

from desk import outbox
from desk.clock import FixedClock
from desk.database import Database
from desk.outbox import DeliveryDraft

DRAFT = DeliveryDraft("wechat_late", "wechat", {"openid": "oA"}, "promise:1")


def test_what_has_happened_in_another_way_is_not_sent_any_more(db: Database, clock: FixedClock) -> None:
    with db.write() as session:
        outbox.enqueue(session, DRAFT, now=clock())
        assert outbox.needless(session, "promise:1")
        assert outbox.lease(session, now=clock() + timedelta(days=1)) == ()


def test_who_holds_the_row_meanwhile_is_told_that_it_is_gone(db: Database, clock: FixedClock) -> None:
    with db.write() as session:
        outbox.enqueue(session, DRAFT, now=clock())
        (held,) = outbox.lease(session, now=clock())
        assert outbox.needless(session, "promise:1")
        assert not outbox.mark_sent(session, held, now=clock())


def test_what_was_sent_stays_on_record(db: Database, clock: FixedClock) -> None:
    with db.write() as session:
        outbox.enqueue(session, DRAFT, now=clock())
        (held,) = outbox.lease(session, now=clock())
        outbox.mark_sent(session, held, now=clock())
        assert not outbox.needless(session, "promise:1")
        assert outbox.counts(session).sent == 1
    with db.write() as session:
        assert not outbox.needless(session, "promise:unknown")
