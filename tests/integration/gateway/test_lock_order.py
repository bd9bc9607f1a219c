"""Conversation before ticket before incident: whoever keeps to it never waits in a circle. Needs PostgreSQL's row locks;
on SQLite there is one writer at a time."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import TypeVar

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from contract.decisions import Handoff, TicketUrge
from desk import asks, contacts, conversations, incidents, tickets
from desk.accounts import merge_contacts
from desk.clock import FixedClock
from desk.database import Database
from desk.incidents import IncidentRules, Wanted, propose_due
from desk.tickets import TicketDraft
from gateway.engine import Said
from tests.integration.desk.conftest import db, postgres_db, server, sqlite_template  # noqa: F401
from tests.integration.gateway.turn_world import HANDOFF, NOW, World, texts

T = TypeVar("T")


@pytest.fixture
def world(db: Database) -> World:  # noqa: F811
    return World(db, FixedClock(NOW))


def somebody_waits(db: Database) -> bool:  # noqa: F811
    """Whether a transaction waits for another one's row."""
    with db.read() as session:
        if session.get_bind().dialect.name == "sqlite":
            return False
        return bool(session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


def until_it_waits(db: Database, running: Future[T]) -> None:  # noqa: F811
    """Until another thread waits for something or is done; on SQLite a moment."""
    until = time.monotonic() + (0.2 if db.url.startswith("sqlite") else 5)
    while not running.done() and not somebody_waits(db) and time.monotonic() < until:
        time.sleep(0.02)


def test_an_agent_and_a_turn_that_urges_do_not_wait_for_each_other(world: World) -> None:
    asyncio.run(hand_over(world))
    (ticket,) = world.tickets()
    talk = world.conversation().id
    thinking, locked = Event(), Event()

    def script(text: str, _: object) -> tuple[TicketUrge, ...]:
        thinking.set()
        locked.wait(10)
        return (TicketUrge(ticket.number),)

    world.script = script
    with ThreadPoolExecutor(1) as pool:
        turn = pool.submit(lambda: asyncio.run(said(world, "催一下")))
        assert thinking.wait(10)
        with world.db.write() as session:
            conversations.update(session, talk, {}, now=world.clock())
            locked.set()
            until_it_waits(world.db, turn)
            tickets.note(session, ticket.number, "我在看", by="agent:1", now=world.clock())
        assert "催" in turn.result(timeout=20)

    with world.db.read() as session:
        kinds = [line.kind for line in tickets.events(session, ticket.number)]
    assert (kinds.count("noted"), kinds.count("urged")) == (1, 1)


async def hand_over(world: World) -> None:
    world.says(HANDOFF)
    await world.say("转人工")


async def said(world: World, words: str) -> str:
    world.restart()
    return "".join(texts(await world.say(words, f"own-{words}")))


def test_who_links_a_report_and_the_timer_that_does_so_do_not_wait_for_each_other(world: World) -> None:
    with world.db.write() as session:
        wanted = Wanted("登录报错", "login", code="ERROR_503")
        incident = incidents.propose(session, wanted, by="agent:1", now=world.clock())
    numbers = [report(world, key) for key in ("one", "two")]

    with ThreadPoolExecutor(1) as pool:
        with world.db.write() as session:
            tickets.note(session, numbers[1], "我在看", by="agent:1", now=world.clock())
            timer = pool.submit(propose, world)
            until_it_waits(world.db, timer)
            incidents.link_ticket(session, incident.id, numbers[1], by="agent:1", now=world.clock())
        assert timer.result(timeout=20) == 1

    with world.db.read() as session:
        assert {tickets.get(session, number).incident_id for number in numbers} == {incident.id}


def report(world: World, key: str) -> str:
    draft = TicketDraft("login", "P3", "登录报 ERROR_503", {"error_code": "ERROR_503"}, handoff=False)
    with world.db.write() as session:
        contact = contacts.for_identity(session, "form", key, now=world.clock())
        opened = tickets.open_ticket(session, draft, key=key, contact_id=contact.id, now=world.clock())
    return opened.ticket.number


def propose(world: World) -> int:
    with world.db.write() as session:
        return propose_due(session, IncidentRules(), world.clock()).linked


def test_two_contacts_become_one_while_a_turn_runs(world: World) -> None:
    """The turn goes on with the person it is now: the number they say is kept, and nobody gets an apology."""
    asyncio.run(hand_over(world))
    other = world.conversation().contact_id
    with world.db.write() as session:
        keep = contacts.for_identity(session, "wechat", "o-1", now=world.clock()).id

    def script(text: str, _: object) -> tuple[Said, ...]:
        with world.db.write() as session:
            merge_contacts(session, keep, other, by="agent:1", now=world.clock())
        return (Said("好的"),)

    world.script = script
    asyncio.run(said(world, "我的电话是13800138000"))

    with world.db.read() as session:
        assert contacts.get(session, keep).phone == "13800138000"
        assert tickets.listing(session, tickets.Filter(contact_id=keep))


def test_two_tabs_that_answer_one_question_at_once_are_heard_once(world: World) -> None:
    asyncio.run(hand_over(world))
    (ticket,) = world.tickets()
    with world.db.write() as session:
        tickets.resolve(session, ticket.number, solution="好了", by="agent:1", now=world.clock())
        conversations.release(session, world.conversation().id, now=world.clock())
        one = asks.request(
            session, "solved", world.conversation().id, ticket_id=ticket.id, due_at=world.clock(), key="k",
            now=world.clock(),
        )  # fmt: skip
        assert asks.ask(session, one.id, now=world.clock())
    world.clock.advance(timedelta(minutes=1))
    world.says(Said("好的"))

    asyncio.run(both_tabs(world, one.id))

    with world.db.read() as session:
        kinds = [line.kind for line in tickets.events(session, ticket.number)]
        assert asks.get(session, one.id).state == "answered"
    assert kinds.count("closed") + kinds.count("reopened") == 1


async def both_tabs(world: World, ask_id: int) -> None:
    """Two processes: what serialises the turns of one process does not help."""
    first, second = World(world.db, world.clock), World(world.db, world.clock)
    for tab in (first, second):
        tab.says(Said("好的"))
    await asyncio.gather(
        first.say("已解决", "tab-1", choice=conversations.Choice(f"ask:{ask_id}:yes", "已解决")),
        second.say("没解决", "tab-2", choice=conversations.Choice(f"ask:{ask_id}:no", "没解决")),
    )


def test_an_incident_that_ends_while_a_ticket_is_linked_to_it_costs_nobody_their_ticket(world: World) -> None:
    if world.db.url.startswith("sqlite"):
        pytest.skip("one writer at a time: nothing ends meanwhile")
    with world.db.write() as session:
        wanted = Wanted("登录报错", "login", code="ERROR_503", message="正在处理")
        incident = incidents.propose(session, wanted, by="agent:1", now=world.clock())
        incidents.confirm(session, incident.id, wanted, by="agent:1", now=world.clock())
    closed = Event()

    def close_first(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM incidents" in statement and "FOR UPDATE" in statement and not closed.is_set():
            closed.set()
            with world.db.write() as session:
                incidents.close(session, incident.id, "已恢复", by="agent:1", now=world.clock())

    event.listen(Engine, "before_cursor_execute", close_first)
    try:
        world.says(Handoff("request", "login", "P3", "登录报 ERROR_503", {"error_code": "ERROR_503"}))
        asyncio.run(said(world, "登录报 ERROR_503，转人工"))
    finally:
        event.remove(Engine, "before_cursor_execute", close_first)

    assert closed.is_set()
    (ticket,) = world.tickets()
    assert ticket.incident_id is None
