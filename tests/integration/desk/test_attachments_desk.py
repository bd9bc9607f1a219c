from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from desk import attachments, conversations, tickets
from desk.attachments import NewAttachment, Spent
from desk.clock import FixedClock
from desk.database import Database
from desk.errors import ConflictingRepeat, NotFound
from desk.tickets import TicketDraft

SUM = "a" * 64


@dataclass(frozen=True)
class Fetched:
    media_type: str = "image/png"
    size: int = 10
    width: int | None = 4
    height: int | None = 3


def talk(db: Database, clock: FixedClock, who: str = "visitor") -> int:
    with db.write() as session:
        return conversations.open_for(session, "web", who, now=clock()).id


def new(key: str = "k1", conversation_id: int | None = None, **more: object) -> NewAttachment:
    made = NewAttachment(key, "截图.png", "image/png", 10, SUM, 4, 3, conversation_id=conversation_id)
    return replace(made, **more)  # type: ignore[arg-type]


def add(db: Database, clock: FixedClock, one: NewAttachment) -> int:
    with db.write() as session:
        return attachments.add(session, one, now=clock()).id


def test_what_was_added_is_found_by_its_key(db: Database, clock: FixedClock) -> None:
    here = talk(db, clock)
    add(db, clock, new(conversation_id=here))

    with db.read() as session:
        one = attachments.get(session, "k1")
        assert attachments.of_conversation(session, here) == (one,)
    assert (one.name, one.status, one.sha256, one.picture, one.source) == ("截图.png", "stored", SUM, True, "user")


def test_a_key_is_one_file(db: Database, clock: FixedClock) -> None:
    here = talk(db, clock)

    assert add(db, clock, new(conversation_id=here)) == add(db, clock, new(conversation_id=here))
    with pytest.raises(ConflictingRepeat):
        add(db, clock, new(conversation_id=here, sha256="b" * 64))
    with pytest.raises(ConflictingRepeat):
        add(db, clock, new(conversation_id=talk(db, clock, "other")))


def test_of_several_at_once_one_is_kept(db: Database, clock: FixedClock) -> None:
    here = talk(db, clock)
    with ThreadPoolExecutor(4) as pool:
        ids = set(pool.map(lambda _: add(db, clock, new(conversation_id=here)), range(8)))

    assert len(ids) == 1


def test_an_expected_file_is_fetched_once_and_then_there(db: Database, clock: FixedClock) -> None:
    here = talk(db, clock)

    def expect() -> int:
        with db.write() as session:
            return attachments.expect(session, "wechat:m1", here, None, "图片", "image/jpeg", clock()).id

    one = expect()
    assert expect() == one
    with db.read() as session:
        assert [due.id for due in attachments.due_to_fetch(session)] == [one]
    with db.write() as session:
        attachments.stored(session, one, Fetched(), SUM, name="微信图片.png")
        attachments.failed(session, one, "too late to fail")
        again = attachments.stored(session, one, Fetched(size=99), "b" * 64)

    assert (again.status, again.sha256, again.size, again.name, again.error) == (
        "stored",
        SUM,
        10,
        "微信图片.png",
        None,
    )
    with db.read() as session:
        assert attachments.due_to_fetch(session) == ()


def test_a_file_that_did_not_come_says_why_and_may_come_after_all(db: Database, clock: FixedClock) -> None:
    here = talk(db, clock)
    with db.write() as session:
        one = attachments.expect(session, "wechat:m1", here, None, "图片", "image/jpeg", clock())
        assert attachments.failed(session, one.id, "微信已删除" * 100).error == ("微信已删除" * 100)[:300]
        assert attachments.stored(session, one.id, Fetched(), SUM).error is None


def test_what_is_not_there_is_not_found(db: Database) -> None:
    with db.read() as session:
        with pytest.raises(NotFound):
            attachments.get(session, "k1")
        assert attachments.find(session, []) == ()
        assert attachments.of_messages(session, []) == {}
    with db.write() as session, pytest.raises(NotFound):
        attachments.failed(session, 1, "x")


def test_only_ones_own_files_are_put_on_a_ticket(db: Database, clock: FixedClock) -> None:
    mine, theirs = talk(db, clock), talk(db, clock, "other")
    add(db, clock, new("k1", mine))
    add(db, clock, new("k2", theirs))
    with db.write() as session:
        contact = conversations.get(session, mine).contact_id
        draft = TicketDraft("other", "P3", "导入失败", {}, "form", handoff=False)
        ticket = tickets.open_ticket(
            session, draft, key="t", contact_id=contact, conversation_id=mine, now=clock()
        ).ticket

        assert attachments.link(session, ["k1", "k2", "k3"], ticket.id, conversation_id=mine) == 1
        assert attachments.link(session, ["k1"], ticket.id, conversation_id=mine) == 0
        session.expire_all()
        assert [one.key for one in attachments.of_ticket(session, ticket.id)] == ["k1"]
        assert attachments.ticket_of(session, attachments.get(session, "k1")) == ticket
        assert attachments.ticket_of(session, attachments.get(session, "k2")) is None


def test_what_a_customer_has_sent_today_is_counted(db: Database, clock: FixedClock) -> None:
    here, yesterday = talk(db, clock), clock() - timedelta(days=1)
    add(db, clock, new("k1", here))
    add(db, clock, new("k2", here, source="agent"))

    with db.read() as session:
        assert attachments.spent(session, here, yesterday) == Spent(1, 10)
        assert attachments.spent(session, here, clock()) == Spent(0, 0)


def test_erasing_leaves_nothing_that_tells_what_it_was(db: Database, clock: FixedClock) -> None:
    here, other = talk(db, clock), talk(db, clock, "other")
    add(db, clock, new("k1", here, text="密码 123", origin="wechat:m1"))
    add(db, clock, new("k2", other))

    with db.write() as session:
        assert attachments.erase_conversation(session, here) == 1
        assert attachments.erase_conversation(session, here) == 0
        gone = attachments.get(session, "k1")
        assert attachments.in_use(session, [SUM]) == {SUM}
        assert attachments.erase_conversation(session, other) == 1
        assert attachments.in_use(session, [SUM]) == frozenset()
    assert (gone.status, gone.name, gone.text, gone.sha256) == ("erased", "", "", None)


def test_the_oldest_are_erased_first_and_not_all_at_once(db: Database, clock: FixedClock) -> None:
    here = talk(db, clock)
    for number in range(3):
        add(db, clock, new(f"k{number}", here))

    def erase(before: datetime) -> int:
        with db.write() as session:
            return attachments.erase_older(session, before, limit=2)

    later = clock() + timedelta(seconds=1)
    with db.read() as session:
        assert (attachments.older(session, clock()), attachments.older(session, later)) == (False, True)
    assert erase(clock()) == 0
    assert [erase(later), erase(later), erase(later)] == [2, 1, 0]
    with db.read() as session:
        assert not attachments.older(session, later)
