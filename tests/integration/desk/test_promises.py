from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from desk import promises, tickets
from desk.agents import Agent
from desk.clock import FixedClock
from desk.conversations import Conversation
from desk.database import Database
from desk.errors import IllegalMove, NotFound
from desk.promises import Promise
from desk.tickets import Ticket, TicketDraft

HOUR = timedelta(hours=1)


@pytest.fixture
def ticket(db: Database, clock: FixedClock, conversation: Conversation, agent: Agent) -> Ticket:
    with db.write() as session:
        opened = tickets.open_ticket(
            session,
            TicketDraft("crash", "P2", "闪退"),
            key="k",
            contact_id=conversation.contact_id,
            conversation_id=conversation.id,
            now=clock(),
        ).ticket
        return tickets.assign(session, opened.number, agent.id, by="system", now=clock())


def promised(db: Database, clock: FixedClock, ticket: Ticket, due: datetime | None = None) -> Promise:
    with db.write() as session:
        return promises.make(session, ticket.number, " 给补丁 ", due or clock() + HOUR, by="agent:1", now=clock())


def told(db: Database, ticket: Ticket) -> list[tuple[str, str]]:
    with db.read() as session:
        history = tickets.events(session, ticket.number)
    return [(event.kind, event.actor) for event in history if event.kind.startswith("promise")]


def test_a_promise_is_made_on_an_open_ticket(db: Database, clock: FixedClock, ticket: Ticket, agent: Agent) -> None:
    made = promised(db, clock, ticket)
    assert (made.number, made.text, made.state, made.assignee_id) == (ticket.number, "给补丁", "open", agent.id)
    with db.read() as session:
        assert promises.get(session, made.id) == made
        event = tickets.events(session, ticket.number)[-1]
    assert event.detail == {"promise_id": made.id, "text": "给补丁", "due_at": made.due_at.isoformat()}


def test_a_ticket_that_is_done_gets_no_promise(db: Database, clock: FixedClock, ticket: Ticket) -> None:
    with db.write() as session:
        tickets.resolve(session, ticket.number, solution="好了", by="agent:1", now=clock())
    with pytest.raises(IllegalMove):
        promised(db, clock, ticket)


@pytest.mark.parametrize(("text", "ahead"), [(" ", HOUR), ("长" * 501, HOUR), ("补丁", timedelta(0)), ("补丁", -HOUR)])
def test_an_empty_or_late_promise_is_refused(
    db: Database, clock: FixedClock, ticket: Ticket, text: str, ahead: timedelta
) -> None:
    with pytest.raises(ValueError, match=r"characters|has passed"), db.write() as session:
        promises.make(session, ticket.number, text, clock() + ahead, by="agent:1", now=clock())


@pytest.mark.parametrize(
    ("wait", "state"), [(0, "kept"), (60, "kept"), (61, "broken"), (600, "broken")], ids=lambda one: str(one)
)
def test_a_promise_is_kept_in_time_or_broken(
    db: Database, clock: FixedClock, ticket: Ticket, wait: int, state: str
) -> None:
    made = promised(db, clock, ticket)
    clock.advance(timedelta(minutes=wait))
    with db.write() as session:
        decided = promises.keep(session, made.id, by="agent:1", now=clock())
    assert (decided.state, decided.decided_at) == (state, clock())
    assert told(db, ticket) == [("promised", "agent:1"), (f"promise_{state}", "agent:1")]


def test_a_promise_is_taken_back_only_in_time(db: Database, clock: FixedClock, ticket: Ticket) -> None:
    first, second = promised(db, clock, ticket), promised(db, clock, ticket, clock() + 2 * HOUR)
    clock.advance(HOUR)
    with db.write() as session:
        assert (
            promises.withdraw(session, second.id, reason="客户换了办法", by="agent:1", now=clock()).state == "withdrawn"
        )
    with pytest.raises(IllegalMove, match="was due"), db.write() as session:
        promises.withdraw(session, first.id, by="agent:1", now=clock())


def test_what_is_decided_stays_so(db: Database, clock: FixedClock, ticket: Ticket) -> None:
    made = promised(db, clock, ticket)
    with db.write() as session:
        promises.keep(session, made.id, by="agent:1", now=clock())
    for again in (promises.keep, promises.withdraw):
        with pytest.raises(IllegalMove), db.write() as session:
            again(session, made.id, by="agent:1", now=clock())
    with db.write() as session:
        assert promises.decide(session, made.id, now=clock() + HOUR) is None


def test_due_ones_are_broken_once(db: Database, clock: FixedClock, ticket: Ticket) -> None:
    due, later = promised(db, clock, ticket), promised(db, clock, ticket, clock() + 9 * HOUR)
    with db.write() as session:
        assert promises.break_due(session, now=clock()) == ()
    clock.advance(3 * HOUR)  # the timer was down
    with db.write() as session:
        assert [one.id for one in promises.break_due(session, now=clock())] == [due.id]
        assert promises.break_due(session, now=clock()) == ()
    assert told(db, ticket)[2:] == [("promise_broken", "system")]
    with db.read() as session:
        assert promises.get(session, later.id).state == "open"


@pytest.mark.parametrize(
    ("done", "minutes", "state"),
    [
        ("resolve", 30, "kept"),
        ("resolve", 90, "broken"),
        ("close", 30, "withdrawn"),
        ("close", 90, "broken"),
        ("reopen", 30, "broken"),
    ],
)
def test_the_end_of_a_ticket_decides_its_promises(
    db: Database, clock: FixedClock, ticket: Ticket, done: str, minutes: int, state: str
) -> None:
    made = promised(db, clock, ticket)
    clock.advance(timedelta(minutes=minutes))
    with db.write() as session:
        if done == "close":
            tickets.close(session, ticket.number, by="agent:1", now=clock())
        else:
            tickets.resolve(session, ticket.number, solution="好了", by="agent:1", now=clock())
        if done == "reopen":
            tickets.reopen(session, ticket.number, by="bot", now=clock())
        clock.advance(2 * HOUR)
        assert [(one.id, one.state) for one in promises.break_due(session, now=clock())] == [(made.id, state)]


def test_who_promised_long_before_is_reminded_in_time(db: Database, clock: FixedClock, ticket: Ticket) -> None:
    warning = timedelta(minutes=30)
    made = promised(db, clock, ticket)
    promised(db, clock, ticket, clock() + timedelta(minutes=10))  # no need to remind of that

    def near() -> list[int]:
        with db.read() as session:
            return [one.id for one in promises.soon(session, now=clock(), within=warning)]

    assert near() == []
    clock.advance(warning)
    assert near() == [made.id]
    clock.advance(warning)
    assert near() == []


def test_promises_are_listed_by_ticket_agent_state_and_time(
    db: Database, clock: FixedClock, ticket: Ticket, agent: Agent, colleague: Agent
) -> None:
    late, early = promised(db, clock, ticket, clock() + 2 * HOUR), promised(db, clock, ticket)
    with db.write() as session:
        promises.keep(session, early.id, by="agent:1", now=clock())
    with db.read() as session:
        assert [one.id for one in promises.listing(session, number=ticket.number)] == [early.id, late.id]
        assert [one.id for one in promises.listing(session, agent_id=agent.id, state="open")] == [late.id]
        assert promises.listing(session, agent_id=colleague.id) == ()
        assert [one.id for one in promises.listing(session, due_before=late.due_at)] == [early.id]
        assert len(promises.listing(session, limit=1)) == 1


def test_an_unknown_promise_is_not_found(db: Database, clock: FixedClock) -> None:
    with db.write() as session:
        for look in (
            lambda: promises.get(session, 7),
            lambda: promises.keep(session, 7, by="agent:1", now=clock()),
            lambda: promises.decide(session, 7, now=clock()),
        ):
            with pytest.raises(NotFound):
                look()
