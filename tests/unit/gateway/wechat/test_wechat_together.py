from __future__ import annotations

import asyncio
from collections.abc import Sequence
from threading import Event

import pytest

from gateway.channels.wechat.delivering.together import AT_ONCE, Together


class Slow:
    """Writes when it is let."""

    def __init__(self) -> None:
        self.go = Event()
        self.written: list[list[int]] = []
        self.error: Exception | None = None

    def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.go.wait(10)
        self.written.append(list(numbers))
        if self.error is not None:
            raise self.error
        return [number * 10 for number in numbers]


async def begun(together: Together[int, int], *numbers: int) -> list[asyncio.Task[int]]:
    made = [asyncio.create_task(together.add(number)) for number in numbers]
    await asyncio.sleep(0.05)
    return made


async def test_what_comes_while_one_is_written_is_written_as_one() -> None:
    slow = Slow()
    together = Together(slow)
    adding = [*await begun(together, 1), *await begun(together, 2, 3, 4)]
    assert not any(task.done() for task in adding)
    slow.go.set()
    results = await asyncio.gather(*adding)

    assert slow.written == [[1], [2, 3, 4]]
    assert results == [10, 20, 30, 40]


async def test_everybody_hears_of_the_failure_of_what_they_were_in_and_the_next_is_tried_again() -> None:
    slow = Slow()
    together = Together(slow)
    slow.error = OSError("the disk is full")
    slow.go.set()
    with pytest.raises(OSError, match="full"):
        await together.add(1)
    slow.error = None
    await together.add(2)

    assert slow.written == [[1], [2]]


async def test_who_stops_waiting_takes_nothing_from_the_others() -> None:
    slow = Slow()
    together = Together(slow)
    [first] = await begun(together, 1)
    second, third = await begun(together, 2, 3)
    second.cancel()
    await asyncio.sleep(0)
    slow.go.set()
    await asyncio.gather(first, third)

    assert slow.written == [[1], [2, 3]]


async def test_idle_is_when_all_is_written_though_nobody_waits_for_it_any_more() -> None:
    slow = Slow()
    together = Together(slow)
    adding = [*await begun(together, 1), *await begun(together, 2, 3)]
    for task in adding:
        task.cancel()
    await asyncio.gather(*adding, return_exceptions=True)
    idle = asyncio.create_task(together.idle())
    await asyncio.sleep(0)
    assert not idle.done()
    slow.go.set()
    await idle

    assert slow.written == [[1], [2, 3]]


async def test_no_more_are_written_at_once_than_others_can_wait_for() -> None:
    slow = Slow()
    slow.go.set()
    together = Together(slow)
    await asyncio.gather(*(together.add(number) for number in range(2 * AT_ONCE + 1)))

    assert [len(written) for written in slow.written] == [AT_ONCE, AT_ONCE, 1]
