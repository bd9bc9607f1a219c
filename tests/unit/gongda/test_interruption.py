"""Being told to stop is not forgotten."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from gongda.interruption import Interruption

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture
def interruption() -> Iterator[Interruption]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    made = Interruption()
    made.listen()
    yield made
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_interrupts_what_is_under_way(interruption: Interruption, number: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), number)


def test_an_interrupt_that_the_interpreter_threw_away_is_raised_at_the_next_look(
    interruption: Interruption, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.unraisablehook", lambda _: None)  # it says so on standard error
    interruption.check()

    finalized = _Finalized()
    del finalized

    with pytest.raises(KeyboardInterrupt):
        interruption.check()


def test_what_is_begun_is_noted_down_before_the_interrupt(interruption: Interruption) -> None:
    noted: list[str] = []

    def begin() -> None:
        with interruption.held():
            os.kill(os.getpid(), signal.SIGTERM)
            noted.append("a process")

    with pytest.raises(KeyboardInterrupt):
        begin()

    assert noted == ["a process"]


class _Finalized:
    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
