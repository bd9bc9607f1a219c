"""What agents do for a ticket besides answering: one test for each action, and what it refuses."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from desk import incidents, promises, tickets
from desk.incidents import Wanted
from desk.tickets.model import KINDS
from gateway.console.services import labels_of
from tests.integration.gateway.console.world import World

JSON = {"accept": "application/json"}


def post(world: World, number: str, action: str, login: str = "zhang", **form: str):
    return world.browser(login, **JSON).post(f"/console/tickets/{number}/{action}", data=form)


def error(answer) -> str:
    return answer.json()["error"]["code"]


def seen(world: World, number: str, login: str = "zhang") -> str:
    return world.browser(login).get(f"/console/tickets/{number}").text


def test_a_ticket_goes_up_one_tier_with_the_reason(world: World) -> None:
    number = world.ticket(of="zhang")
    assert post(world, number, "tier", tier="L2", reason="要看源码").status_code == 303
    assert world.of(number).tier == "L2"
    assert "L1 一线 → L2 二线；原因：要看源码" in seen(world, number)


def test_no_tier_is_left_out_and_none_is_changed_without_a_reason(world: World) -> None:
    number = world.ticket(of="zhang")
    assert error(post(world, number, "tier", tier="L3", reason="急")) == "stale"
    assert error(post(world, number, "tier", tier="L2", reason=" ")) == "empty"
    assert world.of(number).tier == "L1"


def test_the_next_contact_is_shown_on_the_card_and_in_the_list_when_it_is_due(world: World) -> None:
    number = world.ticket(of="zhang")
    assert post(world, number, "schedule", at="2026-11-23T14:00", reason="看缓存结果").status_code == 303
    assert world.of(number).next_contact_at == world.clock() + timedelta(hours=4)  # 10:00 in Beijing now
    assert "看缓存结果" in seen(world, number)
    assert "14:00 联系" in world.browser("zhang").get("/console?tab=mine").text
    world.clock.advance(timedelta(hours=4))
    assert "该联系客户了 14:00" in world.browser("zhang").get("/console?tab=mine").text
    assert post(world, number, "schedule", at="").status_code == 303
    assert world.of(number).next_contact_at is None


@pytest.mark.parametrize(
    ("at", "code"), [("2026-11-23T09:59", "not_ahead"), ("2029-01-01T00:00", "too_far_ahead"), ("明天", "not_a_time"),
                     ("2026-11-24T10:00+00:00", "not_a_time")]
)  # fmt: skip
def test_a_time_that_cannot_be_is_refused_in_a_sentence(world: World, at: str, code: str) -> None:
    number = world.ticket(of="zhang")
    assert error(post(world, number, "schedule", at=at)) == code
    assert error(post(world, number, "promises", at=at, promise="发补丁")) == code


def test_a_promise_is_shown_and_kept(world: World) -> None:
    number = world.ticket(of="zhang")
    assert post(world, number, "promises", promise="下午发补丁", at="2026-11-23T17:00").status_code == 303
    with world.db.read() as session:
        (made,) = promises.listing(session, number=number)
    assert (made.text, made.due_at, made.state) == ("下午发补丁", world.clock() + timedelta(hours=7), "open")
    assert "待兑现" in seen(world, number)
    assert post(world, number, f"promises/{made.id}", verdict="keep").status_code == 303
    assert "已兑现" in seen(world, number)
    assert error(post(world, number, f"promises/{made.id}", verdict="withdraw")) == "stale"


def test_a_promise_of_another_ticket_is_not_found_and_stays(world: World) -> None:
    mine, theirs = world.ticket(of="zhang", customer="a"), world.ticket(of="li", customer="b")
    post(world, theirs, "promises", "li", promise="发补丁", at="2026-11-23T17:00")
    with world.db.read() as session:
        (made,) = promises.listing(session, number=theirs)
    assert error(post(world, mine, f"promises/{made.id}", verdict="withdraw")) == "missing"
    assert error(post(world, theirs, f"promises/{made.id}", verdict="withdraw")) == "forbidden"
    with world.db.read() as session:
        assert promises.get(session, made.id).state == "open"


def test_consent_to_remote_assistance_ends_by_itself(world: World) -> None:
    number = world.ticket(of="zhang")
    assert post(world, number, "consent", hours="2").status_code == 303
    assert world.of(number).remote_until == world.clock() + timedelta(hours=2)
    assert "客户同意到 12:00" in seen(world, number)
    world.clock.advance(timedelta(hours=2, minutes=1))
    assert "同意已过期" in seen(world, number)
    assert post(world, number, "consent", hours="").status_code == 303
    assert world.of(number).remote_until is None
    assert error(post(world, number, "consent", hours="1000")) == "unknown_value"


def test_a_duplicate_is_closed_and_its_customer_goes_back_to_the_assistant(world: World) -> None:
    mine, other = world.ticket(of="zhang", customer="a"), world.ticket(of="li", customer="b")
    assert post(world, mine, "links", other=other, kind="duplicate").status_code == 303
    assert (world.of(mine).status, world.talk(mine).state) == ("closed", "bot")
    assert other in seen(world, mine)
    assert mine in seen(world, other, "li")


def test_related_tickets_are_shown_on_both_sides_until_they_are_untied(world: World) -> None:
    mine, other = world.ticket(of="zhang", customer="a"), world.ticket(of="li", customer="b", summary="同样的崩溃")
    assert post(world, mine, "links", other=other.lower(), kind="related").status_code == 303
    assert "同样的崩溃" in seen(world, mine)
    assert post(world, mine, "unlink", other=other).status_code == 303
    with world.db.read() as session:
        assert tickets.links(session, mine) == ()


def test_a_mistyped_number_and_the_ticket_itself_are_refused(world: World) -> None:
    number = world.ticket(of="zhang")
    assert error(post(world, number, "links", other="GD-20261122-0042-6", kind="related")) == "number"
    assert error(post(world, number, "links", other="GD-20261122-0042-7", kind="related")) == "missing"
    assert error(post(world, number, "links", other=number, kind="related")) == "stale"


@pytest.mark.parametrize(("login", "allowed"), [("zhang", False), ("wang", True), ("chen", False), ("root", True)])
def test_only_leads_tie_the_tickets_of_others(world: World, login: str, allowed: bool) -> None:
    number, other = world.ticket(of="li", customer="a"), world.ticket(customer="b")
    assert post(world, number, "links", login, other=other, kind="related").status_code == (303 if allowed else 403)
    assert bool(world.events(number, "linked")) is allowed


def test_the_plan_of_a_ticket_is_shown(world: World) -> None:
    number = world.ticket(of="zhang")
    assert post(world, number, "plan", plan="先在测试库重现").status_code == 303
    assert "先在测试库重现" in seen(world, number)
    assert error(post(world, number, "plan", plan="")) == "empty"


def test_a_ticket_is_put_into_an_incident_and_taken_out(world: World) -> None:
    number = world.ticket(of="zhang")
    with world.db.write() as session:
        wanted = Wanted(title="全国登录失败", category="login", words=("登录", "失败"))
        incident = incidents.propose(session, wanted, by="agent:1", now=world.clock())
    assert post(world, number, "incident", incident=str(incident.id)).status_code == 303
    assert world.of(number).incident_id == incident.id
    assert "全国登录失败" in seen(world, number)
    assert post(world, number, "incident", incident="").status_code == 303
    assert world.of(number).incident_id is None
    assert error(post(world, number, "incident", incident="999")) == "missing"


def test_a_customer_who_asks_to_hurry_is_seen_at_the_top_and_in_the_history(world: World) -> None:
    number = world.ticket(of="zhang")
    with world.db.write() as session:
        for _ in range(2):
            tickets.urge(session, number, tickets.get(session, number).contact_id, now=world.clock())
    page = seen(world, number)
    assert "客户催办 2 次" in page
    assert page.count("<b>催办</b>") == 2


def test_every_kind_of_event_has_a_name(world: World) -> None:
    labels = labels_of(world.services)
    assert [kind for kind in KINDS if labels.name("event", kind) == kind] == []


def test_nothing_is_done_for_a_ticket_that_is_solved(world: World) -> None:
    number = world.ticket(of="zhang")
    world.browser("zhang").post(f"/console/tickets/{number}/resolve", data={"solution": "已完成"})
    for action, form in (
        ("tier", {"tier": "L2", "reason": "x"}),
        ("schedule", {"at": "2026-11-24T10:00"}),
        ("promises", {"promise": "x", "at": "2026-11-24T10:00"}),
        ("plan", {"plan": "x"}),
    ):
        assert error(post(world, number, action, **form)) == "stale"


def test_whatever_colleagues_write_is_only_text(world: World) -> None:
    evil = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>"
    number = world.ticket(of="zhang")
    post(world, number, "tier", tier="L2", reason=evil)
    post(world, number, "schedule", at="2026-11-24T10:00", reason=evil)
    post(world, number, "promises", promise=evil, at="2026-11-24T10:00")
    post(world, number, "plan", plan=evil)
    page = seen(world, number)
    assert page.count("&lt;script&gt;alert(1)") >= 4
    assert "<script>" not in page
    assert "<img src=x" not in page


def test_no_ticket_waits_for_a_customer_who_has_just_written(world: World) -> None:
    number = world.ticket(of="zhang")
    browser, base = world.browser("zhang"), f"/console/tickets/{number}"
    page = browser.get(base).text
    seen = re.search(r'name="seen" value="(\d+)" data-last-seq', page)
    assert seen is not None
    world.say(number, "日志已经发过去了", "in-2")

    refused = browser.post(f"{base}/move", data={"status": "waiting", "seen": seen[1]})
    assert (refused.status_code, world.of(number).status) == (409, "in_progress")
    assert "客户刚刚又写了消息" in refused.text

    now = str(world.messages(number)[-1].seq)
    assert browser.post(f"{base}/move", data={"status": "waiting", "seen": now}).status_code == 303
    assert world.of(number).status == "waiting"
