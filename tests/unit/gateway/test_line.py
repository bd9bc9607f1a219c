from __future__ import annotations

import asyncio

import pytest

from gateway.turns.line import Line


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Office:
    """One place; whoever is let in writes their name down."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.line = Line(places=1, fresh=4.0, now=self.clock)
        self.let_in: list[str] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def comes(self, name: str, since: float) -> None:
        self.tasks[name] = asyncio.create_task(self._turn(name, since))
        await asyncio.sleep(0)

    async def _turn(self, name: str, since: float) -> None:
        async with self.line.place(since):
            self.let_in.append(name)

    async def closes(self) -> None:
        await asyncio.wait_for(asyncio.gather(*self.tasks.values(), return_exceptions=True), 5)


@pytest.fixture
def office() -> Office:
    return Office()


async def test_nobody_waits_while_there_is_a_place(office: Office) -> None:
    await office.comes("only", 100.0)

    assert office.let_in == ["only"]


async def test_the_latest_of_those_who_still_watch_is_next_and_then_the_oldest(office: Office) -> None:
    async with office.line.place(90.0):
        for name, since in (("stale", 91.0), ("staler", 90.5), ("fresh", 97.0), ("fresher", 99.0)):
            await office.comes(name, since)
    await office.closes()

    assert office.let_in == ["fresher", "fresh", "staler", "stale"]


async def test_whoever_has_waited_longest_is_let_in_every_fourth_time_however_many_come(office: Office) -> None:
    async with office.line.place(90.0):
        for number in range(7):
            await office.comes(f"old {number}", 50.0 + number)
            await office.comes(f"new {number}", 99.0 + number / 10)
    await office.closes()

    assert office.let_in[:8] == ["new 6", "new 5", "new 4", "old 0", "new 3", "new 2", "new 1", "old 1"]


async def test_those_who_came_at_the_same_moment_do_not_upset_it(office: Office) -> None:
    async with office.line.place(90.0):
        for name in "abc":
            await office.comes(name, 99.0)
    await office.closes()

    assert sorted(office.let_in) == ["a", "b", "c"]


async def test_no_place_is_lost_with_whoever_stops_waiting(office: Office) -> None:
    async with office.line.place(90.0):
        await office.comes("gone", 99.0)
        await office.comes("stays", 98.0)
        office.tasks["gone"].cancel()
        await asyncio.sleep(0)
    await office.closes()
    await office.comes("later", 100.0)

    assert office.let_in == ["stays", "later"]


async def test_a_place_that_comes_to_somebody_who_has_just_gone_is_passed_on(office: Office) -> None:
    async with office.line.place(90.0):
        await office.comes("gone", 99.0)
        await office.comes("stays", 98.0)
    office.tasks["gone"].cancel()  # has been let in, and does not know yet
    await office.closes()
    await office.comes("later", 100.0)

    assert office.let_in[-2:] == ["stays", "later"]


async def test_no_more_are_in_work_than_there_are_places() -> None:
    line, inside, most = Line(places=3), 0, 0

    async def turn(since: float) -> None:
        nonlocal inside, most
        async with line.place(since):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(turn(float(since)) for since in range(40)))

    assert most == 3
