from __future__ import annotations

from datetime import timedelta

import pytest

from desk import audit
from tests.integration.gateway.console.world import World

PERIOD = "since=2026-11-01&until=2026-11-23"


def test_the_log_is_a_file_named_after_its_period(world: World) -> None:
    number = world.ticket(of="zhang")
    answer = world.browser("wang").get(f"/console/exports/problem-log?{PERIOD}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="problem-log-20261101-20261123.csv"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content.startswith("\ufeff日期,问题类型,处理结果,解决人,备注,工单号\r\n".encode())
    assert number in answer.text


def test_the_workbook_is_one(world: World) -> None:
    world.ticket()
    answer = world.browser("root").get(f"/console/exports/tickets?{PERIOD}&priority=P3&state=open&account=&category=")
    assert answer.status_code == 200
    assert answer.content.startswith(b"PK")
    assert answer.headers["content-disposition"].endswith('tickets-20261101-20261123.xlsx"')


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ("", True), ("&priority=P3", True), ("&priority=P1", False), ("&state=open", True), ("&state=done", False),
        ("&category=import_export", True), ("&category=login", False), ("&account=7", False), ("&account=x", True),
    ],
)  # fmt: skip
def test_filters_narrow_it(world: World, more: str, found: bool) -> None:
    number = world.ticket()
    assert (number in world.browser("wang").get(f"/console/exports/problem-log?{PERIOD}{more}").text) is found


def test_days_are_the_teams(world: World) -> None:
    world.clock.advance(timedelta(hours=14))  # midnight in Beijing
    number = world.ticket()
    browser = world.browser_later("wang")
    assert number not in browser.get(f"/console/exports/problem-log?{PERIOD}").text
    assert number in browser.get("/console/exports/problem-log?since=2026-11-24&until=2026-11-24").text


@pytest.mark.parametrize(
    "period",
    [
        "until=x", "since=2026-12-01", "since=x&until=y", "until=0001-01-01", "since=2026-11-02&until=2026-11-01",
        "since=2025-01-01&until=2026-11-01", "since=0001-01-01&until=0001-01-02", "since=9999-12-31&until=9999-12-31",
    ],
)  # fmt: skip
def test_a_period_that_is_none_is_refused_in_words(world: World, period: str) -> None:
    answer = world.browser("wang").get(f"/console/exports/problem-log?{period}")
    assert answer.status_code == 422
    assert "一次最多导出 366 天" in answer.text


def test_who_took_what_is_on_record(world: World) -> None:
    world.ticket()
    world.browser("wang").get(f"/console/exports/problem-log?{PERIOD}")
    with world.db.read() as session:
        (line,) = audit.listing(session, action="reports.exported")
    assert (line.actor, line.subject) == (world.agent("wang").actor, "export:problem-log")
    assert line.detail == {"since": "2026-11-01", "until": "2026-11-23", "account_id": None, "tickets": 1}


def test_agents_and_editors_take_nothing_away(world: World) -> None:
    for login in ("zhang", "chen"):
        for page in ("", f"/problem-log?{PERIOD}", f"/tickets?{PERIOD}"):
            assert world.browser(login).get(f"/console/exports{page}").status_code == 403
    with world.db.read() as session:
        assert audit.listing(session, action="reports.exported") == ()


def test_without_a_period_the_last_thirty_days_are_meant(world: World) -> None:
    answer = world.browser("wang").get("/console/exports/problem-log")
    assert "problem-log-20261025-20261123.csv" in answer.headers["content-disposition"]


def test_the_page_offers_the_last_thirty_days(world: World) -> None:
    text = world.browser("wang").get("/console/exports").text
    assert 'value="2026-10-25"' in text
    assert 'value="2026-11-23"' in text
