from __future__ import annotations

from datetime import timedelta

import pytest

from desk import contacts, conversations
from desk.agents import Agent
from desk.clock import FixedClock
from desk.conversations import Choice, Conversation
from desk.database import Database
from desk.errors import IllegalMove, NotFound


def test_a_person_has_one_conversation_on_a_channel(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    with db.write() as session:
        again = conversations.open_for(session, "web", "visitor", now=clock())
        elsewhere = conversations.open_for(session, "wechat", "visitor", now=clock())
    assert again == conversation
    assert elsewhere.id != conversation.id
    assert elsewhere.contact_id != conversation.contact_id


def test_a_new_conversation_is_with_the_bot(conversation: Conversation) -> None:
    assert (conversation.state, conversation.episode, conversation.misses) == ("bot", 1, 0)
    assert conversation.sender == f"{conversation.id}:1"


def test_what_a_person_told_about_themselves_is_kept(db: Database, conversation: Conversation) -> None:
    with db.write() as session:
        contacts.describe(session, conversation.contact_id, phone="13800138000")
        contacts.describe(session, conversation.contact_id, name="老王")
    with db.read() as session:
        contact = contacts.get(session, conversation.contact_id)
    assert (contact.name, contact.phone) == ("老王", "13800138000")


def test_a_change_leaves_alone_what_it_does_not_name(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    with db.write() as session:
        conversations.update(session, conversation.id, {"slots": {"module": "数据导入"}, "form": "ticket"}, now=clock())
        conversations.update(session, conversation.id, {"form": None, "misses": 1}, now=clock())
    with db.read() as session:
        now = conversations.get(session, conversation.id)
    assert (now.slots, now.form, now.misses) == ({"module": "数据导入"}, None, 1)


def test_choices_can_be_picked_until_they_expire(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    options = (Choice("imp-1", "导入报错"), Choice("imp-2", "导入很慢"))
    until = clock() + timedelta(minutes=10)
    with db.write() as session:
        offered = conversations.update(
            session, conversation.id, {"choices": options, "choices_until": until}, now=clock()
        )
    assert offered.choices_at(until - timedelta(seconds=1)) == options
    assert offered.choices_at(until) == ()


def test_counters_add_up(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    with db.write() as session:
        conversations.count(session, conversation.id, dislikes=1, now=clock())
        counted = conversations.count(session, conversation.id, dislikes=1, misses=1, now=clock())
    assert (counted.dislikes, counted.misses) == (2, 1)


def test_an_agent_takes_over_and_gives_back(
    db: Database, clock: FixedClock, conversation: Conversation, agent: Agent
) -> None:
    with db.write() as session:
        conversations.update(session, conversation.id, {"slots": {"version": "3.2"}, "misses": 2}, now=clock())
        conversations.update(session, conversation.id, {"state": "waiting"}, now=clock())
        taken = conversations.take(session, conversation.id, agent.id, now=clock())
        back = conversations.release(session, conversation.id, now=clock())
    assert (taken.state, taken.owner_id, taken.episode) == ("human", agent.id, 1)
    assert (back.state, back.owner_id, back.episode, back.misses) == ("bot", None, 2, 0)
    assert back.slots == {"version": "3.2"}


def test_two_agents_never_have_the_same_conversation(
    db: Database, clock: FixedClock, conversation: Conversation, agent: Agent, colleague: Agent
) -> None:
    with db.write() as session:
        conversations.take(session, conversation.id, agent.id, now=clock())
        conversations.take(session, conversation.id, agent.id, now=clock())  # again, by the same one: nothing happens
    with pytest.raises(IllegalMove, match="transfer"), db.write() as session:
        conversations.take(session, conversation.id, colleague.id, now=clock())
    with db.write() as session:
        assert conversations.transfer(session, conversation.id, colleague.id, now=clock()).owner_id == colleague.id


def test_only_what_a_human_has_is_transferred(
    db: Database, clock: FixedClock, conversation: Conversation, agent: Agent
) -> None:
    with pytest.raises(IllegalMove), db.write() as session:
        conversations.transfer(session, conversation.id, agent.id, now=clock())


def test_an_unknown_agent_cannot_take_over(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    with pytest.raises(NotFound, match="agent 99"), db.write() as session:
        conversations.take(session, conversation.id, 99, now=clock())


def test_a_closed_conversation_reopens_with_a_new_episode_when_its_person_writes(
    db: Database, clock: FixedClock, conversation: Conversation, agent: Agent
) -> None:
    with db.write() as session:
        conversations.take(session, conversation.id, agent.id, now=clock())
        closed = conversations.close(session, conversation.id, now=clock())
        reopened = conversations.open_for(session, "web", "visitor", now=clock())
    assert (closed.state, closed.owner_id) == ("closed", None)
    assert (reopened.id, reopened.state, reopened.episode) == (conversation.id, "bot", 2)


@pytest.mark.parametrize("state", ["waiting", "human"])
def test_a_closed_conversation_goes_only_to_the_bot(
    db: Database, clock: FixedClock, conversation: Conversation, state: conversations.State
) -> None:
    with db.write() as session:
        conversations.close(session, conversation.id, now=clock())
    with pytest.raises(IllegalMove, match=f"closed and cannot become {state}"), db.write() as session:
        conversations.update(session, conversation.id, {"state": state}, now=clock())


def test_a_new_episode_begins_when_asked_for(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    with db.write() as session:
        changed = conversations.update(session, conversation.id, {"new_episode": True, "misses": 1}, now=clock())
    assert (changed.episode, changed.misses) == (2, 1)


def test_the_queue_is_listed_by_waiting_time(
    db: Database, clock: FixedClock, conversation: Conversation, stranger: Conversation
) -> None:
    with db.write() as session:
        conversations.update(session, stranger.id, {"state": "waiting"}, now=clock())
        conversations.update(session, conversation.id, {"state": "waiting"}, now=clock.advance(timedelta(seconds=1)))
    with db.read() as session:
        assert [each.id for each in conversations.listing(session, ["waiting"])] == [stranger.id, conversation.id]
        assert conversations.listing(session, ["human", "closed"]) == ()


def test_looking_for_a_conversation_makes_none(db: Database) -> None:
    with db.read() as session:
        assert conversations.find(session, "web", "nobody") is None
        with pytest.raises(NotFound):
            conversations.get(session, 1)
