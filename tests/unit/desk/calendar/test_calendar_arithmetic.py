from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from desk.calendar import Interval, SpecialDay, WorkingHours, statutory_days
from desk.errors import NoWorkingTime
from tests.timing import best_of_three

SHANGHAI, BERLIN, LORD_HOWE = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")
HOURS = WorkingHours(table=statutory_days())
MINUTE = timedelta(minutes=1)
MIDNIGHT = time(0)

times = st.integers(0, 24 * 4 - 1).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
intervals = st.tuples(times, times).filter(lambda pair: pair[0] < pair[1]).map(lambda pair: Interval(*pair))
weeks = st.dictionaries(st.integers(0, 6), st.lists(intervals, min_size=1, max_size=3).map(tuple), min_size=1)
zones = st.sampled_from([SHANGHAI, BERLIN, LORD_HOWE, timezone.utc])
days = st.dates(date(2026, 2, 1), date(2026, 2, 28))
special = st.builds(SpecialDay, st.sampled_from(["holiday", "workday", "ordinary"]))
hours = st.builds(WorkingHours, week=weeks, tz=zones, own=st.dictionaries(days, special, max_size=8))
moments = st.integers(0, 3 * 365 * 86400).map(
    lambda seconds: datetime(2024, 12, 30, tzinfo=timezone.utc) + timedelta(seconds=seconds)
)
seconds = st.integers(0, 40 * 86400)


@given(hours, moments, seconds)
def test_so_much_later_so_much_was_worked(hours: WorkingHours, start: datetime, wanted: int) -> None:
    assert hours.working_seconds(start, hours.after(start, wanted)) == wanted


@given(hours, moments, st.integers(1, 40 * 86400))
def test_no_moment_before_has_as_much_work_in_it(hours: WorkingHours, start: datetime, wanted: int) -> None:
    end = hours.after(start, wanted)
    assert hours.working_seconds(start, end - timedelta(seconds=1)) == wanted - 1


@given(hours, moments, moments, moments)
def test_work_adds_up(hours: WorkingHours, a: datetime, b: datetime, c: datetime) -> None:
    a, b, c = sorted((a, b, c))
    assert hours.working_seconds(a, b) + hours.working_seconds(b, c) == hours.working_seconds(a, c)


@given(hours, moments, moments)
def test_work_is_never_longer_than_the_time_it_takes(hours: WorkingHours, a: datetime, b: datetime) -> None:
    a, b = sorted((a, b))
    assert 0 <= hours.working_seconds(a, b) <= (b - a).total_seconds()
    assert hours.working_seconds(b, a) == 0


@given(hours, moments, seconds, seconds)
def test_more_work_is_never_done_earlier(hours: WorkingHours, start: datetime, few: int, more: int) -> None:
    few, more = sorted((few, more))
    assert hours.after(start, few) <= hours.after(start, more)


@settings(max_examples=30)
@given(
    st.sampled_from([SHANGHAI, timezone.utc]).flatmap(
        lambda tz: st.builds(WorkingHours, week=weeks, tz=st.just(tz), own=st.dictionaries(days, special, max_size=8))
    ),
    st.datetimes(datetime(2026, 1, 30), datetime(2026, 3, 2), timezones=st.just(timezone.utc)),
    st.integers(0, 4 * 1440),
)
def test_counting_minute_by_minute_gives_the_same(hours: WorkingHours, start: datetime, length: int) -> None:
    start = start.replace(second=0, microsecond=0)
    assert hours.working_seconds(start, start + length * MINUTE) == 60 * minutes_on_the_wall(hours, start, length)


# The nights on which clocks change: 2026-03-29 and 2026-10-25 in Berlin, by half an hour on Lord Howe Island.
@settings(max_examples=20)
@given(
    st.sampled_from([(BERLIN, datetime(2026, 3, 28)), (BERLIN, datetime(2026, 10, 24)),
                     (LORD_HOWE, datetime(2026, 4, 3)), (LORD_HOWE, datetime(2026, 10, 2))]),
    st.integers(0, 1440), st.integers(0, 2 * 1440),
)  # fmt: skip
@example((BERLIN, datetime(2026, 3, 28)), 0, 2880)
@example((BERLIN, datetime(2026, 10, 24)), 0, 2880)
@example((BERLIN, datetime(2026, 10, 24)), 0, 1560)
def test_work_through_the_night_on_which_clocks_change_is_the_time_that_passes(
    place: tuple[ZoneInfo, datetime], begin: int, length: int
) -> None:
    hours = WorkingHours(week=dict.fromkeys(range(7), (Interval(MIDNIGHT, MIDNIGHT),)), tz=place[0])
    start = place[1].replace(tzinfo=place[0]).astimezone(timezone.utc) + begin * MINUTE
    assert hours.working_seconds(start, start + length * MINUTE) == 60 * length
    # In UTC: a time that comes twice equals no time of another zone (PEP 495).
    assert hours.after(start, 60 * length).astimezone(timezone.utc) == start + length * MINUTE


def test_a_working_day_is_an_hour_shorter_when_the_clocks_go_forward_in_it() -> None:
    hours = WorkingHours(week={6: (Interval(time(1), time(9)),)}, tz=BERLIN)  # Sundays
    spring, autumn = (datetime(2026, *day, tzinfo=BERLIN) for day in ((3, 29), (10, 25)))
    assert hours.working_seconds(spring, spring + timedelta(days=1)) == 7 * 3600
    assert hours.working_seconds(autumn, autumn + timedelta(days=1)) == 9 * 3600


def test_a_time_that_the_clocks_skip_counts_as_that_much_later() -> None:
    hours = WorkingHours(week={6: (Interval(time(2, 30), time(9)),)}, tz=BERLIN)
    assert hours.next_opening(datetime(2026, 3, 29, 0, 0, tzinfo=timezone.utc)) == datetime(
        2026, 3, 29, 1, 30, tzinfo=timezone.utc
    )  # 02:30 does not exist: 03:30 summer time


def test_intervals_that_overlap_count_once() -> None:
    hours = WorkingHours(week={0: (Interval(time(9), time(12)), Interval(time(11), time(13)))})
    monday = datetime(2026, 11, 23, tzinfo=SHANGHAI)
    assert hours.working_seconds(monday, monday + timedelta(days=1)) == 4 * 3600


def test_work_that_goes_on_over_midnight_does_not_begin_there() -> None:
    always = WorkingHours(week=dict.fromkeys(range(7), (Interval(MIDNIGHT, MIDNIGHT),)))
    assert always.next_opening(datetime(2026, 12, 31, 23, tzinfo=SHANGHAI)) is None


def test_fractions_of_a_second_are_not_lost_on_the_way() -> None:
    start = datetime(2026, 11, 23, 11, 59, 59, 250_000, tzinfo=SHANGHAI)
    assert HOURS.after(start, 1) == datetime(2026, 11, 23, 13, 30, 0, 250_000, tzinfo=SHANGHAI)


def test_hours_that_never_open_are_said_to_never_open() -> None:
    with pytest.raises(NoWorkingTime, match="from 2026-11-23"):
        WorkingHours(week={}).after(datetime(2026, 11, 23, tzinfo=SHANGHAI), 1)


def test_a_year_takes_less_than_two_milliseconds_once_it_is_known() -> None:
    start = datetime(2026, 1, 1, tzinfo=SHANGHAI)
    HOURS.working_seconds(start, start + timedelta(days=365))

    def a_hundred_years() -> None:
        for _ in range(100):
            HOURS.working_seconds(start, start + timedelta(days=365))
            HOURS.after(start, 1900 * 3600)

    assert best_of_three(a_hundred_years) / 200 < 0.002


def minutes_on_the_wall(hours: WorkingHours, start: datetime, length: int) -> int:
    """The slow way, from the words of the rules."""
    worked = 0
    for minute in range(length):
        local = (start + minute * MINUTE).astimezone(hours.tz)
        decided = hours.own.get(local.date())
        kind = decided.kind if decided else "ordinary"
        first = min(number for number in range(7) if number in hours.week)
        spans = hours.week.get(first if kind == "workday" else local.weekday(), ()) if kind != "holiday" else ()
        worked += any(span.start <= local.time() < span.end for span in spans)
    return worked
