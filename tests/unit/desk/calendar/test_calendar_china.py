from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from desk.calendar import (
    CalendarWarning,
    Period,
    SpecialDay,
    WorkingHours,
    statutory_days,
    statutory_years,
    warnings,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
TABLE = statutory_days()
HOURS = WorkingHours(table=TABLE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(("year", "off", "worked"), [(2024, 28, 8), (2025, 28, 5), (2026, 33, 6), (2027, 13, 0)])
def test_a_year_has_as_many_days_off_and_made_up_as_its_notice(year: int, off: int, worked: int) -> None:
    kinds = Counter(special.kind for special in statutory_years()[year].days.values())
    assert kinds == Counter({"holiday": off, "workday": worked})


@pytest.mark.parametrize("year", statutory_years())
def test_make_up_days_are_weekends(year: int) -> None:
    for day, special in statutory_years()[year].days.items():
        assert day.year == year
        if special.kind == "workday":
            assert day.weekday() >= 5, day


@pytest.mark.parametrize("year", statutory_years())
def test_every_year_says_where_it_comes_from(year: int) -> None:
    known = statutory_years()[year]
    assert known.source.startswith("《")
    assert known.status == ("provisional" if year == 2027 else "official")


@pytest.mark.parametrize(
    ("moment", "warned"),
    [
        ("2026-06-01T12:00", []),
        ("2026-11-01T23:59", []),  # 60 days on it is still 2026
        ("2026-11-02T00:00", [("provisional", 2027)]),
        ("2027-05-01T12:00", [("provisional", 2027)]),
        ("2027-11-15T12:00", [("provisional", 2027), ("missing", 2028)]),
        ("2023-12-31T12:00", [("missing", 2023)]),
    ],
)
def test_a_year_nobody_can_rely_on_is_warned_of_sixty_days_ahead(moment: str, warned: list[tuple[str, int]]) -> None:
    assert [(one.code, one.year) for one in warnings(at(moment))] == warned


def test_a_year_that_the_vendor_has_confirmed_is_not_warned_of() -> None:
    assert warnings(at("2027-11-15T12:00"), WorkingHours(confirmed=frozenset({2027}))) == (
        CalendarWarning("missing", 2028),
    )


@pytest.mark.parametrize(
    ("moment", "period"),
    [
        ("2026-11-23T09:00", Period("working")),
        ("2026-11-23T12:30", Period("lunch")),
        ("2026-11-23T07:00", Period("before")),
        ("2026-11-23T18:00", Period("evening")),
        ("2026-11-24T03:00", Period("before")),
        ("2026-11-22T10:00", Period("weekend")),
        ("2026-02-17T10:00", Period("holiday", "春节")),
        ("2026-02-14T10:00", Period("working", "春节", makeup=True)),
        ("2026-02-14T12:30", Period("lunch", "春节", makeup=True)),
        ("2026-02-28T19:00", Period("evening", "春节", makeup=True)),
        ("2026-10-05T10:00", Period("holiday", "国庆节")),
    ],
)
def test_the_time_of_day_has_a_name(moment: str, period: Period) -> None:
    assert HOURS.period(at(moment)) == period


def test_the_operator_wins_over_support_toml_and_support_toml_over_the_table() -> None:
    day = date(2026, 2, 16)
    vendor = WorkingHours(table=TABLE, makeup=frozenset({day}))
    own = WorkingHours(table=TABLE, makeup=frozenset({day}), own={day: SpecialDay("holiday", "停电")})
    assert [hours.special(day) for hours in (HOURS, vendor, own)] == [
        SpecialDay("holiday", "春节"),
        SpecialDay("workday", "春节"),
        SpecialDay("holiday", "停电"),
    ]


def test_an_ordinary_day_is_what_its_weekday_is() -> None:
    hours = WorkingHours(table=TABLE, own={date(2026, 2, 14): SpecialDay("ordinary")})
    assert hours.on(date(2026, 2, 14)) == ()
    assert not hours.is_working(at("2026-02-14T10:00"))


def test_a_make_up_day_has_the_hours_of_the_weekday_that_is_named() -> None:
    friday = HOURS.week[4][:1]
    hours = WorkingHours(week={**HOURS.week, 4: friday}, own={date(2026, 2, 14): SpecialDay("workday", "", 4)})
    assert hours.on(date(2026, 2, 14)) == friday


def test_a_make_up_day_without_a_name_has_the_hours_of_the_first_day_that_is_worked() -> None:
    tuesdays = {number: HOURS.week[1] for number in (1, 2, 3)}
    assert WorkingHours(week=tuesdays, table=TABLE).on(date(2026, 2, 14)) == HOURS.week[1]


def test_the_version_changes_with_every_thing_that_decides() -> None:
    day = date(2026, 11, 25)
    different = [
        HOURS,
        WorkingHours(),
        WorkingHours(table=TABLE, holidays=frozenset({day})),
        WorkingHours(table=TABLE, makeup=frozenset({day})),
        WorkingHours(table=TABLE, own={day: SpecialDay("holiday")}),
        WorkingHours(table=TABLE, own={day: SpecialDay("workday")}),
        WorkingHours(table=TABLE, own={day: SpecialDay("workday", "", 2)}),
        WorkingHours(table=TABLE, tz=ZoneInfo("Asia/Urumqi")),
        WorkingHours(table=TABLE, week={0: HOURS.week[0]}),
    ]
    assert len({hours.version for hours in different}) == len(different)
    assert WorkingHours(table=dict(TABLE)).version == HOURS.version


def test_days_off_come_one_after_the_other() -> None:
    for year in statutory_years().values():
        off = sorted(day for day, special in year.days.items() if special.kind == "holiday")
        by_name = {
            name: [day for day in off if year.days[day].name == name] for name in {year.days[d].name for d in off}
        }
        for name, days in by_name.items():
            assert days[-1] - days[0] == timedelta(days=len(days) - 1), (year.year, name)
