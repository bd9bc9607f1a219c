from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from desk.clock import FixedClock, system_clock


def test_a_fixed_clock_stands_until_it_is_moved() -> None:
    clock = FixedClock(datetime(2026, 11, 23, tzinfo=timezone.utc))
    before = clock()
    assert clock() == before
    clock.advance(timedelta(minutes=5))
    assert clock() - before == timedelta(minutes=5)


def test_a_clock_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="no offset"):
        FixedClock(datetime(2026, 11, 23))


def test_the_system_clock_is_aware() -> None:
    assert system_clock().tzinfo is not None
