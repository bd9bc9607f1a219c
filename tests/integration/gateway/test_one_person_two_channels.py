"""One person, two conversations: what is said in one changes the hand-off of that one and of no other. And what a turn
does to a ticket while a human is responsible."""

from __future__ import annotations

import pytest

from contract.decisions import EndHandoff, Handoff
from desk import asks, conversations, messages, tickets
from desk.accounts import merge_contacts
from desk.conversations import Change, Choice
from desk.tickets import Ticket, TicketDraft
from gateway.engine import Said
from tests.integration.gateway.turn_world import HANDOFF, World, texts


async def two_handoffs(world: World) -> tuple[Ticket, Ticket]:
    """One in this conversation, and a later one of the same person on WeChat."""
    world.says(HANDOFF)
    await world.say("转人工")
    (here,) = world.tickets()
    now, contact_id = world.clock(), here.contact_id
    with world.db.write() as session:
        talk = conversations.open_for(session, "wechat", "o-1", now=now)
        merge_contacts(session, contact_id, talk.contact_id, by="agent:1", now=now)
        conversations.update(session, talk.id, Change(state="waiting"), now=now)
        draft = TicketDraft("crash", "P3", "闪退")
        there = tickets.open_ticket(
            session, draft, key="there", contact_id=contact_id, conversation_id=talk.id, now=now
        ).ticket
    return here, there


def of(world: World, ticket: Ticket) -> Ticket:
    with world.db.read() as session:
        return tickets.get(session, ticket.number)


async def test_taking_back_the_wish_here_leaves_the_ticket_on_the_other_channel(turns_world: World) -> None:
    here, there = await two_handoffs(turns_world)
    turns_world.says(EndHandoff())

    await turns_world.say("取消人工")

    assert (of(turns_world, here).status, of(turns_world, there).open) == ("closed", True)


async def test_an_emergency_here_raises_the_ticket_of_this_conversation(turns_world: World) -> None:
    here, there = await two_handoffs(turns_world)
    turns_world.says(Handoff("emergency", "crash", "P1", "全公司都登录不了"))

    await turns_world.say("全公司都登录不了")

    assert (of(turns_world, here).priority, of(turns_world, there).priority) == ("P1", "P3")


async def test_an_emergency_never_makes_a_ticket_less_urgent(turns_world: World) -> None:
    turns_world.says(HANDOFF)
    await turns_world.say("转人工")
    (ticket,) = turns_world.tickets()
    turns_world.says(Handoff("emergency", "network", "P3", "网络断了"))

    await turns_world.say("网络断了")

    assert of(turns_world, ticket).priority == "P2"


async def test_a_ticket_that_waits_for_its_customer_goes_on_though_the_bot_has_answered(turns_world: World) -> None:
    """An agent telephoned, took nothing over, and waits; what the bot says to the customer's answer stops no clock."""
    turns_world.says(HANDOFF)
    await turns_world.say("转人工")
    (ticket,) = turns_world.tickets()
    with turns_world.db.write() as session:
        tickets.move(session, ticket.number, "waiting", by="agent:1", now=turns_world.clock())
    assert turns_world.conversation().state == "waiting"
    turns_world.says(Said("好的"))

    assert texts(await turns_world.say("日志发过去了"))

    assert of(turns_world, ticket).status == "in_progress"


@pytest.mark.parametrize("number", ["9" * 30, "1" * 5000, "-1", "１", "", "1e3"])
async def test_a_button_that_nobody_has_offered_is_no_trouble(turns_world: World, number: str) -> None:
    turns_world.says(Said("好的"))
    outcome = await turns_world.say("已解决", choice=Choice(f"ask:{number}:yes", "已解决"))
    assert texts(outcome) == ["好的"]


async def test_an_ask_of_somebody_else_is_not_answered(turns_world: World) -> None:
    with turns_world.db.write() as session:
        theirs = conversations.open_for(session, "web", "somebody else", now=turns_world.clock())
        messages.record_inbound(session, theirs.id, "m", "你好", now=turns_world.clock())
        now = turns_world.clock()
        one = asks.request(session, "csat", theirs.id, due_at=now, key="k", now=now)
        asks.ask(session, one.id, now=now)
    turns_world.says(Said("好的"))

    outcome = await turns_world.click(f"ask:{one.id}:1", "1")

    assert texts(outcome) == ["好的"]
    with turns_world.db.read() as session:
        assert asks.get(session, one.id).answer is None
