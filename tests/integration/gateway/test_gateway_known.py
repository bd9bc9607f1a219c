"""A running incident is told in the turn that is about it, once at length, and its tickets are linked."""

from __future__ import annotations

import pytest

from contract.decisions import Feedback, Handoff
from desk import incidents
from desk.incidents import Incident, Wanted
from tests.integration.gateway.turn_world import ANSWER, DECLINE, World, texts

TROUBLE = "同步服务连不上，报 ERR-7001"
WANTED = Wanted(
    title="同步服务中断", category="network", code="ERR-7001", words=("同步",), message="机房正在抢修，预计一小时恢复。"
)


@pytest.fixture
def known(turns_world: World) -> Incident:
    """Confirmed by an agent."""
    with turns_world.db.write() as session:
        made = incidents.propose(session, WANTED, by="agent:1", now=turns_world.clock())
        return incidents.confirm(session, made.id, WANTED, by="agent:1", now=turns_world.clock())


async def test_whoever_asks_about_it_hears_it_first_and_then_the_short_line(
    turns_world: World, known: Incident
) -> None:
    turns_world.says(DECLINE)

    first, second = await turns_world.say(f"{TROUBLE}。"), await turns_world.say(f"还是{TROUBLE}。")

    assert "机房正在抢修" in texts(first)[0]
    assert known.title in texts(second)[0]
    assert "机房正在抢修" not in texts(second)[0]
    assert len(first.replies) == 2


async def test_other_questions_are_answered_as_ever(turns_world: World, known: Incident) -> None:
    turns_world.says(ANSWER)

    assert texts(await turns_world.say("怎么导出报表？")) == [ANSWER.title]


async def test_thanks_are_not_answered_with_bad_news(turns_world: World, known: Incident) -> None:
    turns_world.says(Feedback(helpful=True))

    assert len((await turns_world.say(f"{TROUBLE}，谢谢！")).replies) == 1


async def test_a_ticket_about_it_is_linked_in_its_turn(turns_world: World, known: Incident) -> None:
    turns_world.says(Handoff("request", "network", "P3", TROUBLE, {"error_code": "ERR-7001"}))

    outcome = await turns_world.say(f"转人工，{TROUBLE}。")

    (ticket,) = turns_world.tickets()
    assert ticket.incident_id == known.id
    assert "机房正在抢修" in texts(outcome)[0]
    assert ticket.number in texts(outcome)[1]
