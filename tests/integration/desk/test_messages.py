from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk import conversations, messages
from desk.clock import FixedClock
from desk.conversations import Conversation
from desk.database import Database
from desk.errors import ConflictingRepeat, NotFound


def test_messages_are_numbered_without_gaps(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    with db.write() as session:
        first = messages.record_inbound(session, conversation.id, "m1", "在吗", now=clock())
        messages.add(session, conversation.id, "bot", "在的", now=clock())
        third = messages.record_inbound(session, conversation.id, "m2", "导入报错", now=clock())
    assert (first.seq, third.seq) == (1, 3)
    with db.read() as session:
        assert [each.seq for each in messages.after(session, conversation.id)] == [1, 2, 3]
        assert [each.text for each in messages.after(session, conversation.id, 1)] == ["在的", "导入报错"]
        assert [each.text for each in messages.latest(session, conversation.id, limit=2)] == ["在的", "导入报错"]
        assert conversations.get(session, conversation.id).last_seq == 3


def test_a_repeat_stores_nothing(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    payload = {"media": "abc", "size": [1, 2]}
    with db.write() as session:
        first = messages.record_inbound(session, conversation.id, "m1", "截图", payload=payload, now=clock())
    with db.write() as session:
        again = messages.record_inbound(session, conversation.id, "m1", "截图", payload=payload, now=clock())
    assert first.fresh
    assert not again.fresh
    assert again.message == first.message
    assert again.outcome is None
    with db.read() as session:
        assert len(messages.after(session, conversation.id)) == 1


def test_a_repeat_with_another_body_is_refused(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    with db.write() as session:
        messages.record_inbound(session, conversation.id, "m1", "你好", now=clock())
    with pytest.raises(ConflictingRepeat), db.write() as session:
        messages.record_inbound(session, conversation.id, "m1", "再见", now=clock())
    with pytest.raises(ConflictingRepeat), db.write() as session:
        messages.record_inbound(session, conversation.id, "m1", "你好", kind="event", now=clock())


def test_a_repeat_from_somebody_else_learns_nothing(
    db: Database, clock: FixedClock, conversation: Conversation, stranger: Conversation
) -> None:
    with db.write() as session:
        messages.record_inbound(session, conversation.id, "m1", "你好", now=clock())
    with pytest.raises(ConflictingRepeat), db.write() as session:
        messages.record_inbound(session, stranger.id, "m1", "你好", now=clock())


def test_the_same_id_on_another_channel_is_another_message(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    with db.write() as session:
        elsewhere = conversations.open_for(session, "wechat", "visitor", now=clock())
        first = messages.record_inbound(session, conversation.id, "1", "你好", now=clock())
        other = messages.record_inbound(session, elsewhere.id, "1", "再见", now=clock())
    assert first.fresh
    assert other.fresh


def test_an_agents_double_click_sends_one_message(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    with db.write() as session:
        first = messages.add(session, conversation.id, "agent", "马上看", external_id="click-1", now=clock())
        again = messages.add(session, conversation.id, "agent", "马上看", external_id="click-1", now=clock())
    assert first == again


def test_messages_nobody_dealt_with_are_found_after_a_crash(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    with db.write() as session:
        first = messages.record_inbound(session, conversation.id, "m1", "在吗", now=clock())
        second = messages.record_inbound(
            session, conversation.id, "m2", "人呢", now=clock.advance(timedelta(minutes=1))
        )
        messages.mark(session, [first.message_id], "handled")
        messages.add(session, conversation.id, "bot", "在", now=clock())
    with db.read() as session:
        assert [each.id for each in messages.pending(session)] == [second.message_id]
        assert messages.pending(session, before=clock()) == ()


def test_a_message_needs_a_conversation(db: Database, clock: FixedClock) -> None:
    with pytest.raises(NotFound), db.write() as session:
        messages.record_inbound(session, 404, "m1", "你好", now=clock())


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(codec="utf-8"), max_size=200), note=st.text(st.characters(codec="utf-8")))
def test_any_text_is_kept_and_recognised(
    db: Database, clock: FixedClock, conversation: Conversation, text: str, note: str
) -> None:
    external_id = f"any-{clock.advance(timedelta(seconds=1)).timestamp()}"
    with db.write() as session:
        first = messages.record_inbound(
            session, conversation.id, external_id, text, payload={"note": note}, now=clock()
        )
    with db.write() as session:
        again = messages.record_inbound(
            session, conversation.id, external_id, text, payload={"note": note}, now=clock()
        )
    assert not again.fresh
    assert again.message == first.message
    assert again.message.text == text.replace("\x00", "\ufffd")
    assert again.message.payload == {"note": note}


def test_a_burst_is_fetched_by_its_ids(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    with db.write() as session:
        first = messages.record_inbound(session, conversation.id, "m1", "在吗", now=clock())
        second = messages.record_inbound(session, conversation.id, "m2", "导入报错", now=clock())
    with db.read() as session:
        ids = (second.message_id, first.message_id)
        assert [each.text for each in messages.by_ids(session, ids)] == ["在吗", "导入报错"]
        with pytest.raises(NotFound, match="message 404"):
            messages.by_ids(session, (first.message_id, 404))
