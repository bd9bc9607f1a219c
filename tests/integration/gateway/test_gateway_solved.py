"""Solved by an agent: the message that says so can be answered at once, and who answers is not asked again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desk import asks, conversations, outbox, tickets
from desk.messages import Message
from desk.tables import AskRow
from desk.tickets import Ticket, TicketDraft
from gateway.care.asking import ASK
from gateway.care.solved import Solved
from gateway.channels.known import all_channels
from gateway.engine import Said
from gateway.timers.asks import asks as tick
from tests.integration.gateway.turn_world import CHOICES, HANDOFF, WORDING, World, texts

DAY = timedelta(days=1)


def solve(world: World, number: str) -> Ticket:
    """What the console does when an agent solves it."""
    now = world.clock()
    with world.db.write() as session:
        talk = conversations.update(session, world.conversation().id, {}, now=now)
        ticket = tickets.resolve(session, number, solution="已重启服务。", by="agent:1", now=now)
        Solved(WORDING, world.rules.asks, all_channels(WORDING, pushes=False), by=1).tell(
            session, talk, ticket, "已重启服务。", now=now
        )
    return ticket


async def solved(world: World, *, category: str = "crash") -> Ticket:
    world.says(HANDOFF)
    await world.say("转人工")
    (ticket,) = world.tickets()
    agent = world.agent(online=True)
    with world.db.write() as session:
        tickets.change(session, ticket.number, category=category, by="agent:1", now=world.clock())
        tickets.assign(session, ticket.number, agent.id, by=agent.actor, now=world.clock())
        conversations.take(session, world.conversation().id, agent.id, now=world.clock())
    world.says(Said("好的"))
    return solve(world, ticket.number)


def last(world: World) -> Message:
    return world.messages()[-1]


def states(world: World) -> list[str]:
    with world.db.read() as session:
        return [row.state for row in session.query(AskRow).order_by(AskRow.id)]


async def test_the_message_offers_two_answers_and_the_bot_is_back(turns_world: World) -> None:
    ticket = await solved(turns_world)

    said = last(turns_world)
    assert said.text == f"工单 {ticket.number} 已处理完毕：已重启服务。请问问题解决了吗？"
    assert [option["label"] for option in said.payload["options"]] == ["已解决", "没解决"]
    assert turns_world.conversation().state == "bot"


@pytest.mark.parametrize("words", ["已解决", "1", "好了", "谢谢，好了！", "好了，谢谢您", "解決了，謝謝"])
async def test_who_says_so_at_once_is_asked_for_a_score_and_for_nothing_else(turns_world: World, words: str) -> None:
    await solved(turns_world)

    await turns_world.say(words)

    assert turns_world.tickets()[0].status == "closed"
    assert last(turns_world).payload["stars"] is True
    turns_world.clock.advance(DAY)
    assert tick(turns_world.timed()) == 0
    assert states(turns_world) == ["answered", "asked"]


async def test_a_click_on_not_solved_brings_it_back_before_a_day_is_over(turns_world: World) -> None:
    ticket = await solved(turns_world)

    await turns_world.click(last(turns_world).payload["options"][1]["id"], "没解决")

    (now,) = turns_world.tickets()
    assert (now.number, now.status, now.assignee_id) == (ticket.number, "assigned", ticket.assignee_id)
    turns_world.clock.advance(DAY)
    assert tick(turns_world.timed()) == 0


async def test_thanks_alone_is_no_answer(turns_world: World) -> None:
    await solved(turns_world)

    await turns_world.say("谢谢")

    assert turns_world.asked[-1] == "谢谢"
    assert turns_world.tickets()[0].status == "resolved"


async def test_who_says_nothing_is_asked_once_a_day_later_and_either_message_answers(turns_world: World) -> None:
    await solved(turns_world)
    button = last(turns_world).payload["options"][0]
    turns_world.clock.advance(DAY - timedelta(minutes=1))
    assert tick(turns_world.timed()) == 0
    turns_world.clock.advance(timedelta(minutes=1))

    assert [tick(turns_world.timed()) for _ in range(3)] == [1, 0, 0]

    assert last(turns_world).payload["options"][0] == button
    await turns_world.click(button["id"], button["label"])
    assert turns_world.tickets()[0].status == "closed"


async def test_a_digit_picks_what_was_offered_since(turns_world: World) -> None:
    await solved(turns_world)
    turns_world.says(CHOICES)
    await turns_world.say("报表怎么弄？")

    await turns_world.say("1")

    assert turns_world.tickets()[0].status == "resolved"
    assert turns_world.context.choice == {"id": "entry:a", "label": "怎么导出报表"}


async def test_what_is_solved_twice_in_a_day_is_asked_about_once(turns_world: World) -> None:
    ticket = await solved(turns_world)
    first = last(turns_world).payload["options"][0]["id"]
    await turns_world.say("没解决")
    turns_world.clock.advance(timedelta(minutes=20))
    solve(turns_world, ticket.number)
    assert last(turns_world).payload["options"][0]["id"] != first

    turns_world.clock.advance(DAY)

    assert [tick(turns_world.timed()), tick(turns_world.timed())] == [1, 0]


async def test_reopened_by_a_colleague_the_old_buttons_are_over(turns_world: World) -> None:
    ticket = await solved(turns_world)
    first = last(turns_world).payload["options"][0]
    with turns_world.db.write() as session:
        tickets.reopen(session, ticket.number, by="agent:1", now=turns_world.clock())
    turns_world.clock.advance(timedelta(minutes=5))
    solve(turns_world, ticket.number)

    outcome = await turns_world.click(first["id"], first["label"])

    assert texts(outcome)[0].startswith("这个问题已经过期")
    assert turns_world.tickets()[0].status == "resolved"


@pytest.mark.parametrize("busy", ["form", "choices"])
async def test_in_the_middle_of_something_else_nothing_is_offered(turns_world: World, busy: str) -> None:
    ticket = await solved(turns_world)
    with turns_world.db.write() as session:
        tickets.reopen(session, ticket.number, by="agent:1", now=turns_world.clock())
        turns_world.clock.advance(timedelta(minutes=5))
        later = turns_world.clock() + timedelta(hours=1)
        change = (
            conversations.Change(form="ticket_form", choices=())
            if busy == "form"
            else conversations.Change(choices=(conversations.Choice("entry:a", "一"),), choices_until=later)
        )
        conversations.update(session, turns_world.conversation().id, change, now=turns_world.clock())

    solve(turns_world, ticket.number)

    assert "options" not in last(turns_world).payload
    assert "转人工" in last(turns_world).text


async def test_a_wish_is_told_about_and_never_asked(turns_world: World) -> None:
    await solved(turns_world, category="suggestion")
    assert "options" not in last(turns_world).payload
    turns_world.clock.advance(DAY)
    assert tick(turns_world.timed()) == 0


async def test_a_follower_gets_one_text_with_numbers(turns_world: World) -> None:
    now, draft = turns_world.clock(), TicketDraft("crash", "P3", "闪退", reason="request", handoff=False)
    with turns_world.db.write() as session:
        talk = conversations.open_for(session, "wechat", "oFollower", now=now)
        made = tickets.open_ticket(
            session, draft, key="t", contact_id=talk.contact_id, conversation_id=talk.id, now=now
        ).ticket
        ticket = tickets.resolve(session, made.number, solution="已重启", by="agent:1", now=now)
        Solved(WORDING, turns_world.rules.asks, all_channels(WORDING, pushes=True)).tell(
            session, talk, ticket, "已重启", now=now
        )

    with turns_world.db.write() as session:
        (push,) = outbox.lease(session, now=now)
    assert push.payload["text"].splitlines()[:3] == [
        f"工单 {ticket.number} 已处理完毕：已重启。请问问题解决了吗？",
        "1. 已解决",
        "2. 没解决",
    ]


async def test_another_conversations_ask_is_none_of_ours(turns_world: World) -> None:
    await solved(turns_world)
    with turns_world.db.write() as session:
        other = conversations.open_for(session, "web", "stranger", now=turns_world.clock())
        now = turns_world.clock()
        ask = asks.request(session, "solved", other.id, due_at=now + DAY, key="other", now=now)

    await turns_world.click(f"{ASK}{ask.id}:yes", "已解决")

    with turns_world.db.read() as session:
        assert asks.get(session, ask.id).state == "due"
