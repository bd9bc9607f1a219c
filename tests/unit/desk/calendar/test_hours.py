from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.calendar import Interval, WorkingHours

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = WorkingHours()
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(SHANGHAI))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "working"),
    [
        ("2026-11-23T08:29:59", False),  # a Monday
        ("2026-11-23T08:30:00", True),
        ("2026-11-23T11:59:59", True),
        ("2026-11-23T12:00:00", False),
        ("2026-11-23T13:30:00", True),
        ("2026-11-23T18:00:00", False),
        ("2026-11-22T10:00:00", False),  # a Sunday
    ],
)
def test_working_hours_begin_with_their_first_second_and_end_before_their_last(moment: str, working: bool) -> None:
    assert HOURS.is_working(at(moment)) is working


def test_a_time_elsewhere_counts_by_the_clock_on_the_wall_in_china() -> None:
    assert HOURS.is_working(datetime(2026, 11, 23, 1, 0, tzinfo=timezone.utc))  # 09:00 in Shanghai


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-11-20T23:00:00", "2026-11-23T08:30:00"),  # Friday night to Monday
        ("2026-11-23T07:00:00", "2026-11-23T08:30:00"),
        ("2026-11-23T12:10:00", "2026-11-23T13:30:00"),
        ("2026-11-23T08:30:00", "2026-11-23T13:30:00"),
    ],
)
def test_the_next_opening_is_the_next_moment_work_begins(moment: str, opening: str) -> None:
    assert HOURS.next_opening(at(moment)) == at(opening)


def test_holidays_are_off_and_makeup_days_are_worked() -> None:
    hours = WorkingHours(holidays=frozenset({date(2026, 10, 1)}), makeup=frozenset({date(2026, 10, 10)}))
    assert not hours.is_working(at("2026-10-01T10:00:00"))  # a Thursday
    assert hours.is_working(at("2026-10-10T10:00:00"))  # a Saturday
    assert hours.next_opening(at("2026-09-30T18:00:00")) == at("2026-10-02T08:30:00")


def test_hours_that_never_open_have_no_next_opening() -> None:
    assert WorkingHours(week={}).next_opening(at("2026-11-23T10:00:00")) is None


def test_an_opening_after_the_clocks_change_is_not_missed() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    hours = WorkingHours(week={6: (Interval(time(2, 30), time(9)),)}, tz=berlin)  # Sundays
    just_before = datetime(2026, 10, 25, 0, 29, tzinfo=timezone.utc)  # 02:29, the first time that night
    opening = hours.next_opening(just_before)
    assert opening is not None
    assert opening - just_before <= timedelta(minutes=1)


def test_an_interval_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="18:00-09:00"):
        Interval(time(18), time(9))


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="no offset"):
        HOURS.is_working(datetime(2026, 11, 23, 10, 0))


@given(MOMENTS)
def test_work_begins_at_the_next_opening_and_at_no_moment_before(now: datetime) -> None:
    opening = HOURS.next_opening(now)
    assert opening is not None
    assert opening > now
    assert HOURS.is_working(opening)
    assert not HOURS.is_working(opening - timedelta(seconds=1))
    if not HOURS.is_working(now):
        assert not HOURS.is_working(now + (opening - now) / 2)
