from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from desk import tickets
from desk.agents import Agent
from desk.clock import FixedClock
from desk.conversations import Conversation
from desk.database import Database
from desk.errors import ConflictingRepeat, IllegalMove, MalformedNumber, NotFound
from desk.tickets import Filter, Opened, Ticket, TicketDraft

DRAFT = TicketDraft("crash", "P2", "打开就闪退", {"os": "Windows 10"}, reason="request")


@pytest.fixture
def ticket(db: Database, clock: FixedClock, conversation: Conversation) -> Ticket:
    with db.write() as session:
        return opened(session, conversation, clock).ticket


def opened(
    session: Session, conversation: Conversation, clock: FixedClock, key: str = "key-1", draft: TicketDraft = DRAFT
) -> Opened:
    return tickets.open_ticket(
        session, draft, key=key, contact_id=conversation.contact_id, conversation_id=conversation.id, now=clock()
    )


def kinds(db: Database, number: str) -> list[str]:
    with db.read() as session:
        return [event.kind for event in tickets.events(session, number)]


def test_a_new_ticket_has_what_the_draft_says(ticket: Ticket, conversation: Conversation, clock: FixedClock) -> None:
    assert ticket.number.startswith("GD-20261123-0001-")
    assert (ticket.status, ticket.priority, ticket.tier) == ("new", "P2", "L1")
    assert (ticket.slots, ticket.created_at) == ({"os": "Windows 10"}, clock())
    assert ticket.open


def test_numbers_run_within_the_day_and_begin_anew_at_midnight_in_beijing(
    db: Database, clock: FixedClock, conversation: Conversation, ticket: Ticket
) -> None:
    complaint = replace(DRAFT, handoff=False)
    with db.write() as session:
        second = opened(session, conversation, clock, "key-2", complaint)
        clock.advance(timedelta(hours=14))
        next_day = opened(session, conversation, clock, "key-3", complaint)
    assert second.ticket.number.startswith("GD-20261123-0002-")
    assert next_day.ticket.number.startswith("GD-20261124-0001-")


def test_a_number_that_was_rolled_back_is_given_again(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    def open_and_fail() -> None:
        with db.write() as session:
            opened(session, conversation, clock)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        open_and_fail()
    with db.write() as session:
        assert opened(session, conversation, clock).ticket.number.startswith("GD-20261123-0001-")


def test_the_same_key_finds_the_same_ticket(
    db: Database, clock: FixedClock, conversation: Conversation, ticket: Ticket
) -> None:
    with db.write() as session:
        tickets.resolve(session, ticket.number, solution="升级", by="agent:1", now=clock())
        again = opened(session, conversation, clock)
    assert not again.fresh
    assert again.ticket.number == ticket.number


def test_the_same_key_with_another_draft_is_refused(
    db: Database, clock: FixedClock, conversation: Conversation, ticket: Ticket
) -> None:
    with pytest.raises(ConflictingRepeat), db.write() as session:
        opened(session, conversation, clock, draft=replace(DRAFT, summary="别的"))


def test_a_second_handoff_finds_the_open_one(
    db: Database, clock: FixedClock, conversation: Conversation, ticket: Ticket
) -> None:
    with db.write() as session:
        again = opened(session, conversation, clock, "key-2", replace(DRAFT, reason="dislikes"))
    assert not again.fresh
    assert again.ticket.id == ticket.id
    assert kinds(db, ticket.number) == ["opened", "requested_again"]
    with db.write() as session:  # and the second key stays with that ticket for good
        tickets.close(session, ticket.number, by="system", now=clock())
        assert opened(session, conversation, clock, "key-2", replace(DRAFT, reason="dislikes")).ticket.id == ticket.id


def test_after_the_handoff_is_done_a_new_one_may_begin(
    db: Database, clock: FixedClock, conversation: Conversation, ticket: Ticket
) -> None:
    with db.write() as session:
        tickets.resolve(session, ticket.number, solution="升级", by="agent:1", now=clock())
        second = opened(session, conversation, clock, "key-2")
    assert second.fresh
    with pytest.raises(IllegalMove, match=second.ticket.number), db.write() as session:
        tickets.reopen(session, ticket.number, by="bot", now=clock())


def test_a_ticket_from_the_api_needs_no_conversation(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    with db.write() as session:
        made = tickets.open_ticket(session, DRAFT, key="api", contact_id=conversation.contact_id, now=clock())
    assert made.fresh
    assert made.ticket.conversation_id is None


def test_nobody_opens_a_ticket_in_somebody_elses_conversation(
    db: Database, clock: FixedClock, conversation: Conversation, stranger: Conversation
) -> None:
    with pytest.raises(NotFound), db.write() as session:
        tickets.open_ticket(
            session, DRAFT, key="k", contact_id=stranger.contact_id, conversation_id=conversation.id, now=clock()
        )


@pytest.mark.parametrize(("priority", "tier"), [("P5", "L1"), ("p1", "L1"), ("P1", "L4")])
def test_an_unknown_priority_or_tier_is_refused(priority: str, tier: str) -> None:
    with pytest.raises(ValueError, match=r"is (P1 to P4|L1 to L3)"):
        TicketDraft("crash", priority, "闪退", tier=tier)


def test_a_ticket_lives_from_new_to_closed_and_back(
    db: Database, clock: FixedClock, ticket: Ticket, agent: Agent
) -> None:
    number, by = ticket.number, agent.actor
    with db.write() as session:
        assert tickets.assign(session, number, agent.id, by="system", reason="技能", now=clock()).status == "assigned"
        assert tickets.move(session, number, "in_progress", by=by, now=clock()).status == "in_progress"
        assert tickets.move(session, number, "waiting", by=by, now=clock()).status == "waiting"
        resolved = tickets.resolve(session, number, solution="重装驱动", by=by, now=clock())
        assert (resolved.status, resolved.resolved_at, resolved.open) == ("resolved", clock(), False)
        assert tickets.close(session, number, by="system", now=clock()).status == "closed"
        reopened = tickets.reopen(session, number, reason="又闪退", by="bot", now=clock())
    assert (reopened.status, reopened.resolved_at, reopened.assignee_id) == ("assigned", None, agent.id)
    assert kinds(db, number) == ["opened", "assigned", "moved", "moved", "resolved", "closed", "reopened"]


def test_the_history_tells_every_status(db: Database, clock: FixedClock, ticket: Ticket, agent: Agent) -> None:
    with db.write() as session:
        tickets.assign(session, ticket.number, agent.id, by="system", now=clock())
        tickets.move(session, ticket.number, "on_site", by=agent.actor, now=clock.advance(timedelta(hours=1)))
    with db.read() as session:
        history = tickets.events(session, ticket.number)
    assert [event.detail["to"] for event in history] == ["new", "assigned", "on_site"]
    assert [event.actor for event in history] == ["bot", "system", agent.actor]
    assert history[-1].created_at == clock()


MOVES: list[Callable[[Session, str, FixedClock], object]] = [
    lambda session, number, clock: tickets.move(session, number, "in_progress", by="agent:1", now=clock()),
    lambda session, number, clock: tickets.resolve(session, number, solution="", by="agent:1", now=clock()),
    lambda session, number, clock: tickets.assign(session, number, 1, by="system", now=clock()),
    lambda session, number, clock: tickets.urge(session, number, 1, now=clock()),
]


@pytest.mark.parametrize("step", MOVES)
def test_a_resolved_ticket_must_be_reopened_first(
    db: Database, clock: FixedClock, ticket: Ticket, agent: Agent, step: Callable[[Session, str, FixedClock], object]
) -> None:
    with db.write() as session:
        tickets.resolve(session, ticket.number, solution="升级", by=agent.actor, now=clock())
    with pytest.raises(IllegalMove, match="resolved"), db.write() as session:
        step(session, ticket.number, clock)
    assert kinds(db, ticket.number) == ["opened", "resolved"]


def test_an_open_ticket_is_not_reopened(db: Database, clock: FixedClock, ticket: Ticket) -> None:
    with pytest.raises(IllegalMove), db.write() as session:
        tickets.reopen(session, ticket.number, by="bot", now=clock())


def test_closing_twice_is_one_event(db: Database, clock: FixedClock, ticket: Ticket) -> None:
    with db.write() as session:
        tickets.close(session, ticket.number, by="system", now=clock())
        tickets.close(session, ticket.number, by="system", now=clock())
    assert kinds(db, ticket.number) == ["opened", "closed"]


def test_only_a_human_stops_the_first_response_clock(
    db: Database, clock: FixedClock, ticket: Ticket, agent: Agent
) -> None:
    with db.write() as session:
        for by in ("bot", "system", "contact:1"):
            assert tickets.reply(session, ticket.number, by=by, now=clock()).first_response_at is None
        first = clock.advance(timedelta(minutes=5))
        tickets.reply(session, ticket.number, by=agent.actor, now=first)
        later = tickets.reply(session, ticket.number, by=agent.actor, now=clock.advance(timedelta(minutes=5)))
    assert later.first_response_at == first


def test_corrections_keep_the_old_values(db: Database, clock: FixedClock, ticket: Ticket) -> None:
    with db.write() as session:
        changed = tickets.change(session, ticket.number, priority="P1", category="crash", by="agent:1", now=clock())
        tickets.change(session, ticket.number, priority="P1", by="agent:1", now=clock())  # no difference
    with db.read() as session:
        history = tickets.events(session, ticket.number)
    assert changed.priority == "P1"
    assert [event.detail for event in history[1:]] == [{"old": {"priority": "P2"}, "new": {"priority": "P1"}}]


def test_notes_are_history(db: Database, clock: FixedClock, ticket: Ticket) -> None:
    with db.write() as session:
        tickets.note(session, ticket.number, "显卡太老", by="agent:1", now=clock())
    with db.read() as session:
        assert tickets.events(session, ticket.number)[-1].detail == {"text": "显卡太老"}


def test_only_the_owner_sees_and_urges_a_ticket(
    db: Database, clock: FixedClock, ticket: Ticket, conversation: Conversation, stranger: Conversation
) -> None:
    with db.write() as session:
        assert tickets.owned(session, ticket.number.lower().replace("-", " "), conversation.contact_id) == ticket
        tickets.urge(session, ticket.number, conversation.contact_id, now=clock())
    assert kinds(db, ticket.number) == ["opened", "urged"]
    with db.read() as session, pytest.raises(NotFound) as refused:
        tickets.owned(session, ticket.number, stranger.contact_id)
    with db.read() as session, pytest.raises(NotFound) as absent:
        tickets.owned(session, "GD-20261122-0042-7", stranger.contact_id)
    assert str(refused.value).replace(ticket.number, "") == str(absent.value).replace("GD-20261122-0042-7", "")
    with pytest.raises(NotFound), db.write() as session:
        tickets.urge(session, ticket.number, stranger.contact_id, now=clock())


def test_a_mistyped_number_is_told_from_an_unknown_one(db: Database) -> None:
    with db.read() as session, pytest.raises(MalformedNumber):
        tickets.get(session, "GD-20261122-0024-7")


def test_tickets_are_listed_by_urgency_and_age(
    db: Database, clock: FixedClock, conversation: Conversation, stranger: Conversation, ticket: Ticket, agent: Agent
) -> None:
    with db.write() as session:
        urgent = opened(session, stranger, clock, "key-2", replace(DRAFT, priority="P1")).ticket
        clock.advance(timedelta(minutes=1))
        later = opened(session, conversation, clock, "key-3", replace(DRAFT, handoff=False)).ticket
        tickets.assign(session, later.number, agent.id, by="system", now=clock())
        tickets.close(session, urgent.number, by="system", now=clock())
    with db.read() as session:

        def numbers(where: Filter | None = None, **page: int) -> list[str]:
            return [each.number for each in tickets.listing(session, where, **page)]

        assert numbers() == [urgent.number, ticket.number, later.number]
        assert numbers(limit=1, offset=1) == [ticket.number]
        assert numbers(Filter(open=True)) == [ticket.number, later.number]
        assert numbers(Filter(open=False)) == [urgent.number]
        assert numbers(Filter(assignee_id=agent.id)) == [later.number]
        assert numbers(Filter(contact_id=stranger.contact_id)) == [urgent.number]
        assert numbers(Filter(handoff=False)) == [later.number]
        assert numbers(Filter(status="new", conversation_id=conversation.id)) == [ticket.number]
