"""Whoever waits for a human too long is told how things are, and gets answers again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contract.decisions import Handoff
from desk import conversations, outbox, tickets
from desk.queueing import QueueRules
from gateway.engine import Said
from gateway.notifications.routes import Routes
from gateway.rules import ServiceRules
from gateway.timers.queue import queue as tick
from gateway.turns.flow import Incoming
from tests.integration.gateway.turn_world import ANSWER, HANDOFF, WORDING, World, kinds, texts

HALF_HOUR = timedelta(minutes=30)


async def waits(world: World) -> None:
    world.says(HANDOFF)
    await world.say("转人工")
    world.says(ANSWER)


def said(world: World) -> list[str]:
    return [message.text for message in world.messages() if message.author == "bot"]


async def test_after_half_an_hour_of_work_the_bot_says_so_once_and_answers_again(turns_world: World) -> None:
    await waits(turns_world)
    turns_world.clock.advance(HALF_HOUR)

    assert [tick(turns_world.timed()) for _ in range(3)] == [1, 0, 0]

    (ticket,) = turns_world.tickets()
    assert ticket.open
    assert ticket.number in said(turns_world)[-1]
    assert "仍在排队" in said(turns_world)[-1]
    assert "11月23日（周一）11:00" in said(turns_world)[-1]
    assert turns_world.conversation().state == "bot"
    assert kinds(await turns_world.say("怎么导出报表？")) == ["answer"]


async def test_a_minute_before_nothing_is_said(turns_world: World) -> None:
    await waits(turns_world)
    turns_world.clock.advance(HALF_HOUR - timedelta(minutes=1))

    assert tick(turns_world.timed()) == 0
    assert turns_world.conversation().state == "waiting"


@pytest.mark.parametrize(
    ("begins", "looked", "told"),
    [
        (timedelta(hours=1, minutes=45), timedelta(hours=2, minutes=15), 0),  # 11:45, looked at 12:15: lunch
        (timedelta(hours=1, minutes=45), timedelta(hours=3, minutes=44), 0),  # 13:44: 15 + 14 minutes of work
        (timedelta(hours=1, minutes=45), timedelta(hours=3, minutes=45), 1),
        (timedelta(hours=12), timedelta(hours=13), 0),  # 22:00: nobody is late at night
        (timedelta(hours=12), timedelta(hours=22, minutes=59), 0),  # 8:59 next morning
        (timedelta(hours=12), timedelta(hours=23), 1),
        (timedelta(hours=6, minutes=50), timedelta(hours=9), 0),  # 16:50 and, with half an hour over, evening by now
    ],
)
async def test_only_working_time_counts(turns_world: World, begins: timedelta, looked: timedelta, told: int) -> None:
    turns_world.clock.advance(begins)
    await waits(turns_world)
    turns_world.clock.advance(looked - begins)

    assert tick(turns_world.timed()) == told


async def test_how_long_is_the_operators_decision(turns_world: World) -> None:
    turns_world.rules = ServiceRules(queue=QueueRules(time_out=timedelta(minutes=5)))
    turns_world.restart()
    await waits(turns_world)
    turns_world.clock.advance(timedelta(minutes=5))

    assert tick(turns_world.timed()) == 1


async def test_a_promise_that_is_broken_is_not_repeated(turns_world: World) -> None:
    turns_world.rules = ServiceRules(queue=QueueRules(time_out=timedelta(minutes=90)))
    turns_world.restart()
    await waits(turns_world)
    turns_world.clock.advance(timedelta(minutes=90))

    tick(turns_world.timed())

    assert "现在已经超时" in said(turns_world)[-1]


async def test_somebody_who_talks_to_a_human_is_left_alone(turns_world: World) -> None:
    await waits(turns_world)
    turns_world.taken()
    turns_world.clock.advance(timedelta(hours=1))

    assert tick(turns_world.timed()) == 0
    assert turns_world.conversation().state == "human"


async def test_the_human_can_take_it_later(turns_world: World) -> None:
    await waits(turns_world)
    turns_world.clock.advance(HALF_HOUR)
    tick(turns_world.timed())

    turns_world.taken()

    assert (await turns_world.say("怎么导出报表？")).replies == ()


async def test_misses_after_it_go_on_the_ticket_and_silence_nobody(turns_world: World) -> None:
    await waits(turns_world)
    turns_world.clock.advance(HALF_HOUR)
    tick(turns_world.timed())
    turns_world.says(Handoff("two_misses", "other", "P3", "怎么飞"))

    outcome = await turns_world.say("到底怎么飞？")

    (ticket,) = turns_world.tickets()
    assert "还在排队" in texts(outcome)[0]
    assert turns_world.conversation().state == "bot"
    with turns_world.db.read() as session:
        assert [event.kind for event in tickets.events(session, ticket.number)].count("requested_again") == 0


async def test_who_asks_for_a_human_again_waits_again_and_is_told_again(turns_world: World) -> None:
    await waits(turns_world)
    turns_world.clock.advance(HALF_HOUR)
    tick(turns_world.timed())
    turns_world.says(HANDOFF)
    await turns_world.say("转人工")
    assert turns_world.conversation().state == "waiting"
    turns_world.clock.advance(HALF_HOUR)

    assert [tick(turns_world.timed()), tick(turns_world.timed())] == [1, 0]
    assert len(turns_world.tickets()) == 1


async def test_the_team_is_reminded(turns_world: World) -> None:
    turns_world.rules = ServiceRules(routes=Routes({"queued": ("wecom",)}))
    turns_world.restart()
    await waits(turns_world)
    turns_world.clock.advance(HALF_HOUR)
    tick(turns_world.timed())

    with turns_world.db.write() as session:
        titles = [row.payload["title"] for row in outbox.lease(session, now=turns_world.clock())]
    number = turns_world.tickets()[0].number
    assert WORDING.text("waiting.staff_title", number=number) in titles


async def test_a_follower_hears_it_in_wechat_and_in_their_script(turns_world: World) -> None:
    turns_world.says(HANDOFF)
    accepted = await turns_world.flow.receive(Incoming("wechat", "oFollower", "wx-1", "轉人工，簽核單送不出去"))
    await turns_world.flow.outcome(accepted, 5.0)
    turns_world.clock.advance(HALF_HOUR)

    tick(turns_world.timed(pushes=True))

    with turns_world.db.write() as session:
        (row,) = outbox.lease(session, now=turns_world.clock())
        assert conversations.get(session, accepted.conversation_id).state == "bot"
    assert "仍在排隊" in row.payload["text"]


async def test_a_worker_that_was_down_over_night_finds_nobody_late_before_work(turns_world: World) -> None:
    await waits(turns_world)
    turns_world.says(Said("好"))
    turns_world.clock.advance(timedelta(hours=12))

    assert tick(turns_world.timed()) == 0
