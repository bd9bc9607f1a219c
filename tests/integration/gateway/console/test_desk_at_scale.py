"""A long queue costs no more questions to the database than a short one, and an open page hardly any."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from desk import accounts, agents, contacts, conversations, messages, sla, tickets
from desk.accounts import AccountDraft
from desk.calendar import WorkingHours
from desk.tickets import TicketDraft
from gateway.console.live.desk import DeskWatch
from tests.integration.gateway.console.streaming import Stream
from tests.integration.gateway.console.world import Staff, World


def filled(world: World, numbers: range) -> None:
    """A ticket for each number, of as many people and companies."""
    now = world.clock()
    with world.db.write() as session:
        for n in numbers:
            talk = conversations.open_for(session, "web", f"visitor-{n}", now=now)
            company = accounts.save(session, AccountDraft(f"公司{n}"), by="agent:1", now=now)
            accounts.attach_contact(session, talk.contact_id, company.id, by="agent:1", now=now)
            messages.record_inbound(session, talk.id, f"m-{n}", "导入报错", now=now)
            draft = TicketDraft("crash", "P3", f"导入报错 {n}", reason="request")
            tickets.open_ticket(
                session, draft, key=f"k-{n}", contact_id=talk.contact_id, conversation_id=talk.id, now=now
            )


def statements(act: Callable[[], object]) -> int:
    said: list[str] = []

    def listen(*what: object) -> None:
        said.append(str(what[2]))

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        act()
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    return len(said)


def test_the_queue_asks_as_often_for_forty_tickets_as_for_three(world: World) -> None:
    browser, asked = world.browser("li"), []
    for numbers in (range(3), range(3, 43)):
        filled(world, numbers)
        browser.get("/console")
        asked.append(statements(lambda: browser.get("/console")))
    assert asked[0] == asked[1]


def test_looking_when_nothing_has_happened_asks_five_things(world: World) -> None:
    filled(world, range(40))
    watched = DeskWatch(world.services, world.browser("li").cookies["gongda_console"])
    assert watched.look()
    assert statements(watched.look) <= 5


@pytest.mark.parametrize("path", ["/console", "/console/tickets/{number}", "/console/calendar", "/console/duty"])
def test_where_nobody_works_the_pages_are_there_all_the_same(staff: Staff, tmp_path: Path, path: str) -> None:
    world = World(staff, tmp_path, hours=WorkingHours(week={}))
    number = world.ticket(of="zhang")
    assert world.browser("zhang").get(path.format(number=number)).status_code == 200


@pytest.mark.parametrize("path", ["/console", "/console/tickets/{number}"])
def test_a_clock_that_runs_is_shown_when_the_last_day_of_work_is_over(staff: Staff, tmp_path: Path, path: str) -> None:
    """Counted while people still worked; since then the calendar has been emptied for good."""
    world = World(staff, tmp_path, hours=WorkingHours())
    number = world.ticket(of="zhang")
    with world.db.write() as session:
        sla.project(session, world.services.rules.sla, world.services.hours, now=world.clock())
    gone = World.__new__(World)
    gone.__dict__ = {**world.__dict__, "services": replace(world.services, hours=WorkingHours(week={}))}
    gone.app.state.services = gone.services
    assert gone.browser("zhang").get(path.format(number=number)).status_code == 200


async def test_a_deactivated_colleague_hears_no_more(world: World) -> None:
    number = await asyncio.to_thread(world.ticket, of="zhang")
    li = world.agent("li")

    def deactivate() -> None:
        with world.db.write() as session:
            agents.update(session, li.id, active=False)

    path = f"/console/tickets/{number}/events"
    async with Stream(world, path, world.browser("li").cookies["gongda_console"]) as stream:
        await stream.read("state")
        await asyncio.to_thread(deactivate)
        await asyncio.to_thread(world.say, number, "别人的秘密", "in-9")
        await stream.read("ended")


def test_what_the_bot_repeats_of_a_customer_is_masked_as_what_they_wrote(world: World) -> None:
    number = world.ticket(of="zhang", said="登录不了，密码是 Zx9#secret1")
    with world.db.write() as session:
        talk, now = world.talk(number).id, world.clock()
        text = "工单（登录不了，密码是 Zx9#secret1）解决了吗？"
        options = {"options": [{"id": "ask:1:yes", "label": "密码是 Zx9#secret1"}]}
        messages.add(session, talk, "bot", text, kind="text", payload=options, now=now)
        contacts.describe(session, world.talk(number).contact_id, name="王工")
    assert "Zx9#secret1" not in world.browser("zhang").get(f"/console/tickets/{number}").text


@pytest.mark.parametrize("path", ["/console?q=%00", "/console?q=a%00b", "/console/contacts?q=%00"])
def test_a_search_for_nothing_that_can_be_typed_finds_nothing_and_fails_nowhere(world: World, path: str) -> None:
    assert world.browser("li").get(path).status_code == 200
