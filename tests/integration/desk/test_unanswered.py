from __future__ import annotations

from datetime import timedelta

import pytest

from desk import feedback, gaps, messages, turns, unanswered
from desk.clock import FixedClock
from desk.conversations import Conversation
from desk.database import Database
from desk.gaps import Gap
from desk.messages import Message
from desk.turns import Content, Reply, TurnDraft
from tests.integration.desk.knowledge import AUTHOR, miss


def gathered(db: Database, clock: FixedClock) -> Gap:
    """All questions that no gap has yet, in one."""
    with db.write() as session:
        ids = [each.id for each in gaps.unclustered(session)]
        return gaps.attach(session, None, ids, "一类问题", now=clock())


def dismissed(db: Database, **more: int) -> tuple[str, ...]:
    with db.read() as session:
        return unanswered.dismissed(session, **more)


def rejections(db: Database, **more: int) -> dict[str, str]:
    with db.read() as session:
        return unanswered.rejections(session, **more)


def dismiss(db: Database, gap: Gap, clock: FixedClock) -> None:
    with db.write() as session:
        gaps.dismiss(session, gap.id, by=AUTHOR, reason="与产品无关", now=clock())


def answered(
    db: Database, clock: FixedClock, conversation: Conversation, question: str, entry_id: str | None
) -> Message:
    """One question and the entry that was shown for it; None for a card of no entry."""
    turn_id = f"{question}:{clock.advance(timedelta(minutes=1))}"
    card = {"build_id": "b7"} if entry_id is None else {"entry_id": entry_id, "build_id": "b7"}
    with db.write() as session:
        asked = messages.record_inbound(session, conversation.id, turn_id, question, now=clock())
        draft = TurnDraft(turn_id, conversation.id, (asked.message_id,))
        said = Content((Reply("请这样做", "answer", {"card": card, "question": question}),))
        return turns.record_turn(session, draft, said, now=clock()).replies[0]


def thumb(db: Database, clock: FixedClock, message: Message, *, helpful: bool) -> None:
    with db.write() as session:
        feedback.rate(
            session, message.id, conversation_id=message.conversation_id, helpful=helpful, reason="", now=clock()
        )


def test_questions_of_a_dismissed_gap_are_known_each_once_and_newest_first(
    db: Database, clock: FixedClock, conversation: Conversation, stranger: Conversation
) -> None:
    for who, question in ((conversation, "今天天气"), (conversation, "讲个笑话"), (stranger, "今天天气")):
        miss(db, who, question, clock.advance(timedelta(minutes=1)))
    gap = gathered(db, clock)
    assert dismissed(db) == ()

    dismiss(db, gap, clock)

    assert dismissed(db) == ("今天天气", "讲个笑话")
    assert dismissed(db, limit=1) == ("今天天气",)


def test_open_gaps_and_questions_of_no_gap_are_not_dismissed(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    miss(db, conversation, "今天天气", clock())
    dismiss(db, gathered(db, clock), clock)
    miss(db, conversation, "钢筋翻样怎么导出", clock())
    gathered(db, clock)
    miss(db, conversation, "还没有人看的", clock())

    assert dismissed(db) == ("今天天气",)


def test_a_gap_opened_again_waits_for_an_answer(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    miss(db, conversation, "今天天气", clock())
    gap = gathered(db, clock)
    dismiss(db, gap, clock)

    with db.write() as session:
        gaps.reopen(session, gap.id, by=AUTHOR, now=clock())

    assert dismissed(db) == ()


def test_questions_of_a_gap_merged_into_another_go_with_it(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    miss(db, conversation, "翻样单导出", clock())
    first = gathered(db, clock)
    miss(db, conversation, "钢筋翻样怎么导出", clock())
    second = gathered(db, clock)

    with db.write() as session:
        gaps.merge(session, first.id, second.id, by=AUTHOR, now=clock())
    assert dismissed(db) == ()

    dismiss(db, second, clock)
    assert set(dismissed(db)) == {"翻样单导出", "钢筋翻样怎么导出"}


def test_a_rejected_answer_names_the_entry_that_was_shown_last(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    for question, entry_id in (("导不进去", "faq-a"), ("导不出来", "faq-b"), ("导不进去", "faq-c")):
        thumb(db, clock, answered(db, clock, conversation, question, entry_id), helpful=False)

    assert rejections(db) == {"导不进去": "faq-c", "导不出来": "faq-b"}
    assert list(rejections(db)) == ["导不进去", "导不出来"]
    assert rejections(db, limit=1) == {"导不进去": "faq-c"}


@pytest.mark.parametrize("helpful", [True, None])
def test_what_was_not_disliked_or_not_any_more_is_not_rejected(
    db: Database, clock: FixedClock, conversation: Conversation, helpful: bool | None
) -> None:
    message = answered(db, clock, conversation, "导不进去", "faq-a")
    if helpful is not None:
        thumb(db, clock, message, helpful=False)
        thumb(db, clock, message, helpful=helpful)
    miss(db, conversation, "没有依据的", clock())

    assert rejections(db) == {}


def test_an_answer_of_no_entry_rejects_no_entry(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    thumb(db, clock, answered(db, clock, conversation, "你是机器人吗", None), helpful=False)

    assert rejections(db) == {}
    with db.read() as session:
        assert [each.question for each in gaps.unclustered(session)] == ["你是机器人吗"]
