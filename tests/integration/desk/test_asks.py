"""Asks as the desk keeps them, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desk import asks, conversations, feedback, messages, tickets
from desk.asks import Ask, AskRules
from desk.calendar import WorkingHours
from desk.clock import FixedClock
from desk.conversations import Change, Conversation
from desk.database import Database
from desk.errors import NotFound, Overtaken
from desk.queueing import QueueRules, overdue
from desk.tables import FeedbackRow
from desk.tickets import TicketDraft
from desk.turns import Content, TurnDraft, record_turn

DAY = timedelta(days=1)
RULES = AskRules()
WEB = {"web": None}


def resolved(db: Database, clock: FixedClock, conversation: Conversation) -> str:
    """A ticket, resolved now."""
    with db.write() as session:
        opened = tickets.open_ticket(
            session,
            TicketDraft("login", "P3", "登录不了"),
            key="k",
            contact_id=conversation.contact_id,
            conversation_id=conversation.id,
            now=clock(),
        )
        tickets.resolve(session, opened.ticket.number, solution="好了", by="agent:1", now=clock())
        return opened.ticket.number


def planned(db: Database, clock: FixedClock, conversation: Conversation) -> Ask:
    resolved(db, clock, conversation)
    clock.advance(DAY)
    with db.write() as session:
        assert asks.plan(session, RULES, now=clock()) == 1
        (one,) = asks.due(session, WEB, now=clock())
    return one


def test_a_resolution_is_planned_once(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    one = planned(db, clock, conversation)

    with db.write() as session:
        assert asks.plan(session, RULES, now=clock()) == 0
        assert asks.ticket_of(session, one) is not None
    assert (one.kind, one.state, one.due_at) == ("solved", "due", clock())


def test_the_same_key_is_one_ask(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    with db.write() as session:
        first, second = (
            asks.request(session, "csat", conversation.id, due_at=clock(), key="csat:1", now=clock()) for _ in range(2)
        )

    assert first == second


def test_one_caller_asks_and_the_first_answer_counts(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    one = planned(db, clock, conversation)

    with db.write() as session:
        assert [asks.ask(session, one.id, now=clock()) for _ in range(2)] == [True, False]
        assert [asks.answer(session, one.id, said, now=clock()) for said in ("yes", "no")] == [True, False]
        assert (asks.get(session, one.id).state, asks.get(session, one.id).answer) == ("answered", "yes")


def test_what_is_answered_before_it_is_asked_is_not_asked(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    one = planned(db, clock, conversation)

    with db.write() as session:
        assert asks.answer(session, one.id, "yes", now=clock())
        assert asks.ask(session, one.id, now=clock()) is False


def test_an_unknown_ask_is_none(db: Database) -> None:
    with db.read() as session, pytest.raises(NotFound):
        asks.get(session, 42)


@pytest.mark.parametrize("busy", ["human", "form", "choices", "pending", "elsewhere"])
def test_nobody_is_interrupted(db: Database, clock: FixedClock, conversation: Conversation, busy: str) -> None:
    planned(db, clock, conversation)
    now = clock()
    with db.write() as session:
        if busy == "human":
            conversations.update(session, conversation.id, Change(state="waiting"), now=now)
        elif busy == "form":
            conversations.update(session, conversation.id, Change(form="ticket_form/phone"), now=now)
        elif busy == "choices":
            conversations.update(session, conversation.id, Change(choices_until=now + timedelta(minutes=1)), now=now)
        elif busy == "pending":
            messages.record_inbound(session, conversation.id, "m-1", "在吗", now=now - DAY)
        channels = {"wechat": None} if busy == "elsewhere" else WEB

        assert asks.due(session, channels, now=now) == ()


def test_what_is_worked_on_again_is_over(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    one = planned(db, clock, conversation)
    with db.write() as session:
        ticket = asks.ticket_of(session, one)
        assert ticket is not None
        tickets.reopen(session, ticket.number, by="agent:1", now=clock())
        assert asks.due(session, WEB, now=clock()) == ()
        assert asks.expire(session, RULES, now=clock()) == 1
        assert asks.get(session, one.id).state == "expired"


@pytest.mark.parametrize(("asked", "state"), [(True, "expired"), (False, "expired")])
def test_three_days_are_enough(
    db: Database, clock: FixedClock, conversation: Conversation, asked: bool, state: str
) -> None:
    one = planned(db, clock, conversation)
    with db.write() as session:
        if asked:
            asks.ask(session, one.id, now=clock())
        clock.advance(RULES.expires_after - timedelta(seconds=1))
        assert asks.expire(session, RULES, now=clock()) == 0
        clock.advance(timedelta(seconds=1))
        assert asks.expire(session, RULES, now=clock()) == 1
        assert asks.get(session, one.id).state == state


def test_hours_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="from 20 to 9"):
        AskRules(from_hour=20, until_hour=9)


# -- scores --------------------------------------------------------------------------------------


def test_a_ticket_is_scored_once_whatever_the_episode(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    number = resolved(db, clock, conversation)
    with db.write() as session:
        about = tickets.get(session, number).id
        kept = [
            feedback.survey(session, conversation.id, episode=episode, score=4, ticket_id=about, now=clock())
            for episode in (1, 2)
        ]

    assert kept == [True, False]


def test_a_score_is_explained_once(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    with db.write() as session:
        assert feedback.explain(session, conversation.id, episode=1, reason="太慢") is False
        feedback.survey(session, conversation.id, episode=1, score=2, now=clock())
        kept = [feedback.explain(session, conversation.id, episode=1, reason=said) for said in ("太慢", "态度不好")]
        (row,) = session.query(FeedbackRow).all()

        assert (kept, row.reason) == ([True, False], "太慢")


# -- waiting, and what is stale ------------------------------------------------------------------


def test_who_waits_is_known_by_the_event_with_which_the_wait_began(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    with db.write() as session:
        for key in ("a", "b"):
            tickets.open_ticket(
                session,
                TicketDraft("login", "P3", "登录不了"),
                key=key,
                contact_id=conversation.contact_id,
                conversation_id=conversation.id,
                now=clock(),
            )
            clock.advance(timedelta(minutes=20))
        conversations.update(session, conversation.id, Change(state="waiting"), now=clock())
        assert overdue(session, QueueRules(), WorkingHours(), now=clock()) == ()  # 20 minutes since the last wish
        clock.advance(timedelta(minutes=10))

        (one,) = overdue(session, QueueRules(), WorkingHours(), now=clock())

    assert one.conversation_id == conversation.id
    assert clock() - one.since == timedelta(minutes=30)


def test_a_queue_without_patience_is_refused() -> None:
    with pytest.raises(ValueError, match="a minute or more"):
        QueueRules(time_out=timedelta(seconds=5))


def test_what_was_thought_in_another_episode_is_not_said(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    with db.write() as session:
        conversations.update(session, conversation.id, Change(state="waiting"), now=clock())
        conversations.release(session, conversation.id, now=clock())
    stale = TurnDraft("t-1", conversation.id, (), episode=conversation.episode)

    with pytest.raises(Overtaken, match="episode 2"), db.write() as session:
        record_turn(session, stale, Content(), now=clock())


@pytest.mark.parametrize(("by", "kept"), [("human", None), ("waiting", "登录不了怎么办")])
def test_what_a_human_has_dealt_with_is_not_gone_on_about(
    db: Database, clock: FixedClock, conversation: Conversation, by: str, kept: str | None
) -> None:
    with db.write() as session:
        conversations.update(session, conversation.id, Change(last_question="登录不了怎么办"), now=clock())
        conversations.update(session, conversation.id, Change(state=by), now=clock())  # type: ignore[typeddict-item]

        assert conversations.release(session, conversation.id, now=clock()).last_question == kept
