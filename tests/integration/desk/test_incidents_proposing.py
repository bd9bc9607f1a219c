"""Which reports propose an incident, and that they do it once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from desk import audit, incidents, tickets
from desk.clock import FixedClock
from desk.database import Database
from desk.incidents import IncidentRules
from tests.integration.desk.incident_reports import company, crowd, incident, look, proposed, report

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_three_people_with_one_trouble_propose_an_incident(db: Database, clock: FixedClock) -> None:
    made = proposed(db, clock())

    assert (made.state, made.title, made.category, made.module) == ("proposed", "登录不上去", "login", "登录")
    assert (made.tickets, made.contacts, made.companies) == (3, 3, 0)
    with db.read() as session:
        linked = [one.ticket for one in incidents.tickets_of(session, made.id)]
        assert [one.incident_id for one in linked] == [made.id] * 3
        events = [tickets.events(session, one.number)[-1] for one in linked]
    assert {(event.kind, event.actor, event.detail["incident_id"]) for event in events} == {
        ("incident", "system", made.id)
    }


def test_looking_again_proposes_nothing_new(db: Database, clock: FixedClock) -> None:
    proposed(db, clock())

    again = look(db, clock.advance(MINUTE))

    assert (again.proposed, again.linked) == ((), 0)


def test_two_people_are_not_enough(db: Database, clock: FixedClock) -> None:
    crowd(db, clock(), 2)
    assert look(db, clock()).proposed == ()


def test_one_person_with_three_tickets_is_one_person(db: Database, clock: FixedClock) -> None:
    for _ in range(3):
        report(db, "visitor", clock.advance(MINUTE))
    assert look(db, clock()).proposed == ()


def test_two_companies_with_urgent_trouble_are_enough(db: Database, clock: FixedClock) -> None:
    for name in ("一局", "二局"):
        report(db, name, clock(), priority="P2", account=company(db, name, clock()))

    (made,) = look(db, clock()).proposed

    assert (made.tickets, made.companies) == (2, 2)


@pytest.mark.parametrize(("same", "priority"), [(True, "P1"), (False, "P3")])
def test_one_company_or_no_urgency_needs_three_people(
    db: Database, clock: FixedClock, same: bool, priority: str
) -> None:
    first = company(db, "一局", clock())
    second = first if same else company(db, "二局", clock())
    for who, account in (("甲", first), ("乙", second)):
        report(db, who, clock(), priority=priority, account=account)
    assert look(db, clock()).proposed == ()


def test_reports_that_are_an_hour_apart_are_not_one_trouble(db: Database, clock: FixedClock) -> None:
    for number in range(3):
        report(db, f"visitor-{number}", clock.advance(HOUR))
    assert look(db, clock()).proposed == ()


def test_a_timer_that_comes_hours_late_still_finds_them(db: Database, clock: FixedClock) -> None:
    crowd(db, clock())
    assert len(look(db, clock.advance(3 * HOUR)).proposed) == 1


@pytest.mark.parametrize(("category", "priority"), [("howto", "P4"), ("suggestion", "P4"), ("billing", "P3")])
def test_questions_wishes_and_prices_propose_nothing(
    db: Database, clock: FixedClock, category: str, priority: str
) -> None:
    crowd(db, clock(), 5, category=category, priority=priority, summary="登录怎么设置")
    assert look(db, clock()).proposed == ()


def test_the_same_code_is_one_trouble_whatever_the_words(db: Database, clock: FixedClock) -> None:
    for number, (summary, category) in enumerate(
        [("提交审批时弹窗", "other"), ("同步不了", "network"), ("打开很慢", "performance")]
    ):
        report(
            db, f"v{number}", clock(), summary=f"{summary}，报错", category=category, slots={"error_code": "ERR-5012"}
        )

    (made,) = look(db, clock()).proposed

    assert (made.code, made.signature, made.tickets) == ("ERR-5012", "code:ERR5012", 3)


def test_different_codes_in_one_module_are_different_troubles(db: Database, clock: FixedClock) -> None:
    for number, code in enumerate(("ERR-1042", "ERR-1043", "ERR-1044")):
        slots = {"module": "数据导入", "error_code": code}
        report(db, f"v{number}", clock(), summary="导入失败", category="import_export", slots=slots)
    assert look(db, clock()).proposed == ()


def test_similar_words_are_enough_where_no_module_is_named(db: Database, clock: FixedClock) -> None:
    for number, summary in enumerate(
        ["服务器连不上，提示网络超时", "服务器连不上，一直网络超时", "伺服器連不上，網路超時"]
    ):
        report(db, f"v{number}", clock(), summary=summary, category="network", slots={})

    (made,) = look(db, clock()).proposed

    assert made.words[0] == "服务器连不上，提示网络超时"


def test_different_words_without_a_module_are_not_one_trouble(db: Database, clock: FixedClock) -> None:
    for number, summary in enumerate(["服务器连不上", "下载图纸特别慢，老断", "手机端离线以后传不上去"]):
        report(db, f"v{number}", clock(), summary=summary, category="network", slots={})
    assert look(db, clock()).proposed == ()


def test_later_reports_join_the_incident_that_goes_on(db: Database, clock: FixedClock) -> None:
    made = proposed(db, clock())
    report(db, "late", clock.advance(MINUTE))

    found = look(db, clock())

    assert (found.proposed, found.linked, incident(db, made.id).tickets) == ((), 1, 4)


def test_what_was_dismissed_is_silent_for_a_day(db: Database, clock: FixedClock) -> None:
    made = proposed(db, clock())
    with db.write() as session:
        incidents.dismiss(session, made.id, reason="演练", by="agent:1", now=clock())
    clock.advance(HOUR)
    for number in range(3):
        report(db, f"again-{number}", clock())
    assert look(db, clock()).proposed == ()

    clock.advance(24 * HOUR)
    for number in range(3):
        report(db, f"next-{number}", clock())
    assert len(look(db, clock()).proposed) == 1


def test_the_tickets_of_a_dismissed_incident_go_on_by_themselves(db: Database, clock: FixedClock) -> None:
    made = proposed(db, clock())
    with db.write() as session:
        incidents.dismiss(session, made.id, reason="演练", by="agent:1", now=clock())

    with db.read() as session:
        found = [one.ticket for one in incidents.tickets_of(session, made.id)]
        assert [one.incident_id for one in found] == [None] * 3
        assert tickets.events(session, found[0].number)[-1].detail == {"before": made.id, "incident_id": None}


def test_two_troubles_at_once_are_two_incidents(db: Database, clock: FixedClock) -> None:
    crowd(db, clock())
    for number in range(3):
        report(db, f"p{number}", clock(), summary="报表打不开", category="report", slots={"module": "报表中心"})
    assert {one.module for one in look(db, clock()).proposed} == {"登录", "报表中心"}


def test_a_stricter_rule_needs_more_people(db: Database, clock: FixedClock) -> None:
    crowd(db, clock(), 4)
    assert look(db, clock(), IncidentRules(contacts=5)).proposed == ()


@pytest.mark.parametrize("rules", [{"contacts": 1}, {"companies": 1}, {"likeness": 0.0}, {"likeness": 1.2}])
def test_rules_that_make_no_sense_are_refused(rules: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"likeness|contacts"):
        IncidentRules(**rules)  # type: ignore[arg-type]


def test_six_workers_propose_it_once(db: Database, clock: FixedClock) -> None:
    crowd(db, clock(), 5)
    barrier = Barrier(6)

    def work(_: int) -> int:
        barrier.wait()
        return len(look(db, clock()).proposed)

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(work, range(6))) == 1
    with db.read() as session:
        (made,) = incidents.listing(session)
        assert made.tickets == 5
        assert [line.action for line in audit.listing(session, subject=f"incident:{made.id}")] == ["incident.proposed"]
