from __future__ import annotations

from datetime import timedelta

import pytest

from desk import tickets, viewers
from desk.agents import Agent
from desk.clock import FixedClock
from desk.conversations import Conversation
from desk.database import Database
from desk.tickets import TicketDraft


@pytest.fixture
def ticket_id(db: Database, clock: FixedClock, conversation: Conversation) -> int:
    with db.write() as session:
        draft = TicketDraft("crash", "P2", "闪退")
        return tickets.open_ticket(session, draft, key="k", contact_id=conversation.contact_id, now=clock()).ticket.id


def seen(db: Database, clock: FixedClock, ticket_id: int, me: Agent) -> list[tuple[str, str]]:
    with db.read() as session:
        return [(one.name, one.mode) for one in viewers.others(session, ticket_id, me.id, now=clock())]


def test_one_sees_who_else_is_there(
    db: Database, clock: FixedClock, ticket_id: int, agent: Agent, colleague: Agent
) -> None:
    with db.write() as session:
        viewers.look(session, ticket_id, agent.id, "reading", now=clock())
        viewers.look(session, ticket_id, colleague.id, "reading", now=clock())
        viewers.look(session, ticket_id, colleague.id, "writing", now=clock())
    assert seen(db, clock, ticket_id, agent) == [(colleague.name, "writing")]
    assert seen(db, clock, ticket_id, colleague) == [(agent.name, "reading")]
    assert seen(db, clock, ticket_id + 1, agent) == []


def test_after_half_a_minute_without_a_sign_one_is_gone(
    db: Database, clock: FixedClock, ticket_id: int, agent: Agent, colleague: Agent
) -> None:
    with db.write() as session:
        viewers.look(session, ticket_id, colleague.id, "reading", now=clock())
    clock.advance(timedelta(seconds=29))
    assert seen(db, clock, ticket_id, agent)
    clock.advance(timedelta(seconds=1))
    assert seen(db, clock, ticket_id, agent) == []


def test_leaving_is_seen_at_once(
    db: Database, clock: FixedClock, ticket_id: int, agent: Agent, colleague: Agent
) -> None:
    with db.write() as session:
        viewers.look(session, ticket_id, colleague.id, "reading", now=clock())
        viewers.leave(session, ticket_id, colleague.id)
        viewers.leave(session, ticket_id, colleague.id)
    assert seen(db, clock, ticket_id, agent) == []


def test_a_late_sign_moves_nothing_back(
    db: Database, clock: FixedClock, ticket_id: int, agent: Agent, colleague: Agent
) -> None:
    with db.write() as session:
        viewers.look(session, ticket_id, colleague.id, "writing", now=clock())
        viewers.look(session, ticket_id, colleague.id, "reading", now=clock() - timedelta(seconds=40))
    assert seen(db, clock, ticket_id, agent) == [(colleague.name, "writing")]


def test_nobody_dances_on_a_ticket(db: Database, clock: FixedClock, ticket_id: int, agent: Agent) -> None:
    with pytest.raises(ValueError, match="dancing"), db.write() as session:
        viewers.look(session, ticket_id, agent.id, "dancing", now=clock())  # type: ignore[arg-type]


def test_old_signs_are_forgotten(db: Database, clock: FixedClock, ticket_id: int, agent: Agent) -> None:
    with db.write() as session:
        viewers.look(session, ticket_id, agent.id, "reading", now=clock())
        assert viewers.forget(session, before=clock()) == 0
        assert viewers.forget(session, before=clock() + timedelta(seconds=1)) == 1
