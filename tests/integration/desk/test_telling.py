from __future__ import annotations

import threading

import pytest

from desk import messages, turns
from desk.clock import FixedClock
from desk.conversations import Conversation
from desk.database import Database
from desk.errors import NotFound
from desk.turns import Content, Reply, TurnDraft


def heard(db: Database, clock: FixedClock, conversation: Conversation, count: int) -> tuple[int, ...]:
    """A turn of that many messages; their ids."""
    with db.write() as session:
        ids = tuple(
            messages.record_inbound(session, conversation.id, f"m{number}", "在吗", now=clock()).message_id
            for number in range(count)
        )
        draft = TurnDraft("turn-1", conversation.id, ids)
        turns.record_turn(session, draft, Content((Reply("在"),)), now=clock())
    return ids


def claim(db: Database, message_id: int) -> bool:
    with db.write() as session:
        return turns.tell(session, "turn-1", message_id)


def known(db: Database, message_id: int) -> bool | None:
    with db.read() as session:
        return turns.told(session, "turn-1", message_id)


def test_the_first_message_of_a_burst_that_asks_carries_the_replies_and_so_do_its_repeats(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    first, second, third = heard(db, clock, conversation, 3)
    assert [known(db, message) for message in (first, second, third)] == [None, None, None]
    assert [claim(db, message) for message in (second, first, third, second)] == [True, False, False, True]
    assert [known(db, message) for message in (first, second, third)] == [False, True, False]


def test_a_message_alone_needs_no_claim(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    (alone,) = heard(db, clock, conversation, 1)
    assert known(db, alone) is True
    assert claim(db, alone)


def test_a_message_of_another_turn_carries_nothing(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    first, _ = heard(db, clock, conversation, 2)
    assert not claim(db, first + 100)
    assert known(db, first + 100) is False
    assert claim(db, first)


def test_what_is_undone_is_claimed_by_nobody(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    first, second = heard(db, clock, conversation, 2)

    def claim_and_fail() -> None:
        with db.write() as session:
            turns.tell(session, "turn-1", first)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        claim_and_fail()
    assert claim(db, second)


def test_of_many_at_once_exactly_one_wins(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    ids = heard(db, clock, conversation, 8)
    won: list[int] = []
    together = threading.Barrier(len(ids))

    def race(message_id: int) -> None:
        together.wait()
        if claim(db, message_id):
            won.append(message_id)

    threads = [threading.Thread(target=race, args=(message,)) for message in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert [known(db, message) for message in ids].count(True) == 1


def test_a_turn_that_nobody_knows_is_not_found(db: Database) -> None:
    with pytest.raises(NotFound), db.write() as session:
        turns.tell(session, "turn-9", 1)
    with pytest.raises(NotFound), db.read() as session:
        turns.told(session, "turn-9", 1)
