"""What people decide about incidents, and who is told in the end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from desk import audit, incidents, tickets
from desk.clock import FixedClock
from desk.database import Database
from desk.errors import AlreadyExists, IllegalMove, NotFound
from desk.incidents import Wanted
from tests.integration.desk.incident_reports import confirmed, crowd, incident, proposed, report, wanted

BY = "agent:1"
BY_HAND = Wanted("报表打不开", "report", module="报表中心")


def test_a_confirmed_incident_says_who_confirmed_it_when(db: Database, clock: FixedClock) -> None:
    made = confirmed(db, clock())
    assert (made.state, made.running, made.confirmed_at, made.confirmed_by) == ("confirmed", True, clock(), BY)


def test_nothing_is_confirmed_without_a_message_to_customers(db: Database, clock: FixedClock) -> None:
    made = proposed(db, clock())
    with pytest.raises(ValueError, match="message to customers"), db.write() as session:
        incidents.confirm(session, made.id, wanted(made), by=BY, now=clock())
    assert incident(db, made.id).state == "proposed"


def test_nothing_is_closed_without_a_resolution(db: Database, clock: FixedClock) -> None:
    made = confirmed(db, clock())
    with pytest.raises(ValueError, match="resolution"), db.write() as session:
        incidents.close(session, made.id, " ", by=BY, now=clock())
    assert incident(db, made.id).state == "confirmed"


def test_only_a_confirmed_incident_is_closed(db: Database, clock: FixedClock) -> None:
    made = proposed(db, clock())
    with pytest.raises(IllegalMove), db.write() as session:
        incidents.close(session, made.id, "已恢复", by=BY, now=clock())


@pytest.mark.parametrize("ending", ["closed", "dismissed"])
def test_what_is_over_is_not_changed_any_more(db: Database, clock: FixedClock, ending: str) -> None:
    made = confirmed(db, clock())
    other = report(db, "other", clock())
    with db.write() as session:
        if ending == "closed":
            incidents.close(session, made.id, "已恢复", by=BY, now=clock())
        else:
            incidents.dismiss(session, made.id, reason="演练", by=BY, now=clock())
    for act in (
        lambda session: incidents.edit(session, made.id, wanted(made), by=BY, now=clock()),
        lambda session: incidents.dismiss(session, made.id, reason="又", by=BY, now=clock()),
        lambda session: incidents.link_ticket(session, made.id, other.number, by=BY, now=clock()),
    ):
        with pytest.raises(IllegalMove), db.write() as session:
            act(session)
    with db.read() as session:
        assert tickets.get(session, other.number).incident_id is None


def test_by_hand_an_agent_proposes_what_goes_on_only_once(db: Database, clock: FixedClock) -> None:
    with db.write() as session:
        incidents.propose(session, BY_HAND, by="agent:2", now=clock())
    with pytest.raises(AlreadyExists), db.write() as session:
        incidents.propose(session, BY_HAND, by="agent:3", now=clock())
    with db.read() as session:
        assert len(incidents.listing(session)) == 1


def test_an_edit_keeps_old_and_new_values(db: Database, clock: FixedClock) -> None:
    made = proposed(db, clock())
    with db.write() as session:
        incidents.edit(session, made.id, wanted(made, title="登录服务故障"), by=BY, now=clock())
    with db.read() as session:
        (line,) = audit.listing(session, action="incident.edited")
    assert line.detail == {"title": {"old": "登录不上去", "new": "登录服务故障"}}


def test_a_ticket_is_linked_once_and_can_be_taken_off(db: Database, clock: FixedClock) -> None:
    made, other = proposed(db, clock()), report(db, "other", clock(), summary="打不开系统")
    with db.write() as session:
        assert incidents.link_ticket(session, made.id, other.number, by=BY, now=clock())
        assert not incidents.link_ticket(session, made.id, other.number, by=BY, now=clock())
    assert incident(db, made.id).tickets == 4
    with db.write() as session:
        assert incidents.unlink(session, made.id, other.number, by=BY, now=clock())
        assert not incidents.unlink(session, made.id, other.number, by=BY, now=clock())
    with db.read() as session:
        assert tickets.get(session, other.number).incident_id is None
    assert incident(db, made.id).tickets == 3


def test_merging_moves_tickets_cards_and_words(db: Database, clock: FixedClock) -> None:
    first = proposed(db, clock())
    with db.write() as session:
        second = incidents.propose(session, BY_HAND, by=BY, now=clock())
        talk = next(one.ticket.conversation_id for one in incidents.tickets_of(session, first.id))
        assert talk is not None
        assert incidents.shown(session, first.id, talk, now=clock())
    with db.write() as session:
        left = incidents.merge(session, first.id, second.id, by=BY, now=clock())

    assert (left.tickets, left.words) == (3, ("登录不上去",))
    assert (incident(db, first.id).state, incident(db, first.id).tickets) == ("dismissed", 0)
    with db.write() as session:
        assert not incidents.shown(session, second.id, talk, now=clock())
        assert {one.ticket.incident_id for one in incidents.tickets_of(session, second.id)} == {second.id}


def test_an_incident_is_not_merged_with_itself(db: Database, clock: FixedClock) -> None:
    made = proposed(db, clock())
    with pytest.raises(IllegalMove), db.write() as session:
        incidents.merge(session, made.id, made.id, by=BY, now=clock())


def test_an_unknown_incident_is_not_found(db: Database, clock: FixedClock) -> None:
    with pytest.raises(NotFound), db.read() as session:
        incidents.get(session, 404)


def test_the_card_is_shown_once_in_a_conversation(db: Database, clock: FixedClock) -> None:
    made = confirmed(db, clock())
    with db.write() as session:
        talk = incidents.tickets_of(session, made.id)[0].ticket.conversation_id
        assert talk is not None
        assert [incidents.shown(session, made.id, talk, now=clock()) for _ in range(2)] == [True, False]


def test_everybody_is_to_be_told_once_when_it_is_over(db: Database, clock: FixedClock) -> None:
    made = confirmed(db, clock())
    again = report(db, "visitor-0", clock.advance(timedelta(minutes=1)), summary="还是登录不上去")
    with db.write() as session:
        incidents.link_ticket(session, made.id, again.number, by=BY, now=clock())
    with db.read() as session:
        assert incidents.untold(session, limit=10) == ()
    with db.write() as session:
        incidents.close(session, made.id, "已恢复", by=BY, now=clock())
    with db.read() as session:
        waiting = incidents.untold(session, limit=10)

    with db.write() as session:
        claims = [incidents.claim(session, one, now=clock()) for one in waiting]
    assert [claim.speak for claim in claims if claim] == [True, True, True, False]  # one conversation, two tickets
    with db.write() as session:
        assert [incidents.claim(session, one, now=clock()) for one in waiting] == [None] * 4
    with db.read() as session:
        assert incidents.untold(session, limit=10) == ()


def test_six_workers_tell_each_customer_once(db: Database, clock: FixedClock) -> None:
    made = confirmed(db, clock(), 4)
    with db.write() as session:
        incidents.close(session, made.id, "已恢复", by=BY, now=clock())
    barrier = Barrier(6)

    def work(_: int) -> int:
        barrier.wait()
        with db.read() as session:
            waiting = incidents.untold(session, limit=10)
        told = 0
        for one in waiting:
            with db.write() as session:
                told += incidents.claim(session, one, now=clock()) is not None
        return told

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(work, range(6))) == 4
    assert incident(db, made.id).told == 4


def test_linking_and_merging_at_once_lose_no_ticket(db: Database, clock: FixedClock) -> None:
    first = proposed(db, clock())
    with db.write() as session:
        second = incidents.propose(session, BY_HAND, by=BY, now=clock())
    more = crowd(db, clock.advance(timedelta(hours=8)), 4, summary="别的问题")
    barrier = Barrier(5)

    def work(number: int) -> None:
        barrier.wait()
        with db.write() as session:
            if number == 4:
                incidents.merge(session, first.id, second.id, by=BY, now=clock())
            else:
                incidents.link_ticket(session, second.id, more[number].number, by=BY, now=clock())

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(work, range(5)))
    assert incident(db, second.id).tickets == 7
