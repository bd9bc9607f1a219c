"""Exact numbers of a fixture night, over a weekend and over the Spring Festival."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from desk import conversations, reports, tickets, unanswered
from desk.agents import Agent
from desk.calendar import WorkingHours
from desk.database import Database
from desk.errors import NotFound
from desk.reports import night_before
from desk.tables import DutyRow, PromiseRow, SlaMarkRow, TicketRow
from desk.tickets import TicketDraft
from tests.integration.desk.incident_reports import company, crowd, look, report

CHINA = ZoneInfo("Asia/Shanghai")
FESTIVAL = frozenset(date(2026, 2, day) for day in range(15, 24))
HOURS = WorkingHours(holidays=FESTIVAL, makeup=frozenset({date(2026, 2, 14), date(2026, 2, 28)}))


def at(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=CHINA)


def morning(db: Database, day: date) -> dict[str, Any]:
    """What the report of that day says at 08:30."""
    night = night_before(day, time(8, 30), HOURS)
    with db.read() as session:
        return reports.collect(session, night, now=night.until)


def numbers(rows: list[dict[str, Any]]) -> list[str]:
    return [row["summary"] for row in rows]


def test_a_weekend_holds_what_was_opened_from_friday_evening_to_monday_morning(db: Database) -> None:
    who = company(db, "中建三局", at(1, 9))
    for summary, moment, priority in (
        ("周五下班前", at(20, 17, 59), "P2"),
        ("周五下班时", at(20, 18), "P3"),
        ("周六", at(21, 12), "P2"),
        ("周日", at(22, 23, 59), "P3"),
        ("周一上班前", at(23, 8, 29), "P4"),
        ("周一上班时", at(23, 8, 30), "P1"),
    ):
        report(db, f"客户{moment}", moment, summary=summary, priority=priority, account=who)

    found = morning(db, date(2026, 11, 23))

    assert numbers(found["opened"]) == ["周六", "周五下班时", "周日", "周一上班前"]
    assert found["priorities"] == {"P2": 1, "P3": 2, "P4": 1}
    assert {row["company"] for row in found["opened"]} == {"中建三局"}
    assert (found["p1"], found["since"], found["until"]) == (
        [], "2026-11-20T18:00:00+08:00", "2026-11-23T08:30:00+08:00",
    )  # fmt: skip


def test_the_spring_festival_is_one_night(db: Database) -> None:
    for summary, moment in (
        ("除夕前的调休周六", at(14, 17, month=2)),
        ("除夕", at(16, 20, month=2)),
        ("初三", at(19, 9, month=2)),
        ("节后第一天", at(24, 8, 30, month=2)),
    ):
        report(db, summary, moment, summary=summary)

    assert numbers(morning(db, date(2026, 2, 24))["opened"]) == ["除夕", "初三"]


def test_p1_tells_what_was_done_and_counts_those_that_were_raised(db: Database, agent: Agent) -> None:
    with db.write() as session:
        talk = conversations.open_for(session, "web", "night", now=at(23, 22))
        urgent = tickets.open_ticket(
            session,
            TicketDraft("data_loss", "P1", "数据全没了", reason="emergency"),
            key="a",
            contact_id=talk.contact_id,
            conversation_id=talk.id,
            now=at(23, 22),
        ).ticket
        tickets.assign(session, urgent.number, agent.id, by="system", now=at(23, 22, 1))
        tickets.reply(session, urgent.number, by=agent.actor, now=at(23, 22, 5))
        tickets.resolve(session, urgent.number, solution="已从备份恢复", by=agent.actor, now=at(23, 23))
    raised = report(db, "raised", at(20, 10), summary="越来越慢")
    with db.write() as session:
        tickets.change(session, raised.number, priority="P1", by="bot", now=at(24, 3))
        tickets.note(session, urgent.number, "第二天的备注", by=agent.actor, now=at(24, 9))

    found = morning(db, date(2026, 11, 24))

    assert numbers(found["p1"]) == ["越来越慢", "数据全没了"]
    assert numbers(found["opened"]) == ["数据全没了"]
    done = [(step["kind"], step["by"], step["given"], step["solution"]) for step in found["p1"][1]["done"]]
    assert done == [
        ("assigned", None, "li.wei", ""), ("replied", "li.wei", None, ""), ("resolved", "li.wei", None, "已从备份恢复"),
    ]  # fmt: skip


def test_what_waits_what_is_due_and_who_is_there(db: Database, agent: Agent, colleague: Agent) -> None:
    now, day = at(24, 8, 30), date(2026, 11, 24)
    with db.write() as session:
        talk = conversations.open_for(session, "wechat", "waits", now=at(24, 6))
        tickets.open_ticket(
            session, TicketDraft("other", "P3", "转人工"), key="w", contact_id=talk.contact_id,
            conversation_id=talk.id, now=at(24, 6),
        )  # fmt: skip
        conversations.update(session, talk.id, {"state": "waiting"}, now=at(24, 6))
        unanswered.record(session, talk.id, "夜里的问题", source="declined", reason="no_evidence", now=at(24, 5))
        unanswered.record(session, talk.id, "昨天白天的", source="declined", reason="no_evidence", now=at(23, 12))
    old = report(db, "old", at(20, 10), summary="旧工单，电话 13800138000")
    with db.write() as session:
        row = session.get_one(TicketRow, old.id)
        row.next_contact_at, row.next_contact_note = at(24, 23, 59), "回访"
        for text, due in (("昨天的", at(23, 17)), ("今天的", at(24, 16)), ("明天的", at(25, 0))):
            session.add(PromiseRow(ticket_id=old.id, text=text, due_at=due, made_by=agent.actor, created_at=at(20, 10)))
        session.add(PromiseRow(
            ticket_id=old.id, text="兑现的", due_at=at(24, 9), state="kept", made_by=agent.actor, created_at=at(20, 10)
        ))  # fmt: skip
        for mark, moment in (("warned", at(23, 19)), ("breached", at(24, 2)), ("escalated", at(23, 12))):
            session.add(SlaMarkRow(ticket_id=old.id, kind="resolution", mark=mark, due_at=moment, created_at=moment))
        for who, kind, starts, ends in (
            (agent, "shift", at(24, 8, 30), at(24, 18)),
            (colleague, "on_call", at(23, 18), at(24, 8, 30)),
            (colleague, "leave", at(25, 0), at(26, 0)),
        ):
            session.add(DutyRow(
                agent_id=who.id, kind=kind, starts_at=starts, ends_at=ends, created_by="agent:1", created_at=now
            ))  # fmt: skip

    found = morning(db, day)

    assert [(row["channel"], row["minutes"]) for row in found["waiting"]] == [("wechat", 150)]
    assert [(row["mark"], row["clock"]) for row in found["marks"]] == [
        ("warned", "resolution"), ("breached", "resolution"),
    ]  # fmt: skip
    assert "13800138000" not in found["marks"][0]["summary"]
    assert [(row["text"], row["overdue"]) for row in found["promises"]] == [("昨天的", True), ("今天的", False)]
    assert [(row["text"], row["number"]) for row in found["contacts"]] == [("回访", old.number)]
    assert found["unanswered"] == 1
    assert [(row["kind"], row["name"]) for row in found["duty"]] == [("on_call", "wang.fang"), ("shift", "li.wei")]


def test_who_is_on_leave_all_day_is_not_there(db: Database, agent: Agent) -> None:
    with db.write() as session:
        for kind, starts, ends in (("shift", at(24, 8), at(24, 18)), ("leave", at(23, 0), at(26, 0))):
            session.add(DutyRow(
                agent_id=agent.id, kind=kind, starts_at=starts, ends_at=ends, created_by="agent:1", created_at=at(1, 9)
            ))  # fmt: skip
    assert [row["kind"] for row in morning(db, date(2026, 11, 24))["duty"]] == ["leave"]


def test_incidents_that_go_on_are_in_the_report(db: Database) -> None:
    crowd(db, at(24, 7))
    look(db, at(24, 7, 1))
    (one,) = morning(db, date(2026, 11, 24))["incidents"]
    assert (one["title"], one["state"], one["tickets"], one["contacts"]) == ("登录不上去", "proposed", 3, 3)


def test_an_empty_night_has_an_empty_report(db: Database) -> None:
    found = morning(db, date(2026, 11, 24))
    assert [
        found[name] for name in ("opened", "p1", "waiting", "marks", "promises", "contacts", "incidents", "duty")
    ] == [[]] * 8
    assert found["unanswered"] == 0


def test_a_report_is_kept_once_for_each_day(db: Database) -> None:
    with db.write() as session:
        assert reports.keep(session, "morning", date(2026, 11, 24), {"n": 1}, now=at(24, 8, 30))
        assert not reports.keep(session, "morning", date(2026, 11, 24), {"n": 2}, now=at(24, 9))
        assert reports.keep(session, "morning", date(2026, 11, 25), {"n": 3}, now=at(25, 8, 30))
    with db.read() as session:
        assert reports.get(session, "morning", date(2026, 11, 24)).content == {"n": 1}
        assert [one.day.day for one in reports.days(session, "morning")] == [25, 24]
        with pytest.raises(NotFound):
            reports.get(session, "morning", date(2026, 11, 26))
