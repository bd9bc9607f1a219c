"""The pages of the service for a colleague who reads Traditional: our own words are converted, nobody else's."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest

from desk import accounts, agents, audit, canned, contacts, duty, incidents, outbox, promises, reports, tickets
from desk.accounts import AccountDraft
from desk.calendar import SpecialDay, own
from desk.contacts import ContactDraft
from desk.incidents import Wanted
from desk.outbox import DeliveryDraft
from desk.routing import RoutingRules
from gateway.rules import ServiceRules
from gateway.timers.morning import KIND
from tests.integration.gateway.console.world import PASSWORD, Staff, World

NAME, CONVERTED = "张发简", "發簡"
HEADINGS = {  # what only a converted page says
    "/console": "待處理",
    "/console/tickets/{number}": "內部備註",
    "/console/accounts": "從表格匯入",
    "/console/accounts?into=2": "合併",
    "/console/accounts/1": "最近的工單",
    "/console/accounts/1/edit": "修改公司資料",
    "/console/accounts/1/merge?other=2": "公司",
    "/console/import-accounts": "從表格匯入客戶",
    "/console/contacts": "聯絡人",
    "/console/contacts?into=1": "合併",
    "/console/contacts/1": "最近的聯絡",
    "/console/contacts/1/merge?other=2": "這兩位",
    "/console/incidents": "狀態",
    "/console/incidents/1": "確認這個事件",
    "/console/incidents/2": "相關工單",
    "/console/incidents/3": "合併到另一個事件",
    "/console/incidents/new?ticket={number}": "提出以後",
    "/console/daily": "新工單",
    "/console/daily/2026-11-23": "夜間新工單",
    "/console/duty": "值班",
    "/console/agents": "人員",
    "/console/agents/6": "層級",
    "/console/outbox": "企業微信",
    "/console/canned": "快捷回覆",
    "/console/canned/{canned}": "內容",
    "/console/exports": "匯出",
    "/console/calendar?year=2026": "調休上班",
    "/console/settings": "工作時間",
}


@pytest.fixture
def world(staff: Staff, tmp_path: Path) -> World:
    rules = ServiceRules(routing=RoutingRules(by_module={NAME: NAME}, by_word={NAME: (NAME,)}))
    return World(staff, tmp_path, rules=rules)


@pytest.fixture
def places(world: World) -> dict[str, str]:
    """Everything that people can write, written in Simplified by people who are all called the same."""
    now, by = world.clock(), "agent:6"
    agents.create(world.db, "fa", PASSWORD, name=NAME, role="agent", now=now)
    number = world.ticket(of="zhang", said=f"我是{NAME}", summary=f"{NAME}登录不上去")
    other = world.ticket(customer="visitor-2", said=NAME, summary=NAME, handoff=False)
    with world.db.write() as session:
        agents.profile(session, world.agent("root").id, locale="zh-TW")
        agents.profile(session, 6, mention=NAME)
        agents.set_skills(session, 6, (NAME,))
        tickets.assign(session, other, 6, by=by, reason=NAME, now=now)
        for suffix in ("甲", "乙"):
            draft = AccountDraft(NAME + suffix, NAME, NAME, now.date(), note=NAME)
            account = accounts.save(session, draft, by=by, now=now)
            accounts.add_site(session, account.id, NAME, NAME, by=by, now=now)
            accounts.add_licence(session, account.id, f"GD8801-220{account.id}", by=by, now=now)
        for contact_id in (1, 2):
            accounts.attach_contact(session, contact_id, contact_id, by=by, now=now)
            draft_of = ContactDraft(NAME, "13800138000", None, NAME)
            contacts.edit(session, contact_id, draft_of, by=by, now=now)
        tickets.note(session, number, NAME, by=by, now=now)
        tickets.schedule(session, number, now + timedelta(hours=1), NAME, by=by, now=now)
        tickets.plan(session, number, NAME, by=by, now=now)
        promises.make(session, number, NAME, now + timedelta(hours=1), by=by, now=now)
        for code in ("", "ERR-1", "ERR-2"):
            wanted = Wanted(NAME, "login", NAME, code, (NAME,), NAME, NAME)
            incidents.propose(session, wanted, by=by, now=now)
        incidents.link_ticket(session, 1, number, by=by, now=now)
        incidents.dismiss(session, 2, reason=NAME, by=by, now=now)
        duty.add(session, 6, "shift", now, now + timedelta(hours=8), note=NAME, by=by, now=now)
        one = canned.save(session, shortcut="shi", title=NAME, text=f"{NAME} ${{x}}", by=by, now=now)
        own.decide(session, date(2026, 11, 30), SpecialDay("holiday", NAME), by=by, now=now)
        said = {"event": "complaint", "title": NAME, "lines": [NAME], "people": []}
        outbox.enqueue(session, DeliveryDraft("staff_wecom", "x", said, "key"), now=now)
        (row,) = outbox.lease(session, now=now)
        outbox.mark_failed(session, row, NAME, permanent=True, now=now)
        night = reports.night_before(date(2026, 11, 23), world.services.rules.morning.at, world.services.hours)
        content = {**reports.collect(session, night, now=now), "late": False}
        row_of_report = {
            "number": other, "priority": "P1", "summary": NAME, "company": NAME, "contact": NAME, "contact_id": 1,
            "vip": True, "status": "new", "agent": NAME, "created_at": now.isoformat(), "channel": "web",
            "since": now.isoformat(),
            "done": [{"kind": "assigned", "given": NAME, "to": None, "by": NAME, "at": now.isoformat(), "solution": NAME}],
        }  # fmt: skip
        content |= {"opened": [row_of_report], "p1": [row_of_report], "waiting": [row_of_report]}
        reports.keep(session, KIND, night.day, content, now=now)
        audit.record(session, by, "note", NAME, {"name": NAME}, now=now)
    return {"number": number, "canned": str(one.id)}


@pytest.mark.parametrize("path", HEADINGS)
def test_our_words_are_converted_and_nobody_elses(world: World, places: dict[str, str], path: str) -> None:
    answer = world.browser("root").get(path.format(**places))

    assert answer.status_code == 200, answer.text
    page = re.sub(r'(?s)<p class="said".*?</p>', "", unescape(answer.text))  # customers' cards, in every script
    assert HEADINGS[path] in page
    found = page.find(CONVERTED)
    assert found < 0, page[max(0, found - 200) : found + 50]
    assert "\ufdd0" not in page
    if not path.endswith(("merge?other=2", "daily", "import-accounts", "new-account")):
        assert NAME in page
