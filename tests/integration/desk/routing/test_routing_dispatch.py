from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TypeVar

import pytest

from desk import agents, conversations, routing, tickets
from desk.clock import FixedClock
from desk.database import Database
from desk.errors import NotFound
from desk.tickets.folding import standing
from tests.integration.desk.routing.routing_world import Desk, moment, name_of

T = TypeVar("T")
TOGETHER = 4


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(moment("mo 10:00"))


@pytest.fixture
def desk(db: Database, clock: FixedClock) -> Desk:
    return Desk(db, clock)


def at_once(act: Callable[[int], T]) -> list[T]:
    barrier = Barrier(TOGETHER)

    def start(number: int) -> T:
        barrier.wait()
        return act(number)

    with ThreadPoolExecutor(TOGETHER) as pool:
        return list(pool.map(start, range(TOGETHER)))


def test_the_reason_is_kept_in_the_history(desk: Desk) -> None:
    desk.hire("an", skills=["BIM"], load=2, idle=35)
    number = desk.ticket(module="BIM模型")

    routed = desk.dispatch(number)

    (event,) = desk.events(number, "assigned")
    assert event.actor == "system"
    assert event.detail["reason"] == {
        "code": "skill",
        "values": {
            "skill": "BIM", "skilled": True, "tier": "L1", "wanted": "L1", "load": 2, "max_load": 8, "idle_minutes": 35,
        },
    }  # fmt: skip
    assert routed.event_id == event.id
    found = desk.of(number)
    assert (found.status, found.skill) == ("assigned", "BIM")


def test_the_history_tells_how_the_ticket_stands(desk: Desk) -> None:
    desk.hire("an")
    number = desk.ticket(module="BIM模型")
    desk.dispatch(number)
    with desk.db.read() as session:
        folded = tickets.fold(tickets.events(session, number))
        assert folded == standing(tickets.get(session, number))


def test_a_repeat_writes_nothing(desk: Desk) -> None:
    desk.hire("an")
    number = desk.ticket()
    first, again = desk.dispatch(number), desk.dispatch(number)

    assert (first.fresh, again.fresh) == (True, False)
    assert (name_of(again), again.reason.code, again.queued) == ("an", "kept", False)
    assert len(desk.events(number, "assigned", "queued")) == 1


def test_who_got_one_has_not_been_idle(desk: Desk, clock: FixedClock) -> None:
    desk.hire("an")
    routed = desk.dispatch(desk.ticket())
    assert routed.agent is not None
    assert routed.agent.last_assigned_at == clock()


def test_tickets_go_round(desk: Desk, clock: FixedClock) -> None:
    for name in ("an", "bo", "cai"):
        desk.hire(name)
    given = []
    for number in range(6):
        clock.advance(timedelta(seconds=1))
        given.append(name_of(desk.dispatch(desk.ticket(f"key-{number}"))))
    assert given == ["an", "bo", "cai"] * 2


def test_waiting_is_written_down_once_for_each_reason(desk: Desk, clock: FixedClock) -> None:
    desk.hire("an", presence="offline")
    number = desk.ticket()

    said = [desk.dispatch(number).fresh, desk.dispatch(number).fresh]
    clock.advance(timedelta(hours=2, minutes=30))  # lunch
    said += [desk.dispatch(number).fresh, desk.dispatch(number).fresh]

    assert said == [True, False, True, False]
    codes = [event.detail["reason"]["code"] for event in desk.events(number, "queued")]
    assert codes == ["nobody_there", "off_duty"]
    assert desk.of(number).status == "new"


def test_a_reopened_ticket_is_queued_anew(desk: Desk) -> None:
    number = desk.ticket()
    desk.dispatch(number)
    with desk.db.write() as session:
        tickets.resolve(session, number, solution="好了", by="agent:1", now=desk.clock())
        tickets.reopen(session, number, by="agent:1", now=desk.clock())
    assert desk.dispatch(number).fresh
    assert len(desk.events(number, "queued")) == 2


def test_the_queue_has_p1_first_then_vips_then_the_oldest(desk: Desk) -> None:
    keys = {
        "old": desk.ticket("old", age=50),
        "new": desk.ticket("new", age=5),
        "vip": desk.ticket("vip", age=1, vip=True),
        "p2": desk.ticket("p2", priority="P2"),
        "p1": desk.ticket("p1", priority="P1", age=2),
        "p1 vip": desk.ticket("p1 vip", priority="P1", age=1, vip=True),
    }
    desk.hire("an")
    desk.ticket("taken", of="an")
    with desk.db.read() as session:
        order = [ticket.number for ticket in routing.waiting(session)]
    assert order == [keys[name] for name in ("p1 vip", "p1", "p2", "vip", "old", "new")]


def test_with_room_for_one_the_most_urgent_gets_it(desk: Desk) -> None:
    desk.hire("an", max=1)
    low, vip = desk.ticket("low", age=60), desk.ticket("vip", vip=True)
    for number in desk.due():
        desk.dispatch(number)
    assert (desk.of(vip).assignee_id, desk.of(low).assignee_id) == (desk.id_of("an"), None)


def test_a_long_queue_at_night_is_nothing_to_do(desk: Desk) -> None:
    for number in range(5):
        desk.dispatch(desk.ticket(f"key-{number}"))
    assert desk.due() == ()


def test_the_queue_moves_when_somebody_comes(desk: Desk) -> None:
    desk.hire("an", presence="offline")
    number = desk.ticket()
    desk.dispatch(number)
    assert desk.due() == ()
    with desk.db.write() as session:
        agents.set_presence(session, desk.id_of("an"), "online", now=desk.clock())
    assert desk.due() == (number,)
    assert name_of(desk.dispatch(number)) == "an"
    assert desk.due() == ()


def test_a_risen_ticket_is_due_until_it_is_dealt_with_once(desk: Desk) -> None:
    desk.hire("an")
    number = desk.ticket(of="an", tier="L2", status="in_progress")
    assert desk.due() == (number,)
    assert desk.dispatch(number).reason.code == "tier_nobody"
    assert desk.due() == ()
    desk.hire("bo", tier="L2")
    assert desk.due() == (number,)
    moved = desk.dispatch(number)
    assert (name_of(moved), moved.reason.values["why"], moved.reason.values["before"]) == ("bo", "tier", "an")
    assert desk.of(number).status == "in_progress"


def test_what_an_absent_agent_has_not_begun_is_due(desk: Desk) -> None:
    desk.hire("an", presence="offline", seen=60)
    desk.hire("bo", load=1)
    number = desk.ticket(of="an")
    assert desk.due() == (number,)
    assert desk.dispatch(number).reason.values["why"] == "absent"
    assert desk.due() == ()


def test_a_ticket_that_does_not_exist(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.dispatch("GD-20261123-0999-6")


def test_dispatched_at_once_a_ticket_is_assigned_exactly_once(desk: Desk) -> None:
    for name in ("an", "bo", "cai"):
        desk.hire(name)
    number = desk.ticket(talk=True)

    routed = at_once(lambda _: desk.dispatch(number))

    assert [one.fresh for one in routed].count(True) == 1
    assert len({name_of(one) for one in routed}) == 1
    assert len(desk.events(number, "assigned")) == 1


def test_tickets_dispatched_at_once_are_spread_over_the_team(desk: Desk) -> None:
    for number in range(TOGETHER):
        desk.hire(f"agent{number}", max=1)
    numbers = [desk.ticket(f"key-{number}") for number in range(TOGETHER)]

    routed = at_once(lambda number: desk.dispatch(numbers[number]))

    assert Counter(name_of(one) for one in routed) == {f"agent{number}": 1 for number in range(TOGETHER)}


def test_the_talk_goes_with_a_ticket_that_has_risen_and_whose_agent_is_not_there(desk: Desk) -> None:
    desk.hire("an", presence="offline", seen=60)
    desk.hire("bo", tier="L2")
    number = desk.ticket(of="an", tier="L2", status="in_progress", talk=True, talks="an")

    assert name_of(desk.dispatch(number)) == "bo"

    talk = desk.of(number).conversation_id
    assert talk is not None
    with desk.db.read() as session:
        assert conversations.get(session, talk).owner_id == desk.id_of("bo")


def test_a_talk_about_something_else_stays_with_its_agent(desk: Desk) -> None:
    desk.hire("an", presence="offline", seen=60)
    desk.hire("bo", tier="L2")
    desk.hire("cai")
    number = desk.ticket(of="an", tier="L2", status="in_progress", talk=True, talks="cai")
    with desk.db.write() as session:
        agents.set_presence(session, desk.id_of("cai"), "offline", now=desk.clock())

    assert name_of(desk.dispatch(number)) == "bo"

    talk = desk.of(number).conversation_id
    assert talk is not None
    with desk.db.read() as session:
        assert conversations.get(session, talk).owner_id == desk.id_of("cai")
