import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from desk import conversations, outbox, sending
from desk.clock import FixedClock
from desk.database import Database
from desk.errors import NotFound
from desk.outbox import Delivery, DeliveryDraft
from gongda.deliveries import CUSTOMERS, Deliveries

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=timezone.utc)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'desk.db'}").open()
    made.migrate()
    yield made
    made.close()


def enqueue(database: Database, key: str, kind: str = "note", conversation_id: int | None = None) -> None:
    with database.write() as session:
        draft = DeliveryDraft(kind=kind, channel="test", payload={"key": key}, dedupe_key=key)
        outbox.enqueue(session, draft, now=NOW)


class Sender:
    """Marks what it is given as sent and remembers it."""

    def __init__(self, database: Database, clock: FixedClock, fails: int = 0) -> None:
        self.sent: list[str] = []
        self._database = database
        self._clock = clock
        self._fails = fails

    async def __call__(self, delivery: Delivery) -> None:
        await asyncio.sleep(0)
        with self._database.write() as session:
            if self._fails:
                self._fails -= 1
                outbox.mark_failed(session, delivery, "busy", now=self._clock())
                return
            self.sent.append(str(delivery.payload["key"]))
            outbox.mark_sent(session, delivery, now=self._clock())


async def close() -> None:
    return None


async def test_a_tick_sends_what_is_due_once(database: Database) -> None:
    clock = FixedClock(NOW)
    sender = Sender(database, clock)
    deliveries = Deliveries(database, clock, {"note": sender}, close)
    for key in ("a", "b", "c"):
        enqueue(database, key)

    assert await deliveries.tick() == 3
    await deliveries.idle()
    assert await deliveries.tick() == 0
    assert sender.sent == ["a", "b", "c"]


async def test_more_texts_to_customers_than_are_sent_at_once_go_out_in_one_tick(database: Database) -> None:
    clock = FixedClock(NOW)
    sender = Sender(database, clock)
    deliveries = Deliveries(database, clock, {"note": sender}, close)
    with database.write() as session:
        for number in range(2 * CUSTOMERS + 1):
            talk = conversations.open_for(session, "wechat", f"o{number}", now=NOW)
            made = DeliveryDraft("note", "test", {"key": str(number)}, f"k{number}", conversation_id=talk.id)
            outbox.enqueue(session, made, now=NOW)

    assert await deliveries.tick() == 2 * CUSTOMERS + 1
    assert len(set(sender.sent)) == len(sender.sent) == 2 * CUSTOMERS + 1


async def test_a_row_that_its_sender_breaks_on_takes_no_other_with_it(database: Database) -> None:
    clock = FixedClock(NOW)
    sender = Sender(database, clock)

    async def breaks(delivery: Delivery) -> None:
        raise NotFound("the conversation was erased meanwhile")

    deliveries = Deliveries(database, clock, {"note": sender, "broken": breaks}, close)
    with database.write() as session:
        for number, kind in enumerate(("broken", "note")):
            talk = conversations.open_for(session, "wechat", f"o{number}", now=NOW)
            made = DeliveryDraft(kind, "test", {"key": kind}, kind, conversation_id=talk.id)
            outbox.enqueue(session, made, now=NOW)

    assert await deliveries.tick() == 2
    assert sender.sent == ["note"]


async def test_a_failed_one_comes_again_later(database: Database) -> None:
    clock = FixedClock(NOW)
    sender = Sender(database, clock, fails=1)
    deliveries = Deliveries(database, clock, {"note": sender}, close)
    enqueue(database, "a")

    await deliveries.tick()
    await deliveries.idle()
    assert sender.sent == []
    clock.advance(timedelta(minutes=5))
    await deliveries.tick()
    await deliveries.idle()

    assert sender.sent == ["a"]


async def test_a_kind_nobody_sends_fails_visibly(database: Database) -> None:
    clock = FixedClock(NOW)
    deliveries = Deliveries(database, clock, {}, close)
    enqueue(database, "a", kind="pigeon")

    await deliveries.tick()
    await deliveries.idle()

    with database.read() as session:
        assert outbox.counts(session).failed == 1


async def test_a_store_in_trouble_ends_the_tick_quietly(database: Database) -> None:
    clock = FixedClock(NOW)
    deliveries = Deliveries(Database("sqlite:////nonexistent-folder/x/desk.db"), clock, {}, close)

    with pytest.raises(RuntimeError, match="not open"):
        await deliveries.tick()
    await deliveries.idle()


async def test_a_lane_that_hangs_holds_up_nobody_and_is_not_entered_twice(database: Database) -> None:
    clock = FixedClock(NOW)
    quick, hanging = Sender(database, clock), asyncio.Event()

    async def slow(delivery: Delivery) -> None:
        await hanging.wait()
        await quick(delivery)

    deliveries = Deliveries(database, clock, {"note": quick, "slow": slow}, close)
    enqueue(database, "a", kind="slow")

    assert await deliveries.tick() == 1
    enqueue(database, "b", kind="slow")
    enqueue(database, "c")
    assert await deliveries.tick() == 1

    hanging.set()
    await deliveries.idle()
    assert sorted(quick.sent) == ["a", "c"]
    await deliveries.tick()
    await deliveries.idle()
    assert sorted(quick.sent) == ["a", "b", "c"]


async def test_a_worker_that_has_to_stop_finishes_one_and_gives_the_rest_back(database: Database) -> None:
    clock = FixedClock(NOW)
    quick, hanging = Sender(database, clock), asyncio.Event()

    async def slow(delivery: Delivery) -> None:
        await hanging.wait()
        await quick(delivery)

    deliveries = Deliveries(database, clock, {"slow": slow}, close)
    for key in ("a", "b"):
        enqueue(database, key, kind="slow")
    await deliveries.tick()
    await asyncio.sleep(0)

    stopping = asyncio.create_task(deliveries.finish())
    await asyncio.sleep(0)
    hanging.set()
    await stopping

    assert quick.sent == ["a"]
    with database.read() as session:
        (left,) = sending.listing(session, status="pending")
    assert (left.dedupe_key, left.attempts, left.ambiguous) == ("b", 0, 0)
