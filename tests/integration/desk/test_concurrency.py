from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from sqlalchemy import func, select

from desk import agents, conversations, messages, outbox, tickets, turns
from desk.agents import Agent
from desk.clock import FixedClock
from desk.conversations import Conversation
from desk.database import Database
from desk.errors import BadLogin, IllegalMove, LockedOut
from desk.messages import Inbound
from desk.outbox import DeliveryDraft
from desk.tables import ContactRow, ConversationRow, MessageRow, TicketRow, TurnRow
from desk.tickets import Opened, TicketDraft
from desk.turns import Content, Reply, TurnDraft

THREADS = 8
DRAFT = TicketDraft("crash", "P2", "闪退", reason="request")
T = TypeVar("T")


def together(act: Callable[[int], T]) -> list[T]:
    """Eight threads do the same at the same moment."""
    barrier = Barrier(THREADS)

    def start(number: int) -> T:
        barrier.wait()
        return act(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(start, range(THREADS)))


def rows(db: Database, table: type) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_one_message_delivered_by_eight_threads_is_one_row_with_one_outcome(db: Database, clock: FixedClock) -> None:
    def deliver(_: int) -> Inbound:
        with db.write() as session:
            conversation = conversations.open_for(session, "wechat", "openid", now=clock())
            inbound = messages.record_inbound(session, conversation.id, "msg-1", "导入报错", now=clock())
        if inbound.fresh:
            draft = TurnDraft("turn-1", conversation.id, (inbound.message_id,))
            with db.write() as session:
                turns.record_turn(session, draft, Content((Reply("好的"),), outcome={"said": "好的"}), now=clock())
        return inbound

    delivered = together(deliver)

    assert [inbound.fresh for inbound in delivered].count(True) == 1
    assert {inbound.message_id for inbound in delivered} == {delivered[0].message_id}
    assert (rows(db, ContactRow), rows(db, ConversationRow), rows(db, MessageRow)) == (1, 1, 2)
    with db.write() as session:
        again = messages.record_inbound(session, delivered[0].message.conversation_id, "msg-1", "导入报错", now=clock())
    assert again.outcome == {"said": "好的"}


def test_eight_threads_commit_one_turn_once(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    with db.write() as session:
        asked = messages.record_inbound(session, conversation.id, "m1", "闪退", now=clock())
    draft = TurnDraft("turn-1", conversation.id, (asked.message_id,), change={"state": "waiting"}, ticket=DRAFT)

    def commit(number: int) -> bool:
        with db.write() as session:
            return turns.record_turn(session, draft, Content((Reply(f"第 {number} 个"),)), now=clock()).fresh

    assert together(commit).count(True) == 1
    assert (rows(db, TurnRow), rows(db, TicketRow), rows(db, MessageRow)) == (1, 1, 2)


def test_eight_requests_for_a_human_are_one_ticket(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    def ask(number: int) -> Opened:
        with db.write() as session:
            return tickets.open_ticket(
                session,
                DRAFT,
                key=f"click-{number}",
                contact_id=conversation.contact_id,
                conversation_id=conversation.id,
                now=clock(),
            )

    opened = together(ask)
    assert [each.fresh for each in opened].count(True) == 1
    assert len({each.ticket.number for each in opened}) == 1
    assert rows(db, TicketRow) == 1


def test_eight_requests_with_one_key_outside_of_a_conversation_are_one_ticket(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    def ask(_: int) -> Opened:
        with db.write() as session:
            return tickets.open_ticket(session, DRAFT, key="api-1", contact_id=conversation.contact_id, now=clock())

    opened = together(ask)
    assert [each.fresh for each in opened].count(True) == 1
    assert len({each.ticket.number for each in opened}) == 1


def test_eight_tickets_at_once_have_eight_numbers_in_a_row(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    def ask(number: int) -> str:
        with db.write() as session:
            return tickets.open_ticket(
                session, DRAFT, key=f"api-{number}", contact_id=conversation.contact_id, now=clock()
            ).ticket.number

    assert sorted(number[:16] for number in together(ask)) == [f"GD-20261123-{n:04d}" for n in range(1, 9)]


def test_messages_of_eight_threads_are_numbered_without_gaps(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    def write(number: int) -> int:
        with db.write() as session:
            return messages.record_inbound(session, conversation.id, f"m{number}", "你好", now=clock()).seq

    assert sorted(together(write)) == list(range(1, 9))


def test_one_of_eight_agents_gets_the_conversation(
    db: Database, clock: FixedClock, conversation: Conversation, agent: Agent, colleague: Agent
) -> None:
    def take(number: int) -> int | None:
        wanted = (agent, colleague)[number % 2].id
        try:
            with db.write() as session:
                return conversations.take(session, conversation.id, wanted, now=clock()).owner_id
        except IllegalMove:
            return None

    owners = Counter(together(take))
    assert owners[None] == THREADS // 2
    assert len(owners) == 2


def test_eight_senders_never_get_the_same_delivery(db: Database, clock: FixedClock) -> None:
    with db.write() as session:
        for number in range(40):
            outbox.enqueue(session, DeliveryDraft("text", "wechat", {}, f"k{number}"), now=clock())

    def lease(_: int) -> list[int]:
        with db.write() as session:
            return [each.id for each in outbox.lease(session, limit=5, now=clock())]

    leased = [delivery_id for ids in together(lease) for delivery_id in ids]
    assert len(leased) == len(set(leased)) == 40


def test_guessing_in_parallel_is_no_way_round_the_lock(db: Database, clock: FixedClock) -> None:
    agents.create(db, "zhang.san", "correct horse battery", name="张三", now=clock())

    def guess(number: int) -> type[Exception]:
        try:
            agents.login(db, "zhang.san", f"guess number {number}", now=clock())
        except (BadLogin, LockedOut) as refused:
            return type(refused)
        raise AssertionError("a wrong password was right")

    assert Counter(together(guess)) == {BadLogin: 5, LockedOut: 3}
