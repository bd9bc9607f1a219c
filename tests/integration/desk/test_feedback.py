from __future__ import annotations

import pytest
from sqlalchemy import select

from desk import feedback, messages
from desk.clock import FixedClock
from desk.conversations import Conversation
from desk.database import Database
from desk.errors import NotFound
from desk.feedback import Rated
from desk.messages import Message
from desk.tables import FeedbackRow


@pytest.fixture
def answer(db: Database, clock: FixedClock, conversation: Conversation) -> Message:
    with db.write() as session:
        return messages.add(session, conversation.id, "bot", "请这样做", now=clock())


def test_the_last_thumb_counts(db: Database, clock: FixedClock, answer: Message) -> None:
    def rate(helpful: bool) -> Rated:
        with db.write() as session:
            return feedback.rate(
                session, answer.id, conversation_id=answer.conversation_id, helpful=helpful, now=clock()
            )

    assert [rate(True), rate(True), rate(False)] == [Rated(True), Rated(False), Rated(True, dislikes=1)]
    with db.read() as session:
        assert session.scalars(select(FeedbackRow.helpful)).all() == [False]


def test_a_thumb_taken_back_is_no_dislike_any_more(db: Database, clock: FixedClock, answer: Message) -> None:
    where = {"conversation_id": answer.conversation_id, "now": clock()}

    with db.write() as session:
        changes = [feedback.rate(session, answer.id, helpful=each, **where) for each in (False, True, False)]

    assert [change.dislikes for change in changes] == [1, -1, 1]


def test_nobody_rates_an_answer_to_somebody_else(
    db: Database, clock: FixedClock, answer: Message, stranger: Conversation
) -> None:
    with pytest.raises(NotFound), db.write() as session:
        feedback.rate(session, answer.id, conversation_id=stranger.id, helpful=False, now=clock())


def test_a_score_counts_once_for_each_episode(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    with db.write() as session:
        assert feedback.survey(session, conversation.id, episode=1, score=5, now=clock())
        assert not feedback.survey(session, conversation.id, episode=1, score=1, now=clock())
        assert feedback.survey(session, conversation.id, episode=2, score=4, now=clock())
        assert sorted(session.scalars(select(FeedbackRow.score))) == [4, 5]


@pytest.mark.parametrize("score", [0, 6])
def test_a_score_is_one_to_five(db: Database, clock: FixedClock, conversation: Conversation, score: int) -> None:
    with pytest.raises(ValueError, match="1 to 5"), db.write() as session:
        feedback.survey(session, conversation.id, episode=1, score=score, now=clock())
