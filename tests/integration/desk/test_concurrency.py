from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from sqlalchemy import func, select

from desk import agents, conversations, entries, gaps, jobs, messages, notices, outbox, tickets, turns
from desk.agents import Agent
from desk.clock import FixedClock
from desk.conversations import Conversation
from desk.database import Database
from desk.entries import Seed, Seeded
from desk.errors import BadLogin, EditConflict, IllegalMove, LockedOut
from desk.messages import Inbound
from desk.outbox import DeliveryDraft
from desk.tables import AuditRow, ContactRow, ConversationRow, MessageRow, NoticeRow, TicketRow, TurnRow
from desk.tickets import Opened, TicketDraft
from desk.turns import Content, Reply, TurnDraft
from tests.integration.desk.knowledge import AUTHOR, content, fingerprint, miss, put_in_force, save

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


# -- knowledge -----------------------------------------------------------------------------------


def test_eight_workers_never_get_the_same_job(db: Database, clock: FixedClock) -> None:
    with db.write() as session:
        wanted = {jobs.request(session, "publish", by="agent:1", now=clock()).id for _ in range(5)}

    def lease(_: int) -> int | None:
        with db.write() as session:
            job = jobs.lease(session, ["publish"], now=clock())
            return job.id if job else None

    leased = [job_id for job_id in together(lease) if job_id is not None]
    assert sorted(leased) == sorted(wanted)


def test_eight_savers_of_one_new_entry_make_one_and_the_others_are_told(db: Database, clock: FixedClock) -> None:
    def write(number: int) -> bool:
        try:
            save(db, "faq-new", f"第 {number} 个人写的", clock(), author=f"agent:{number}", base="")
        except EditConflict:
            return False
        return True

    assert together(write).count(True) == 1
    with db.read() as session:
        assert len(entries.versions(session, "faq-new")) == 1


def test_of_eight_edits_of_one_version_none_is_lost_silently(db: Database, clock: FixedClock) -> None:
    base = put_in_force(db, "faq-save", "点保存。", clock()).fingerprint

    def edit(number: int) -> bool:
        try:
            save(db, "faq-save", f"第 {number} 个人改的", clock(), author=f"agent:{number}", base=base)
        except EditConflict:
            return False
        return True

    assert together(edit).count(True) == 1
    with db.read() as session:
        assert [version.number for version in entries.versions(session, "faq-save")] == [1, 2]


def test_one_of_eight_reviewers_decides(db: Database, clock: FixedClock) -> None:
    save(db, "faq-save", "点保存。", clock())
    with db.write() as session:
        entries.submit(session, "faq-save", 1, by=AUTHOR, now=clock())

    def decide(number: int) -> bool:
        try:
            with db.write() as session:
                if number % 2:
                    entries.approve(session, "faq-save", 1, by=f"agent:{number + 2}", now=clock())
                else:
                    entries.reject(session, "faq-save", 1, by=f"agent:{number + 2}", comment="不对", now=clock())
        except IllegalMove:
            return False
        return True

    assert together(decide).count(True) == 1
    with db.read() as session:
        decisions = select(func.count()).where(AuditRow.action.in_(("entry.approved", "entry.rejected")))
        assert session.scalar(decisions) == 1


def test_eight_processes_that_seed_an_empty_desk_fill_it_once(db: Database, clock: FixedClock) -> None:
    seeds = [Seed(f"faq-{n}", content(f"第 {n} 条"), fingerprint(content(f"第 {n} 条"))) for n in range(20)]

    def seed(_: int) -> Seeded:
        with db.write() as session:
            return entries.seed(session, seeds, now=clock())

    assert sorted(len(seeded.new) for seeded in together(seed)) == [0] * 7 + [20]
    with db.read() as session:
        assert len(entries.in_force(session)) == 20


def test_eight_publications_answer_a_gap_once(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    told_by(db, clock, conversation, publishers=THREADS)

    assert rows(db, NoticeRow) == 1


def test_eight_tellers_tell_a_notice_once(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    told_by(db, clock, conversation, publishers=1)
    with db.read() as session:
        (notice,) = notices.pending_for(session, conversation.contact_id)

    def tell(_: int) -> bool:
        with db.write() as session:
            if not notices.mark_told(session, notice.id, now=clock()):
                return False
            messages.add(session, conversation.id, "bot", "现在有答案了", now=clock())
            return True

    assert together(tell).count(True) == 1
    assert rows(db, MessageRow) == 1


def told_by(db: Database, clock: FixedClock, conversation: Conversation, *, publishers: int) -> None:
    """A question that a live entry answers by now, as found by so many publications at once."""
    miss(db, conversation, "翻样怎么导出", clock())
    put_in_force(db, "faq-rebar", "点导出。", clock())
    with db.write() as session:
        gap = gaps.attach(session, None, [each.id for each in gaps.unclustered(session)], "翻样", now=clock())
        gaps.draft(session, gap.id, "faq-rebar", by=AUTHOR, now=clock())

    def publish(number: int) -> int:
        if number >= publishers:
            return 0
        with db.write() as session:
            return len(
                gaps.answered(
                    session, {each.entry_id: each.fingerprint for each in entries.in_force(session)}, now=clock()
                )
            )

    assert sum(together(publish)) == 1


def test_eight_gatherers_put_a_question_into_one_gap(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    for number in range(6):
        miss(db, conversation, f"第 {number} 问", clock())
    with db.read() as session:
        ids = [each.id for each in gaps.unclustered(session)]

    def gather(number: int) -> int:
        try:
            with db.write() as session:
                return gaps.attach(session, None, ids, f"第 {number} 个", now=clock()).questions
        except IllegalMove:
            return 0

    assert sorted(together(gather)) == [0] * 7 + [6]
