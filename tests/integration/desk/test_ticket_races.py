"""Several at once: on PostgreSQL they wait for each other and never in a circle; on SQLite they take turns."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from desk import promises, tickets
from desk.clock import FixedClock
from desk.conversations import Conversation
from desk.database import Database
from desk.errors import IllegalMove
from desk.tickets import TicketDraft

DRAFT = TicketDraft("crash", "P3", "闪退", handoff=False)


@pytest.fixture
def numbers(db: Database, clock: FixedClock, conversation: Conversation, stranger: Conversation) -> list[str]:
    with db.write() as session:
        return [
            tickets.open_ticket(
                session, DRAFT, key=f"{n}", contact_id=talk.contact_id, conversation_id=talk.id, now=clock()
            ).ticket.number
            for n, talk in enumerate((conversation, stranger, conversation))
        ]


def at_once(db: Database, acts: list[Callable[[Session], object]]) -> list[object]:
    def one(act: Callable[[Session], object]) -> object:
        try:
            with db.write() as session:
                return act(session)
        except IllegalMove as refused:
            return refused

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def test_links_in_a_circle_leave_one_original(db: Database, clock: FixedClock, numbers: list[str]) -> None:
    one, two, three = numbers
    for _ in range(3):
        pairs = [(one, two), (two, three), (three, one), (two, one)]
        at_once(
            db,
            [
                lambda session, pair=pair: tickets.link(session, *pair, "duplicate", by="agent:1", now=clock())
                for pair in pairs
            ],
        )
        with db.write() as session:
            for number in numbers:
                roles = {link.role for link in tickets.links(session, number)}
                assert roles in ({"original"}, {"duplicate"})
            for number in numbers:
                if not tickets.get(session, number).open:
                    tickets.reopen(session, number, by="agent:1", now=clock())


def test_a_promise_is_broken_by_one_of_four_workers(db: Database, clock: FixedClock, numbers: list[str]) -> None:
    with db.write() as session:
        for number in numbers:
            promises.make(session, number, "补丁", clock() + timedelta(hours=1), by="agent:1", now=clock())
    now = clock.advance(timedelta(hours=2))
    decided = at_once(db, [lambda session: len(promises.break_due(session, now=now))] * 4)
    assert sum(n for n in decided if isinstance(n, int)) == 3
    with db.read() as session:
        for number in numbers:
            assert [event.kind for event in tickets.events(session, number)].count("promise_broken") == 1


def test_what_is_settled_is_closed_by_one_of_four_workers(db: Database, clock: FixedClock, numbers: list[str]) -> None:
    with db.write() as session:
        for number in numbers:
            tickets.resolve(session, number, solution="好了", by="agent:1", now=clock())
    now = clock.advance(timedelta(days=8))
    at_once(db, [lambda session: tickets.close_resolved(session, before=now, now=now)] * 4)
    with db.read() as session:
        for number in numbers:
            assert [event.kind for event in tickets.events(session, number)] == ["opened", "resolved", "closed"]


def test_one_key_does_a_thing_once(db: Database, clock: FixedClock, numbers: list[str]) -> None:
    def act(session: Session) -> bool:
        fresh = tickets.once(session, numbers[0], "api:note:k", {"text": "一"}, now=clock())
        if fresh:
            tickets.note(session, numbers[0], "一", by="api", now=clock())
        return fresh

    assert sorted(bool(one) for one in at_once(db, [act] * 6)) == [False] * 5 + [True]
