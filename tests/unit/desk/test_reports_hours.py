"""From which end of work to which morning a report goes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from desk.calendar import Interval, WorkingHours
from desk.reports import MorningRules, night_before, workdays

CHINA = ZoneInfo("Asia/Shanghai")
FESTIVAL = frozenset(date(2026, 2, day) for day in range(15, 24))
HOURS = WorkingHours(holidays=FESTIVAL, makeup=frozenset({date(2026, 2, 14), date(2026, 2, 28)}))
AT = time(8, 30)

# day of the report, end of work before it
NIGHTS = [
    ("an ordinary Tuesday", date(2026, 11, 24), datetime(2026, 11, 23, 18)),
    ("a Monday: the weekend", date(2026, 11, 23), datetime(2026, 11, 20, 18)),
    ("a make-up Saturday", date(2026, 2, 14), datetime(2026, 2, 13, 18)),
    ("after the Spring Festival", date(2026, 2, 24), datetime(2026, 2, 14, 18)),
    ("the Monday after a make-up Saturday", date(2026, 3, 2), datetime(2026, 2, 28, 18)),
]


@pytest.mark.parametrize(("name", "day", "since"), NIGHTS, ids=[name for name, *_ in NIGHTS])
def test_a_night_begins_when_work_ended_last(name: str, day: date, since: datetime) -> None:
    night = night_before(day, AT, HOURS)
    assert (night.since, night.until) == (since.replace(tzinfo=CHINA), datetime.combine(day, AT, CHINA))


def test_work_until_midnight_ends_on_the_next_day() -> None:
    late = WorkingHours(week=dict.fromkeys(range(7), (Interval(time(14), time(0)),)))
    assert night_before(date(2026, 11, 24), AT, late).since == datetime(2026, 11, 24, 0, tzinfo=CHINA)


def test_a_desk_that_never_works_looks_back_sixty_days() -> None:
    night = night_before(date(2026, 11, 24), AT, WorkingHours(week={}))
    assert night.until - night.since == timedelta(days=60)


def test_holidays_and_weekends_have_no_report() -> None:
    found = list(workdays(date(2026, 2, 12), date(2026, 3, 1), HOURS))
    assert found == [date(2026, 2, day) for day in (12, 13, 14, 24, 25, 26, 27, 28)]


def test_rules_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="catch_up"):
        MorningRules(catch_up=0)
