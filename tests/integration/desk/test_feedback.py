from __future__ import annotations

import pytest
from sqlalchemy import select

from desk import feedback, gaps, messages, turns
from desk.clock import FixedClock
from desk.conversations import Conversation
from desk.database import Database
from desk.errors import NotFound
from desk.feedback import Rated
from desk.messages import Message
from desk.tables import FeedbackRow
from desk.turns import Content, Reply, TurnDraft


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


# -- rejected answers are unanswered questions ---------------------------------------------------


def answered(db: Database, clock: FixedClock, conversation: Conversation, **payload: object) -> Message:
    """A turn of two messages that ends with an answer."""
    with db.write() as session:
        asked = [
            messages.record_inbound(session, conversation.id, f"m{number}", text, now=clock())
            for number, text in enumerate((" 导入报错 ", "ERR_7"))
        ]
        card = {"entry_id": "faq-a", "build_id": "b7"}
        draft = TurnDraft("turn-1", conversation.id, tuple(each.message_id for each in asked))
        said = Content((Reply("怎么导入", "answer", {"card": card, **payload}), Reply("还有问题吗")))
        return turns.record_turn(session, draft, said, now=clock()).replies[0]


def unanswered(db: Database) -> list[tuple[str, ...]]:
    with db.read() as session:
        return [(each.source, each.question, each.reason, each.build_id) for each in gaps.unclustered(session)]


def thumb(db: Database, clock: FixedClock, message: Message, helpful: bool, reason: str = "") -> None:
    with db.write() as session:
        where = {"conversation_id": message.conversation_id, "now": clock()}
        feedback.rate(session, message.id, helpful=helpful, reason=reason, **where)


def test_a_disliked_answer_leaves_its_question_unanswered_once(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    message = answered(db, clock, conversation, question="导入报错 ERR_7 怎么办")

    thumb(db, clock, message, helpful=False)
    thumb(db, clock, message, helpful=False, reason="看不懂")

    assert unanswered(db) == [("rejected", "导入报错 ERR_7 怎么办", "faq-a", "b7")]


def test_an_answer_that_names_no_question_answers_what_was_written(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    thumb(db, clock, answered(db, clock, conversation), helpful=False)

    assert unanswered(db) == [("rejected", "导入报错，ERR_7", "faq-a", "b7")]


def test_a_thumb_turned_up_takes_the_question_back(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    message = answered(db, clock, conversation)
    thumb(db, clock, message, helpful=False)

    thumb(db, clock, message, helpful=True)
    assert unanswered(db) == []

    thumb(db, clock, message, helpful=False)
    assert len(unanswered(db)) == 1


def test_a_question_that_a_gap_has_gathered_leaves_it_again(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    message = answered(db, clock, conversation)
    thumb(db, clock, message, helpful=False)
    with db.write() as session:
        gap = gaps.attach(session, None, [each.id for each in gaps.unclustered(session)], "导入", now=clock())

    thumb(db, clock, message, helpful=True)

    with db.read() as session:
        assert gaps.get(session, gap.id).questions == 0


def test_a_thumb_for_a_plain_sentence_is_no_gap(db: Database, clock: FixedClock, answer: Message) -> None:
    thumb(db, clock, answer, helpful=False)

    assert unanswered(db) == []
