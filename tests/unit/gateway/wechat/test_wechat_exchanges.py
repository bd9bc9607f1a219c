from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone

from desk.clock import FixedClock
from gateway.channels.wechat.exchanges import Exchanges

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=timezone.utc)
KEEP = timedelta(seconds=60)


class Counter:
    """Computes 1, 2, 3 …"""

    def __init__(self, failure: Exception | None = None) -> None:
        self.calls = 0
        self.failure = failure

    async def __call__(self) -> int:
        self.calls += 1
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        return self.calls


async def test_those_who_ask_at_once_share_one_computation() -> None:
    counter, exchanges = Counter(), Exchanges[int](FixedClock(NOW), keep=KEEP)
    assert await asyncio.gather(*(exchanges.share("a", counter) for _ in range(5))) == [1] * 5


async def test_a_result_is_kept_for_a_while_and_then_computed_again() -> None:
    clock = FixedClock(NOW)
    counter, exchanges = Counter(), Exchanges[int](clock, keep=KEEP)
    results = [await exchanges.share("a", counter)]
    clock.advance(KEEP - timedelta(seconds=1))
    results.append(await exchanges.share("a", counter))
    clock.advance(timedelta(seconds=1))
    results.append(await exchanges.share("a", counter))
    assert results == [1, 1, 2]


async def test_a_failure_is_told_to_all_and_not_kept() -> None:
    failing, exchanges = Counter(ValueError("no")), Exchanges[int](FixedClock(NOW), keep=KEEP)
    told = await asyncio.gather(*(exchanges.share("a", failing) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in told] == [ValueError] * 3
    assert failing.calls == 1
    assert await exchanges.share("a", Counter()) == 1


async def test_no_more_than_the_limit_are_remembered() -> None:
    counter, exchanges = Counter(), Exchanges[int](FixedClock(NOW), keep=KEEP, limit=2)
    for key in ("a", "b", "c"):
        await exchanges.share(key, counter)
    assert await exchanges.share("a", counter) == 4


async def test_who_stops_waiting_does_not_stop_the_others() -> None:
    counter, exchanges = Counter(), Exchanges[int](FixedClock(NOW), keep=KEEP)
    impatient = asyncio.create_task(exchanges.share("a", counter))
    patient = asyncio.create_task(exchanges.share("a", counter))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == 1
