from __future__ import annotations

import pytest

from desk.errors import StoreBusy
from gateway.patience import patiently


class Store:
    """Busy for the first so many calls."""

    def __init__(self, busy: int) -> None:
        self.busy, self.calls = busy, 0

    def commit(self) -> str:
        self.calls += 1
        if self.calls <= self.busy:
            raise StoreBusy("the database was locked for more than 5 s; try again")
        return "committed"


async def test_a_busy_store_is_asked_until_it_answers() -> None:
    store = Store(busy=2)
    assert await patiently(store.commit, pauses=(0.0, 0.0, 0.0)) == "committed"
    assert store.calls == 3


async def test_a_store_that_stays_busy_is_reported_in_the_end() -> None:
    with pytest.raises(StoreBusy):
        await patiently(Store(busy=9).commit, pauses=(0.0, 0.0))


async def test_other_errors_are_not_tried_again() -> None:
    calls: list[int] = []

    def fail() -> None:
        calls.append(1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await patiently(fail, pauses=(0.0,))
    assert len(calls) == 1
