from __future__ import annotations

from gateway.breaker import Breaker


class Stopwatch:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def opened(time: Stopwatch) -> Breaker:
    breaker = Breaker(failures=3, open_for=10.0, time=time)
    for _ in range(3):
        assert breaker.allows()
        breaker.failed()
    return breaker


def test_a_closed_breaker_lets_everything_through() -> None:
    breaker = Breaker(failures=3)

    breaker.failed()
    breaker.failed()

    assert breaker.allows()


def test_failures_in_a_row_open_it() -> None:
    assert not opened(Stopwatch()).allows()


def test_a_success_in_between_starts_the_count_anew() -> None:
    breaker = Breaker(failures=3)
    for _ in range(5):
        breaker.failed()
        breaker.failed()
        breaker.succeeded()

    assert breaker.allows()


def test_after_the_pause_one_call_is_tried_and_only_one() -> None:
    time = Stopwatch()
    breaker = opened(time)
    time.now = 10.0

    assert breaker.allows()
    assert not breaker.allows()


def test_a_failed_try_opens_it_again_for_the_whole_pause() -> None:
    time = Stopwatch()
    breaker = opened(time)
    time.now = 10.0
    breaker.allows()
    time.now = 12.0
    breaker.failed()

    time.now = 21.0
    assert not breaker.allows()
    time.now = 22.0
    assert breaker.allows()


def test_a_successful_try_closes_it() -> None:
    time = Stopwatch()
    breaker = opened(time)
    time.now = 10.0
    breaker.allows()

    breaker.succeeded()

    assert breaker.allows()
    assert breaker.allows()
