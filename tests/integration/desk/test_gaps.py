from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from desk import audit, conversations, entries, gaps, messages, notices
from desk.clock import FixedClock
from desk.conversations import Conversation
from desk.database import Database
from desk.errors import IllegalMove, NotFound
from desk.gaps import Gap
from tests.integration.desk.knowledge import AUTHOR, REVIEWER, content, fingerprint, miss, put_in_force, save


def gathered(db: Database, now: datetime, gap_id: int | None = None, title: str = "钢筋翻样") -> Gap:
    """All questions that no gap has yet, in one."""
    with db.write() as session:
        ids = [each.id for each in gaps.unclustered(session)]
        return gaps.attach(session, gap_id, ids, title, now=now)


def drafted(db: Database, gap: Gap, entry_id: str, now: datetime) -> Gap:
    with db.write() as session:
        return gaps.draft(session, gap.id, entry_id, by=AUTHOR, now=now)


def publish(db: Database, now: datetime) -> tuple[int, ...]:
    """What the publisher does after the switch."""
    with db.write() as session:
        return gaps.answered(session, {each.entry_id: each.fingerprint for each in entries.in_force(session)}, now=now)


def states(db: Database, *gap_ids: int) -> list[str]:
    with db.read() as session:
        return [gaps.get(session, gap_id).state for gap_id in gap_ids]


# -- gathering -----------------------------------------------------------------------------------


def test_a_gap_tells_how_often_by_how_many_and_when_it_was_asked(
    db: Database, clock: FixedClock, conversation: Conversation, stranger: Conversation
) -> None:
    for who, question in ((conversation, "钢筋翻样怎么导出"), (stranger, "翻样单导出"), (conversation, "翻样单导出")):
        miss(db, who, question, clock.advance(timedelta(minutes=1)), turn_id=f"{who.id}{question}{clock()}")

    gap = gathered(db, clock())

    assert (gap.questions, gap.contacts, gap.last_at, gap.sources) == (3, 2, clock(), {"declined": 3})
    assert gap.samples == ("翻样单导出", "钢筋翻样怎么导出")
    with db.read() as session:
        assert gaps.unclustered(session) == ()
        assert [each.question for each in gaps.members(session, gap.id)] == [
            "钢筋翻样怎么导出",
            "翻样单导出",
            "翻样单导出",
        ]
        assert gaps.open_gaps(session) == (gap,)


def test_the_gap_asked_most_comes_first(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    miss(db, conversation, "少", clock())
    rare = gathered(db, clock(), title="少")
    for number in range(2):
        miss(db, conversation, f"多 {number}", clock())
    often = gathered(db, clock(), title="多")

    with db.read() as session:
        assert [gap.id for gap in gaps.open_gaps(session)] == [often.id, rare.id]
        assert [gap.id for gap in gaps.open_gaps(session, limit=1, offset=1)] == [rare.id]
        assert gaps.open_gaps(session, "answered") == ()


def test_a_question_stays_in_the_gap_that_has_it(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    miss(db, conversation, "钢筋翻样怎么导出", clock())
    with db.read() as session:
        ids = [each.id for each in gaps.unclustered(session)]
    first = gathered(db, clock())

    with pytest.raises(IllegalMove, match="belong to gaps already"), db.write() as session:
        gaps.attach(session, None, ids, "又一个", now=clock())
    miss(db, conversation, "翻样单导出", clock())
    second = gathered(db, clock(), title="导出")
    with db.write() as session:
        assert gaps.attach(session, second.id, ids, now=clock()).questions == 1
        assert gaps.get(session, first.id).questions == 1


def test_later_questions_of_a_dismissed_gap_join_it_out_of_sight(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    miss(db, conversation, "今天天气", clock())
    gap = gathered(db, clock())
    with db.write() as session:
        gaps.dismiss(session, gap.id, by=AUTHOR, reason="与产品无关", now=clock())
    miss(db, conversation, "明天天气", clock())

    assert gathered(db, clock(), gap.id).questions == 2
    with db.read() as session:
        assert gaps.open_gaps(session) == ()
        assert [each.id for each in gaps.open_gaps(session, "dismissed")] == [gap.id]


def test_merged_gaps_are_one(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    miss(db, conversation, "钢筋翻样怎么导出", clock())
    first = gathered(db, clock())
    miss(db, conversation, "翻样单导出", clock())
    second = gathered(db, clock(), title="导出")

    with db.write() as session:
        left = gaps.merge(session, second.id, first.id, by=AUTHOR, now=clock())

    assert (left.id, left.questions) == (first.id, 2)
    assert states(db, first.id, second.id) == ["open", "dismissed"]
    with db.read() as session:
        assert gaps.open_gaps(session) == (left,)
        assert gaps.open_gaps(session, "dismissed") == ()
    with pytest.raises(IllegalMove, match="with itself"), db.write() as session:
        gaps.merge(session, first.id, first.id, by=AUTHOR, now=clock())


def test_moves_that_lead_nowhere_are_refused(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    miss(db, conversation, "钢筋翻样怎么导出", clock())
    gap = gathered(db, clock())
    put_in_force(db, "faq-rebar", "点导出。", clock())
    with db.write() as session:
        entries.retire(session, "faq-rebar", by=AUTHOR, reason="旧", now=clock())

    with pytest.raises(IllegalMove, match="retired"):
        drafted(db, gap, "faq-rebar", clock())
    with pytest.raises(NotFound):
        drafted(db, gap, "faq-none", clock())
    with pytest.raises(IllegalMove, match="is open"), db.write() as session:
        gaps.reopen(session, gap.id, by=AUTHOR, now=clock())
    for look in (gaps.get, gaps.members):
        with pytest.raises(NotFound), db.read() as session:
            look(session, gap.id + 1)


def test_a_gap_can_be_renamed_and_taken_up_again(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    miss(db, conversation, "钢筋翻样怎么导出", clock())
    gap = gathered(db, clock())
    with db.write() as session:
        assert gaps.rename(session, gap.id, "翻样单的导出", by=AUTHOR, now=clock()).title == "翻样单的导出"
        gaps.dismiss(session, gap.id, by=AUTHOR, reason="不做", now=clock())
        assert gaps.reopen(session, gap.id, by=AUTHOR, now=clock()).state == "open"
    with db.read() as session:
        trail = [line.action for line in reversed(audit.listing(session, subject=f"gap:{gap.id}"))]
    assert trail == ["gap.attached", "gap.renamed", "gap.dismissed", "gap.open"]


# -- answering -----------------------------------------------------------------------------------


def test_a_gap_is_answered_when_its_approved_entry_is_live_and_every_asker_gets_one_notice(
    db: Database, clock: FixedClock, conversation: Conversation, stranger: Conversation
) -> None:
    for who, question in ((conversation, "翻样怎么导出"), (stranger, "翻樣怎麼匯出"), (conversation, "翻样单导出")):
        miss(db, who, question, clock.advance(timedelta(minutes=1)))
    gap = gathered(db, clock())
    saved = save(db, "faq-rebar", "点导出。", clock(), origin="gap")
    drafted(db, gap, "faq-rebar", clock())
    assert publish(db, clock()) == ()
    with db.write() as session:
        entries.submit(session, "faq-rebar", saved.number, by=AUTHOR, now=clock())
        entries.approve(session, "faq-rebar", saved.number, by=REVIEWER, now=clock())

    assert publish(db, clock()) == (gap.id,)
    assert publish(db, clock()) == ()

    with db.read() as session:
        told = notices.of_gap(session, gap.id)
        assert gaps.open_gaps(session) == ()
    assert [(each.contact_id, each.conversation_id, each.question) for each in told] == [
        (conversation.contact_id, conversation.id, "翻样单导出"),
        (stranger.contact_id, stranger.id, "翻樣怎麼匯出"),
    ]
    assert (told[0].entry_id, told[0].asked_at, told[0].state) == ("faq-rebar", clock(), "pending")


def test_an_older_version_that_is_live_already_answers_nothing(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    put_in_force(db, "faq-rebar", "旧的答案。", clock())
    miss(db, conversation, "翻样怎么导出", clock())
    gap = gathered(db, clock())
    save(db, "faq-rebar", "补上翻样。", clock())
    drafted(db, gap, "faq-rebar", clock())

    assert publish(db, clock()) == ()
    with db.read() as session:
        old = {each.entry_id: each.fingerprint for each in entries.in_force(session)}
    with db.write() as session:
        entries.submit(session, "faq-rebar", 2, by=AUTHOR, now=clock())
        entries.approve(session, "faq-rebar", 2, by=REVIEWER, now=clock())
    with db.write() as session:  # approved after the build was read
        assert gaps.answered(session, old, now=clock()) == ()
    assert publish(db, clock()) == (gap.id,)


def test_a_later_approved_version_answers_too(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    miss(db, conversation, "翻样怎么导出", clock())
    gap = gathered(db, clock())
    save(db, "faq-rebar", "初稿。", clock())
    drafted(db, gap, "faq-rebar", clock())
    with db.write() as session:
        entries.submit(session, "faq-rebar", 1, by=AUTHOR, now=clock())
        entries.reject(session, "faq-rebar", 1, by=REVIEWER, comment="太短", now=clock())
    put_in_force(db, "faq-rebar", "写全了。", clock())

    assert publish(db, clock()) == (gap.id,)


def test_a_rejected_draft_answers_nothing_even_if_its_text_was_published(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    miss(db, conversation, "翻样怎么导出", clock())
    gap = gathered(db, clock())
    save(db, "faq-rebar", "初稿。", clock())
    drafted(db, gap, "faq-rebar", clock())
    with db.write() as session:
        entries.submit(session, "faq-rebar", 1, by=AUTHOR, now=clock())
        entries.reject(session, "faq-rebar", 1, by=REVIEWER, comment="太短", now=clock())

    with db.write() as session:
        assert gaps.answered(session, {"faq-rebar": fingerprint(content("初稿。"))}, now=clock()) == ()


def test_an_entry_that_answers_already_is_enough(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    put_in_force(db, "faq-rebar", "点导出。", clock())
    miss(db, conversation, "翻样怎么导出", clock())
    gap = gathered(db, clock())
    drafted(db, gap, "faq-rebar", clock())

    assert publish(db, clock()) == (gap.id,)


def test_an_answered_gap_takes_no_more_questions(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    put_in_force(db, "faq-rebar", "点导出。", clock())
    miss(db, conversation, "翻样怎么导出", clock())
    gap = gathered(db, clock())
    drafted(db, gap, "faq-rebar", clock())
    publish(db, clock())
    miss(db, conversation, "翻样又怎么了", clock())

    for act in (
        lambda session: gaps.attach(session, gap.id, [1], now=clock()),
        lambda session: gaps.dismiss(session, gap.id, by=AUTHOR, reason="", now=clock()),
        lambda session: gaps.draft(session, gap.id, "faq-rebar", by=AUTHOR, now=clock()),
    ):
        with pytest.raises(IllegalMove, match="is answered"), db.write() as session:
            act(session)


# -- notices -------------------------------------------------------------------------------------


@pytest.fixture
def notice(db: Database, clock: FixedClock, conversation: Conversation) -> notices.Notice:
    """The visitor is to be told."""
    with db.write() as session:
        heard = messages.record_inbound(session, conversation.id, "m1", "翻样怎么导出", now=clock())
        messages.mark(session, [heard.message_id], "handled")
    put_in_force(db, "faq-rebar", "点导出。", clock())
    miss(db, conversation, "翻样怎么导出", clock())
    drafted(db, gathered(db, clock()), "faq-rebar", clock())
    publish(db, clock())
    with db.read() as session:
        return notices.pending_for(session, conversation.contact_id)[0]


def due(db: Database, channels: dict[str, datetime | None]) -> Sequence[int]:
    with db.read() as session:
        return [each.id for each in notices.due(session, channels)]


def test_a_notice_is_told_once(db: Database, clock: FixedClock, notice: notices.Notice) -> None:
    with db.write() as session:
        assert notices.mark_told(session, notice.id, now=clock())
        assert not notices.mark_told(session, notice.id, now=clock())
        assert not notices.drop(session, notice.id, "旧", now=clock())

    with db.read() as session:
        told = notices.of_gap(session, notice.gap_id)[0]
        assert notices.pending_for(session, notice.contact_id) == ()
        assert [line.action for line in audit.listing(session, subject=f"notice:{notice.id}")] == ["notice.told"]
    assert (told.state, told.told_at) == ("told", clock())


def test_a_notice_of_a_withdrawn_entry_is_dropped(db: Database, clock: FixedClock, notice: notices.Notice) -> None:
    with db.write() as session:
        assert notices.drop(session, notice.id, "条目已下线", now=clock())

    with db.read() as session:
        assert notices.pending_for(session, notice.contact_id) == ()
        assert notices.of_gap(session, notice.gap_id)[0].state == "dropped"


def test_somebody_elses_notice_is_not_mine(db: Database, notice: notices.Notice, stranger: Conversation) -> None:
    with db.read() as session:
        assert notices.pending_for(session, stranger.contact_id) == ()
        assert notices.pending_for(session, notice.contact_id) == (notice,)


def test_who_can_be_told_depends_on_channel_and_time(db: Database, clock: FixedClock, notice: notices.Notice) -> None:
    written = clock()

    assert due(db, {"web": None}) == due(db, {"web": written}) == [notice.id]
    assert due(db, {"web": written + timedelta(seconds=1)}) == due(db, {"wechat": None}) == due(db, {}) == []
    with db.read() as session:
        assert notices.due(session, {"web": None}, notice_id=notice.id) == (notice,)
        assert notices.due(session, {"web": None}, notice_id=notice.id + 1) == ()


def test_nobody_is_told_while_a_human_a_form_or_a_turn_is_at_work(
    db: Database, clock: FixedClock, notice: notices.Notice, conversation: Conversation
) -> None:
    def now_due() -> Sequence[int]:
        return due(db, {"web": None})

    with db.write() as session:
        conversations.update(session, conversation.id, {"state": "waiting"}, now=clock())
    assert now_due() == []
    with db.write() as session:
        conversations.release(session, conversation.id, now=clock())
        conversations.update(session, conversation.id, {"form": "ticket_form/phone"}, now=clock())
    assert now_due() == []
    with db.write() as session:
        conversations.update(session, conversation.id, {"form": None}, now=clock())
        messages.record_inbound(session, conversation.id, "m2", "在吗", now=clock())
    assert now_due() == []
    with db.write() as session:
        messages.mark(session, [messages.pending(session)[0].id], "handled")
    assert now_due() == [notice.id]
