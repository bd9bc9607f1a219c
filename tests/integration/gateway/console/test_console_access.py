"""Role by route, and requests that do not come from our pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi.routing import APIRoute

from desk import agents, announcements, canned, duty, outbox
from desk.announcements import NewAnnouncement
from desk.outbox import DeliveryDraft
from gateway.console import PARTS
from gateway.console.access import TABLE, allow
from gateway.console.fakes import FakeKnowledge
from tests.integration.gateway.console.accounts_pages import ACCOUNTS
from tests.integration.gateway.console.desk_pages import DESK, DESK_PAGES, DESK_TICKETS, STREAMS
from tests.integration.gateway.console.incident_pages import INCIDENTS
from tests.integration.gateway.console.knowledge_pages import KNOWLEDGE
from tests.integration.gateway.console.world import PASSWORD, Staff, World

LOGINS = {"agent": "zhang", "lead": "wang", "editor": "chen", "admin": "root"}
IDS = (
    "account_id",
    "announcement_id",
    "canned_id",
    "contact_id",
    "site_id",
    "licence_id",
    "promise_id",
    "delivery_id",
    "line_id",
    "entry_id",
    "pin_id",
    "gap_id",
    "question_id",
    "publication_id",
    "job_id",
    "incident_id",
    "day",
)
EVERYONE, TEAM, LEADERS, ADMIN = (
    {"agent", "lead", "editor", "admin"},
    {"agent", "lead", "admin"},
    {"lead", "admin"},
    {"admin"},
)
TICKET = "/console/tickets/{number}"
AGENT = "/console/agents/{agent_id}"
DUTY = {"agent": "1", "kind": "shift", "starts": "2026-12-01T08:30", "ends": "2026-12-01T18:00"}

# Method, path, form, and who may do it.
PAGES = [
    ("GET", "/console", {}, TEAM),
    ("GET", "/console/hit-test", {}, EVERYONE),
    ("POST", "/console/hit-test", {"question": "导入报错"}, EVERYONE),
    ("GET", "/console/password", {}, EVERYONE),
    ("POST", "/console/password", {"current": PASSWORD, "password": "a-new-password"}, EVERYONE),
    ("GET", "/console/agents", {}, ADMIN),
    ("POST", "/console/agents", {"login": "new", "name": "新人", "role": "agent", "password": PASSWORD}, ADMIN),
    ("POST", f"{AGENT}/active", {"active": "no"}, ADMIN),
    ("POST", f"{AGENT}/role", {"role": "lead"}, ADMIN),
    ("POST", f"{AGENT}/password", {"password": "a-new-password"}, ADMIN),
    *DESK_PAGES,
    ("GET", "/console/announcements", {}, LEADERS),
    ("POST", "/console/announcements", {"text": "今晚升级", "level": "info"}, LEADERS),
    ("GET", AGENT, {}, ADMIN),
    ("POST", AGENT, {"name": "新名", "tier": "L2", "max_load": "5"}, ADMIN),
    ("POST", "/console/presence", {"presence": "busy"}, TEAM),
    ("GET", "/console/duty", {}, TEAM),
    ("POST", "/console/duty", DUTY, LEADERS),
    ("POST", "/console/duty/copy", {}, LEADERS),
    ("GET", "/console/canned", {}, TEAM),
    ("POST", "/console/canned", {"shortcut": "a", "title": "b", "text": "c"}, TEAM),
    ("GET", "/console/exports", {}, LEADERS),
    ("GET", "/console/exports/problem-log", {}, LEADERS),
    ("GET", "/console/exports/tickets", {}, LEADERS),
    ("GET", "/console/calendar", {}, TEAM),
    ("POST", "/console/calendar", {"day": "2026-11-25", "kind": "holiday"}, LEADERS),
    ("GET", "/console/outbox", {}, LEADERS),
    ("POST", "/console/outbox/retry-all", {"target": "staff_wecom"}, LEADERS),
]
# The same with a ticket that is nobody's, one's own, a colleague's.
TICKETS = [
    ("GET", TICKET, {}, TEAM, TEAM, TEAM),
    ("GET", f"{TICKET}/messages", {}, TEAM, TEAM, TEAM),
    ("POST", f"{TICKET}/note", {"note": "备注"}, TEAM, TEAM, TEAM),
    ("POST", f"{TICKET}/take", {}, TEAM, TEAM, LEADERS),
    ("POST", f"{TICKET}/transfer", {"agent": "3"}, TEAM, TEAM, LEADERS),
    ("POST", f"{TICKET}/correct", {"category": "login", "priority": "P2"}, TEAM, TEAM, LEADERS),
    ("POST", f"{TICKET}/move", {"status": "waiting"}, LEADERS, TEAM, LEADERS),
    ("POST", f"{TICKET}/resolve", {"solution": "已完成"}, LEADERS, TEAM, LEADERS),
    ("POST", f"{TICKET}/reply", {"text": "您好", "key": "k"}, set(), TEAM, set()),
    *DESK_TICKETS,
]
REOPEN = ("POST", f"{TICKET}/reopen", {"reason": "又出现"}, TEAM)
NO_LONGER = ("POST", "/console/announcements/{announcement_id}/end", {}, LEADERS)
OFF_DUTY = ("POST", "/console/duty/{line_id}/remove", {}, LEADERS)
STUCK = [("POST", f"/console/outbox/{{delivery_id}}/{what}", {}, LEADERS) for what in ("retry", "dismiss")]
SHARED_REPLY = [
    ("GET", "/console/canned/{canned_id}", {}, LEADERS),
    ("POST", "/console/canned/{canned_id}", {"shortcut": "a", "title": "b", "text": "c", "shared": "yes"}, LEADERS),
    ("POST", "/console/canned/{canned_id}/remove", {}, LEADERS),
]
CASE = ("POST", f"{TICKET}/case", {}, TEAM)  # of a resolved one
FIXED = [*PAGES, *TICKETS, REOPEN, NO_LONGER, OFF_DUTY, CASE, *STUCK, *SHARED_REPLY]
PUBLIC = {("GET", "/console/login"), ("POST", "/console/login"), ("POST", "/console/logout")}


def test_every_route_stands_in_the_tables_above() -> None:
    routes = {
        (method, f"/console{route.path}")
        for part in PARTS
        for route in part.router.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    }
    assert routes == PUBLIC | {(row[0], row[1]) for row in [*FIXED, *KNOWLEDGE, *ACCOUNTS, *INCIDENTS]} | set(DESK)


@pytest.fixture
def world(staff: Staff, tmp_path) -> World:
    return World(staff, tmp_path, knowledge=FakeKnowledge({"decision": "decline", "reason": "no_evidence"}))


def tried(world: World, role: str, method: str, path: str, form: dict[str, str], number: str = "") -> int:
    path = path.format(number=number, agent_id=world.agent("li").id)
    return world.browser(LOGINS[role]).request(method, path, data=form if method == "POST" else None).status_code


def expected(method: str, path: str, allowed: bool) -> int:
    if not allowed:
        return 403
    return 200 if method == "GET" or path == "/console/hit-test" else 303


@pytest.mark.parametrize("role", sorted(EVERYONE))
@pytest.mark.parametrize(("method", "path", "form", "may"), PAGES)
def test_only_these_roles_get_to_a_page(world, role, method, path, form, may) -> None:
    assert tried(world, role, method, path, form) == expected(method, path, role in may)


@pytest.mark.parametrize(
    ("role", "whose"),
    [
        (role, whose)
        for role in sorted(EVERYONE)
        for whose in ("nobody", "own", "colleague")
        if (role, whose) != ("editor", "own")  # an editor has no tickets
    ],
)
@pytest.mark.parametrize(("method", "path", "form", "free", "own", "theirs"), TICKETS)
def test_only_these_roles_work_on_a_ticket(world, role, whose, method, path, form, free, own, theirs) -> None:
    may = {"nobody": free, "own": own, "colleague": theirs}[whose]
    number = world.ticket(of={"nobody": None, "own": LOGINS[role], "colleague": "li"}[whose])
    before = world.of(number), world.talk(number)
    assert tried(world, role, method, path, form, number) == expected(method, path, role in may)
    assert role in may or (world.of(number), world.talk(number)) == before


@pytest.mark.parametrize(("method", "path"), STREAMS)
def test_an_editor_gets_no_stream(world: World, method: str, path: str) -> None:
    assert tried(world, "editor", method, path, {}, world.ticket()) == 403


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_only_the_team_reopens(world: World, role: str) -> None:
    number = world.ticket(of="li")
    world.browser("li").post(f"/console/tickets/{number}/resolve", data={"solution": "已完成"})
    method, path, form, may = REOPEN
    assert tried(world, role, method, path, form, number) == expected(method, path, role in may)


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_only_the_team_makes_a_case_of_a_resolved_ticket(world: World, role: str) -> None:
    number = world.ticket(of="li")
    world.browser("li").post(f"/console/tickets/{number}/resolve", data={"solution": "已完成"})
    method, path, form, may = CASE
    assert tried(world, role, method, path, form, number) == expected(method, path, role in may)


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_only_leads_end_an_announcement(world: World, role: str) -> None:
    with world.db.write() as session:
        one = announcements.save(session, NewAnnouncement("今晚升级"), by="agent:1", now=world.clock())
    method, path, form, may = NO_LONGER
    path = path.format(announcement_id=one.id)
    assert tried(world, role, method, path, form) == expected(method, path, role in may)


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_only_leads_take_a_line_out_of_the_roster(world: World, role: str) -> None:
    with world.db.write() as session:
        start = world.clock()
        line = duty.add(session, 1, "shift", start, start + timedelta(hours=8), by="agent:1", now=start)
    method, path, form, may = OFF_DUTY
    path = path.format(line_id=line.id)
    assert tried(world, role, method, path, form) == expected(method, path, role in may)


@pytest.mark.parametrize("role", sorted(EVERYONE))
@pytest.mark.parametrize(("method", "path", "form", "may"), STUCK)
def test_only_leads_decide_about_what_was_not_delivered(world: World, role, method, path, form, may) -> None:
    with world.db.write() as session:
        outbox.enqueue(session, DeliveryDraft("staff_wecom", "wecom", {}, "k"), now=world.clock())
        (row,) = outbox.lease(session, now=world.clock())
        outbox.mark_failed(session, row, "refused", permanent=True, now=world.clock())
    path = path.format(delivery_id=row.id)
    assert tried(world, role, method, path, form) == expected(method, path, role in may)


@pytest.mark.parametrize("role", sorted(EVERYONE))
@pytest.mark.parametrize(("method", "path", "form", "may"), SHARED_REPLY)
def test_only_leads_keep_the_replies_that_all_share(world: World, role, method, path, form, may) -> None:
    with world.db.write() as session:
        one = canned.save(session, shortcut="x", title="t", text="t", by="agent:1", now=world.clock())
    path = path.format(canned_id=one.id)
    assert tried(world, role, method, path, form) == expected(method, path, role in may)


@pytest.mark.parametrize(("method", "path"), sorted({(row[0], row[1]) for row in [*FIXED, *KNOWLEDGE, *ACCOUNTS]}))
def test_nobody_gets_anywhere_without_a_session(world: World, method: str, path: str) -> None:
    path = path.format(number=world.ticket(), agent_id=1, **dict.fromkeys(IDS, 1))
    assert world.browser().request(method, path).headers["location"].startswith("/console/login")
    assert world.browser(accept="application/json").request(method, path).status_code == 401


def test_what_is_not_in_the_table_and_who_is_not_active_is_refused(world: World) -> None:
    admin = world.agent("root")
    assert not allow(admin, "tickets.delete")
    with world.db.write() as session:
        gone = agents.update(session, admin.id, active=False)
    assert not any(allow(gone, action, object) for action in TABLE for object in (None, gone, world.agent("li")))


def test_an_administrator_cannot_lock_themselves_out(world: World) -> None:
    root, browser = world.agent("root"), world.browser("root")
    assert browser.post(f"/console/agents/{root.id}/active", data={"active": "no"}).status_code == 403
    assert browser.post(f"/console/agents/{root.id}/role", data={"role": "agent"}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://testserver:81"},
        {"origin": "null"},
        {"origin": "http://testserver", "sec-fetch-site": "same-site"},
        {"origin": "http://testserver", "sec-fetch-site": "cross-site"},
        {"origin": "http://testserver", "sec-fetch-site": "none"},
        {},
    ],
)
def test_a_request_that_no_page_of_ours_sent_changes_nothing(world: World, headers: dict[str, str]) -> None:
    number, browser = world.ticket(of="zhang"), world.browser("zhang")
    del browser.headers["origin"]
    before = world.messages(number)
    for path, form in (
        (f"/console/tickets/{number}/reply", {"text": "您好", "key": "k"}),
        (f"/console/tickets/{number}/resolve", {"solution": "x"}),
        ("/console/login", {"login": "zhang", "password": PASSWORD}),
        ("/console/logout", {}),
    ):
        answer = browser.post(path, data=form, headers=headers)
        assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
        assert "不是从本控制台页面发出的" in answer.text
    assert world.messages(number) == before
    assert browser.get("/console").status_code == 200  # still signed in


def test_fetch_metadata_alone_is_enough(world: World) -> None:
    number, browser = world.ticket(), world.browser("zhang")
    del browser.headers["origin"]
    answer = browser.post(f"/console/tickets/{number}/take", headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 303
