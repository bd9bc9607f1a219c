"""Who answers when, in one sentence: as customers read it at any time of the year."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from desk.calendar import WorkingHours
from desk.calendar.china import statutory_days
from desk.sla import SlaRules
from gateway.care import promises
from gateway.wording import Wording

BEIJING = ZoneInfo("Asia/Shanghai")
WORDING = Wording.load()
HOURS = WorkingHours(table=statutory_days())
RULES = SlaRules()

# now                priority  the sentence
TABLE = """
2026-11-23 10:00     P3        现在是工作时间，工程师会在 1 小时内首次答复，最晚 11月23日（周一）11:00。
2026-11-23 10:00     P4        现在是工作时间，工程师会在 2 小时内首次答复，最晚 11月23日（周一）12:00。
2026-11-23 11:30     P2        现在是工作时间，工程师会在 1 小时内首次答复，最晚 11月23日（周一）14:00。
2026-11-27 17:30     P2        现在是工作时间，工程师会在 1 小时内首次答复，最晚 11月30日（周一）09:00。
2026-11-23 12:30     P3        现在是午休时间，工程师会在 11月23日（周一）13:30 上班后首先处理，最晚 14:30 首次答复。
2026-11-23 07:00     P3        现在还没到上班时间，工程师会在 11月23日（周一）08:30 上班后首先处理，最晚 09:30 首次答复。
2026-11-23 23:30     P3        现在是非工作时间（今天已下班），工程师会在 11月24日（周二）08:30 上班后首先处理，最晚 09:30 首次答复。
2026-11-27 18:30     P3        现在是非工作时间（今天已下班），工程师会在 11月30日（周一）08:30 上班后首先处理，最晚 09:30 首次答复。
2026-11-28 10:00     P3        今天是休息日，工程师会在 11月30日（周一）08:30 上班后首先处理，最晚 09:30 首次答复。
2026-02-18 10:00     P3        现在是春节假期，工程师会在 2月24日（周二）08:30 上班后首先处理，最晚 09:30 首次答复。
2026-10-03 10:00     P3        现在是国庆节假期，工程师会在 10月8日（周四）08:30 上班后首先处理，最晚 09:30 首次答复。
2026-10-09 20:00     P3        现在是非工作时间（今天已下班），工程师会在 10月10日（周六，调休上班）08:30 上班后首先处理，最晚 09:30 首次答复。
2026-10-10 10:00     P3        今天是调休上班日，现在是工作时间，工程师会在 1 小时内首次答复，最晚 10月10日（周六，调休上班）11:00。
2026-10-10 12:30     P3        现在是午休时间，工程师会在 10月10日（周六，调休上班）13:30 上班后首先处理，最晚 14:30 首次答复。
2026-11-23 23:55     P1        已按 P1 紧急故障登记并排在最前，全天候处理，首次响应时限 15 分钟，最晚 11月24日（周二）00:10。
2026-02-18 10:00     P1        已按 P1 紧急故障登记并排在最前，全天候处理，首次响应时限 15 分钟，最晚 2月18日（周三）10:15。
"""
ROWS = [line.split(None, 3) for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize(("day", "time", "priority", "sentence"), ROWS, ids=lambda value: str(value)[:12])
def test_the_sentence_fits_the_day_and_the_hour(day: str, time: str, priority: str, sentence: str) -> None:
    now = datetime.fromisoformat(f"{day} {time}").replace(tzinfo=BEIJING)

    assert promises.when(WORDING, HOURS, RULES, priority, now) == sentence


def test_a_holiday_of_the_vendors_own_has_no_name() -> None:
    hours = WorkingHours(holidays=frozenset({date(2026, 11, 23)}))
    now = datetime(2026, 11, 23, 10, tzinfo=BEIJING)

    assert promises.when(WORDING, hours, RULES, "P3", now).startswith(
        "现在是放假时间，工程师会在 11月24日（周二）08:30"
    )


def test_a_desk_that_never_opens_promises_no_time() -> None:
    now = datetime(2026, 11, 23, 10, tzinfo=BEIJING)

    assert promises.when(WORDING, WorkingHours(week={}), RULES, "P3", now) == WORDING.text("turn.ticket.when_unknown")


def test_the_targets_are_the_operators() -> None:
    rules = SlaRules(first_response={"P1": 600, "P2": 1800, "P3": 5400, "P4": 7200})
    now = datetime(2026, 11, 23, 10, tzinfo=BEIJING)

    assert "1 小时 30 分钟内首次答复，最晚 11月23日（周一）11:30" in promises.when(WORDING, HOURS, rules, "P3", now)
