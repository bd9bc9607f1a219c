from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from desk import conversations, messages, outbox, tickets, turns
from desk.agents import Agent
from desk.clock import FixedClock
from desk.conversations import Conversation
from desk.database import Database
from desk.errors import ConflictingRepeat, IllegalMove, NotFound, Overtaken
from desk.outbox import DeliveryDraft
from desk.tables import MessageRow, OutboxRow, TicketRow, TurnRow, UnansweredRow
from desk.tickets import Opened, TicketDraft
from desk.turns import Content, Gap, Reply, TurnDraft

TICKET = TicketDraft(category="import_export", priority="P2", summary="导入报错", reason="request")


@pytest.fixture
def burst(db: Database, clock: FixedClock, conversation: Conversation) -> tuple[int, ...]:
    with db.write() as session:
        return tuple(
            messages.record_inbound(session, conversation.id, f"m{number}", text, now=clock()).message_id
            for number, text in enumerate(("在吗", "导入报错", "转人工"))
        )


@pytest.fixture
def handoff(conversation: Conversation, burst: tuple[int, ...]) -> TurnDraft:
    return TurnDraft(
        "turn-1", conversation.id, burst, change={"state": "waiting", "misses": 2}, ticket=TICKET, trace_ids=("t1",)
    )


def told(opened: Opened | None) -> Content:
    assert opened is not None
    number = opened.ticket.number
    return Content(
        replies=(Reply(f"工单 {number}"), Reply("", "card", {"number": number})),
        deliveries=(DeliveryDraft("notify", "wecom", {"number": number}, f"ticket:{number}"),),
        outcome={"texts": [f"工单 {number}"]},
    )


def rows(db: Database, table: type) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_turn_commits_everything_together(
    db: Database, clock: FixedClock, conversation: Conversation, burst: tuple[int, ...], handoff: TurnDraft
) -> None:
    with db.write() as session:
        done = turns.record_turn(session, handoff, told, now=clock())

    assert done.fresh
    assert done.ticket is not None
    number = done.ticket.ticket.number
    assert number.startswith("GD-20261123-0001-")
    with db.read() as session:
        said = messages.after(session, conversation.id, 3)
        assert [(each.seq, each.author, each.text) for each in said] == [(4, "bot", f"工单 {number}"), (5, "bot", "")]
        assert said[1].payload == {"number": number}
        now = conversations.get(session, conversation.id)
        assert (now.state, now.misses, now.last_seq) == ("waiting", 2, 5)
        assert tickets.get(session, number).conversation_id == conversation.id
        assert outbox.counts(session).pending == 1
        assert messages.pending(session) == ()
        turn = turns.find(session, "turn-1")
    assert turn is not None
    assert (turn.ticket_number, turn.trace_ids) == (number, ("t1",))
    assert turn.outcome == {"texts": [f"工单 {number}"]}


def test_a_repeat_of_a_turn_returns_what_was_committed(db: Database, clock: FixedClock, handoff: TurnDraft) -> None:
    with db.write() as session:
        first = turns.record_turn(session, handoff, told, now=clock())
    with db.write() as session:
        again = turns.record_turn(session, handoff, Content(replies=(Reply("别的"),)), now=clock())

    assert not again.fresh
    assert again.turn == first.turn
    assert again.replies == first.replies
    assert again.ticket is not None
    assert first.ticket is not None
    assert again.ticket.ticket == first.ticket.ticket
    assert (rows(db, MessageRow), rows(db, TicketRow), rows(db, OutboxRow)) == (5, 1, 1)


def test_a_repeat_of_a_message_returns_the_outcome_of_its_turn(
    db: Database, clock: FixedClock, conversation: Conversation, handoff: TurnDraft
) -> None:
    with db.write() as session:
        done = turns.record_turn(session, handoff, told, now=clock())
    with db.write() as session:
        again = messages.record_inbound(session, conversation.id, "m1", "导入报错", now=clock())
    assert not again.fresh
    assert again.outcome == done.turn.outcome


def test_a_turn_that_fails_half_way_leaves_nothing(db: Database, clock: FixedClock, handoff: TurnDraft) -> None:
    broken = replace(handoff, change={"state": "closed"})

    def closing(opened: Opened | None) -> Content:
        made = told(opened)
        return replace(made, deliveries=(*made.deliveries, DeliveryDraft("x", "wecom", {}, "k", conversation_id=404)))

    with pytest.raises(Exception, match=r"(?i)foreign key"), db.write() as session:
        turns.record_turn(session, broken, closing, now=clock())
    assert (rows(db, TurnRow), rows(db, TicketRow), rows(db, OutboxRow)) == (0, 0, 0)
    assert rows(db, MessageRow) == 3


def test_the_bot_is_silent_when_a_human_was_faster(
    db: Database, clock: FixedClock, conversation: Conversation, agent: Agent, burst: tuple[int, ...]
) -> None:
    with db.write() as session:
        conversations.take(session, conversation.id, agent.id, now=clock())
    draft = TurnDraft("turn-1", conversation.id, burst)
    with pytest.raises(Overtaken), db.write() as session:
        turns.record_turn(session, draft, Content(replies=(Reply("答案"),)), now=clock())
    with db.write() as session:  # the turn is still recorded, without a word
        done = turns.record_turn(session, replace(draft, expects="human"), Content(), now=clock())
    assert done.replies == ()
    assert done.conversation.owner_id == agent.id


def test_an_illegal_move_undoes_the_turn(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    with db.write() as session:
        conversations.close(session, conversation.id, now=clock())
    draft = TurnDraft("turn-1", conversation.id, (), expects=None, change={"state": "human"})
    with pytest.raises(IllegalMove), db.write() as session:
        turns.record_turn(session, draft, Content(), now=clock())
    assert rows(db, TurnRow) == 0


def test_a_message_belongs_to_one_turn(
    db: Database, clock: FixedClock, conversation: Conversation, burst: tuple[int, ...]
) -> None:
    with db.write() as session:
        turns.record_turn(session, TurnDraft("turn-1", conversation.id, burst), Content(), now=clock())
    with pytest.raises(ConflictingRepeat, match="turn-1"), db.write() as session:
        turns.record_turn(session, TurnDraft("turn-2", conversation.id, burst[:1]), Content(), now=clock())


def test_a_turn_takes_no_message_of_somebody_else(
    db: Database, clock: FixedClock, stranger: Conversation, burst: tuple[int, ...]
) -> None:
    with pytest.raises(NotFound), db.write() as session:
        turns.record_turn(session, TurnDraft("turn-1", stranger.id, burst), Content(), now=clock())


def test_a_turn_id_of_another_conversation_is_refused(
    db: Database, clock: FixedClock, conversation: Conversation, stranger: Conversation
) -> None:
    with db.write() as session:
        turns.record_turn(session, TurnDraft("turn-1", conversation.id, ()), Content(), now=clock())
    with pytest.raises(ConflictingRepeat), db.write() as session:
        turns.record_turn(session, TurnDraft("turn-1", stranger.id, ()), Content(), now=clock())


def test_an_unanswered_question_is_kept(
    db: Database, clock: FixedClock, conversation: Conversation, burst: tuple[int, ...]
) -> None:
    gap = Gap("钢筋翻样怎么导出", "no_evidence", "build-7")
    with db.write() as session:
        turns.record_turn(session, TurnDraft("turn-1", conversation.id, burst, gap=gap), Content(), now=clock())
    with db.read() as session:
        kept = session.scalars(select(UnansweredRow)).one()
        assert (kept.question, kept.reason, kept.turn_id) == (gap.question, gap.reason, "turn-1")
