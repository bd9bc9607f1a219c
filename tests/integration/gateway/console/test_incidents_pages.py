"""Incidents and daily reports in the console."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from desk import incidents, reports, tickets
from desk.incidents import Incident, Wanted
from desk.numbers import check_digit
from desk.session import Session
from gateway.console.fakes import FakeSettings
from gateway.notifications.routes import Routes
from gateway.rules import ServiceRules
from gateway.timers.morning import KIND
from tests.integration.desk.incident_reports import confirmed, proposed, report
from tests.integration.gateway.console.incident_pages import INCIDENTS
from tests.integration.gateway.console.world import Staff, World

LOGINS = {"agent": "zhang", "lead": "wang", "editor": "chen", "admin": "root"}
FIELDS = {"title": "登录服务故障", "category": "login", "module": "登录", "code": "", "words": "登录不上去"}
MESSAGE = {"message": "登录服务器正在抢修。", "workaround": "先用手机端登录。"}
NEW = {**FIELDS, "message": "", "workaround": "", "tickets": ""}


def read(world: World, path: str, login: str = "wang") -> str:
    answer = world.browser(login).get(path)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def stored(world: World, incident_id: int) -> Incident:
    with world.db.read() as session:
        return incidents.get(session, incident_id)


def night_report(world: World, session: Session) -> dict[str, Any]:
    night = reports.night_before(date(2026, 11, 23), world.services.rules.morning.at, world.services.hours)
    return {**reports.collect(session, night, now=world.clock()), "late": False}


def post(world: World, login: str, path: str, **fields: str) -> tuple[int, str]:
    answer = world.browser(login).post(path, data=fields)
    return answer.status_code, unescape(answer.text)


def test_the_list_shows_what_is_to_be_decided_first(world: World) -> None:
    proposed(world.db, world.clock())
    text = read(world, "/console/incidents", "zhang")
    assert "登录不上去" in text
    assert "待确认" in text
    assert "还没有结束的事件" in read(world, "/console/incidents?tab=closed")


def test_a_quiet_desk_says_so(world: World) -> None:
    assert "没有进行中的事件" in read(world, "/console/incidents")


def test_a_lead_confirms_with_a_message_for_customers(world: World) -> None:
    made = proposed(world.db, world.clock())

    status, _ = post(world, "wang", f"/console/incidents/{made.id}/confirm", **FIELDS, **MESSAGE)

    found = stored(world, made.id)
    assert status == 303
    assert (found.state, found.title, found.message) == ("confirmed", "登录服务故障", "登录服务器正在抢修。")
    page = read(world, f"/console/incidents/{made.id}")
    assert "这是一个已知问题：登录服务故障。登录服务器正在抢修。" in page
    assert "登入伺服器正在搶修" in page


def test_without_a_message_nothing_is_confirmed_and_nothing_typed_is_lost(world: World) -> None:
    made = proposed(world.db, world.clock())

    status, page = post(
        world, "wang", f"/console/incidents/{made.id}/confirm", **FIELDS, message=" ", workaround="先用手机端"
    )

    assert status == 422
    assert "给客户的说明 不能为空" in page
    assert "先用手机端" in page
    assert stored(world, made.id).state == "proposed"


def test_a_message_that_is_too_long_is_refused_with_its_length(world: World) -> None:
    made = proposed(world.db, world.clock())
    status, page = post(
        world, "wang", f"/console/incidents/{made.id}/confirm", **FIELDS, message="长" * 501, workaround=""
    )
    assert status == 422
    assert "给客户的说明 最多 500 个字，现在有 501 个" in page


def test_the_preview_stores_nothing(world: World) -> None:
    made = proposed(world.db, world.clock())
    status, page = post(world, "wang", f"/console/incidents/{made.id}/preview", **FIELDS, **MESSAGE)
    assert status == 200
    assert "未保存" in page
    assert "登入伺服器正在搶修" in page
    assert stored(world, made.id).message == ""


def test_an_agent_proposes_by_hand_with_tickets(world: World) -> None:
    first = report(world.db, "a", world.clock(), summary="报表打不开")
    second = report(world.db, "b", world.clock(), summary="报表空白")
    numbers = f"{first.number}，{second.number}"

    status, _ = post(world, "zhang", "/console/incidents/new", **{**NEW, "tickets": numbers})

    assert status == 303
    assert stored(world, 1).tickets == 2
    assert stored(world, 1).state == "proposed"


def test_a_ticket_gives_the_form_a_beginning(world: World) -> None:
    one = report(world.db, "a", world.clock(), summary="报表打不开", slots={"module": "报表中心"})
    page = read(world, f"/console/incidents/new?ticket={one.number}", "zhang")
    assert 'value="报表打不开"' in page
    assert 'value="报表中心"' in page
    assert one.number in page


@pytest.mark.parametrize(
    ("tickets", "sentence"), [("GD-20200101-0001-0", "没有这个工单号"), ("乱写", "工单号不对"), ("", "")]
)
def test_a_wrong_ticket_number_keeps_the_form(world: World, tickets: str, sentence: str) -> None:
    number = f"GD-20200101-0001-{check_digit('202001010001')}" if tickets.startswith("GD") else tickets
    status, page = post(world, "zhang", "/console/incidents/new", **{**NEW, "tickets": number})
    assert status == (422 if sentence else 303)
    assert sentence in page
    with world.db.read() as session:
        assert len(incidents.listing(session)) == (0 if sentence else 1)


def test_what_goes_on_already_is_not_proposed_again(world: World) -> None:
    proposed(world.db, world.clock())
    status, page = post(world, "zhang", "/console/incidents/new", **{**NEW, "words": "别的说法"})
    assert status == 409
    assert "已经有一个进行中的事件" in page
    assert "别的说法" in page


def test_agents_may_link_and_unlink_tickets(world: World) -> None:
    made, other = proposed(world.db, world.clock()), report(world.db, "other", world.clock(), summary="打不开")
    base = f"/console/incidents/{made.id}"
    assert post(world, "zhang", f"{base}/link", tickets=other.number)[0] == 303
    assert stored(world, made.id).tickets == 4
    assert post(world, "zhang", f"{base}/unlink", tickets=other.number)[0] == 303
    assert stored(world, made.id).tickets == 3


def test_a_lead_closes_it_with_what_customers_read(world: World) -> None:
    made = confirmed(world.db, world.clock())

    status, _ = post(world, "wang", f"/console/incidents/{made.id}/close", resolution="已修好", resolves="yes")

    found = stored(world, made.id)
    assert (status, found.state, found.resolution, found.resolves) == (303, "closed", "已修好", True)
    page = read(world, f"/console/incidents/{made.id}")
    assert "您之前遇到的“登录不上去”已经恢复：已修好" in page
    assert "已告知 0 / 3" in page


def test_a_dismissal_needs_a_reason_and_shows_it(world: World) -> None:
    made = proposed(world.db, world.clock())
    base = f"/console/incidents/{made.id}"
    assert post(world, "wang", f"{base}/dismiss", reason=" ")[0] == 422
    assert post(world, "wang", f"{base}/dismiss", reason="互不相关")[0] == 303
    assert "互不相关" in read(world, base)
    assert "登录不上去" in read(world, "/console/incidents?tab=dismissed")


def test_merging_leads_to_the_one_that_is_left(world: World) -> None:
    made = proposed(world.db, world.clock())
    post(world, "zhang", "/console/incidents/new", **{**NEW, "module": "报表中心", "category": "report"})
    answer = world.browser("wang").post(f"/console/incidents/{made.id}/merge", data={"into": "2"})
    assert answer.headers["location"].startswith("/console/incidents/2")
    assert stored(world, 2).tickets == 3


@pytest.mark.parametrize("role", sorted(LOGINS))
@pytest.mark.parametrize(
    ("method", "path", "fields", "may", "state"), INCIDENTS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_only_these_roles_get_to_an_incident_page(
    world: World, role: str, method: str, path: str, fields: dict[str, str], may: set[str], state: str
) -> None:
    made = (confirmed if state == "confirmed" else proposed)(world.db, world.clock())
    with world.db.write() as session:
        incidents.propose(session, Wanted("别的故障", "crash", module="BIM模型"), by="agent:1", now=world.clock())
        reports.keep(session, KIND, date(2026, 11, 23), night_report(world, session), now=world.clock())
        number = incidents.tickets_of(session, made.id)[0].ticket.number
    fields = {name: value.replace("{number}", number) for name, value in fields.items()}
    path = path.format(incident_id=made.id, day="2026-11-23")

    answer = world.browser(LOGINS[role]).request(method, path, data=fields or None)

    allowed = 200 if method == "GET" or path.endswith("/preview") else 303
    assert answer.status_code == (allowed if role in may else 403)
    if role not in may:
        assert (stored(world, made.id).state, stored(world, made.id).tickets) == (state, 3)


def test_an_unknown_incident_is_a_page_that_says_so(world: World) -> None:
    assert world.browser("wang").get("/console/incidents/77").status_code == 404


def test_what_customers_wrote_is_escaped_and_masked(world: World) -> None:
    made = proposed(world.db, world.clock(), summary="<script>alert(1)</script> 密码是 Abc12345!")
    text = world.browser("wang").get(f"/console/incidents/{made.id}").text
    assert "<script>alert" not in text
    assert "Abc12345" not in text


def test_the_trail_names_who_did_what(world: World) -> None:
    made = proposed(world.db, world.clock())
    post(world, "wang", f"/console/incidents/{made.id}/confirm", **FIELDS, **MESSAGE)
    page = read(world, f"/console/incidents/{made.id}")
    assert "王海涛" in page
    assert page.index("提出</b>") < page.index("确认</b>")


# -- daily ---------------------------------------------------------------------------------------


def test_the_days_and_one_day(world: World) -> None:
    ticket = report(world.db, "night", world.clock() - timedelta(hours=5), summary="<b>夜里</b>打不开", priority="P1")
    with world.db.write() as session:
        tickets.assign(session, ticket.number, world.agent("zhang").id, by="system", now=world.clock())
        reports.keep(session, KIND, date(2026, 11, 23), night_report(world, session), now=world.clock())

    assert "2026-11-23" in read(world, "/console/daily", "zhang")
    answer = world.browser("zhang").get("/console/daily/2026-11-23")
    assert answer.status_code == 200
    assert ticket.number in answer.text
    assert "&lt;b&gt;夜里" in answer.text


def test_a_day_without_report_is_not_found(world: World) -> None:
    assert world.browser("zhang").get("/console/daily/2026-11-22").status_code == 404
    assert "还没有日报" in read(world, "/console/daily", "zhang")


def test_the_team_gets_a_whole_address_of_what_the_console_has_made(staff: Staff, tmp_path: Path) -> None:
    routes = Routes({"incident_proposed": ("wecom",)})
    settings = FakeSettings(public_url="https://kf.example")
    desk = World(staff, tmp_path, settings=settings, rules=ServiceRules(routes=routes))

    post(desk, "zhang", "/console/incidents/new", **NEW)

    (notice,) = desk.outbox()
    assert "https://kf.example/console/incidents/1" in "\n".join(notice.payload["lines"])
    desk.db.close()
