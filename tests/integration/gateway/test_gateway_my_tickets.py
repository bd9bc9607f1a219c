"""查工单, 催单, whom a ticket goes to, calls back and complaints: what customers hear of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from contract.decisions import Callback, Complaint, Handoff, OpenTicket, TicketStatus, TicketUrge
from desk import agents, conversations, outbox, tickets
from desk.tickets import Ticket
from gateway.care import appointments
from gateway.engine import Said
from gateway.notifications.routes import Routes
from gateway.rules import ServiceRules
from tests.integration.gateway.turn_world import HANDOFF, SETTINGS, WORDING, World, kinds, texts

ROUTES = Routes({"urged": ("wecom",), "complaint": ("wecom",), "assigned": ("wecom",), "p1_opened": ("wecom",)})
BEIJING = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def world(turns_world: World) -> World:
    """A team that is told things."""
    turns_world.rules = ServiceRules(routes=ROUTES)
    turns_world.restart()
    return turns_world


async def opened(world: World) -> Ticket:
    world.says(HANDOFF)
    await world.say("转人工")
    return world.tickets()[0]


async def wishes(world: World, *summaries: str) -> None:
    for summary in summaries:
        world.says(OpenTicket("suggestion", "P4", summary))
        await world.say(f"{summary}？")


def told(world: World) -> list[tuple[str, list[str]]]:
    """What the team got, and who is called."""
    with world.db.write() as session:
        rows = outbox.lease(session, limit=50, now=world.clock())
    return [(row.payload["title"], [one["name"] for one in row.payload["people"]]) for row in rows]


# -- who -----------------------------------------------------------------------------------------


async def test_the_customer_hears_who_has_the_ticket_in_the_turn_that_opens_it(world: World) -> None:
    world.agent(online=True)
    world.says(HANDOFF)

    outcome = await world.say("转人工")

    (ticket,) = world.tickets()
    assert ticket.status == "assigned"
    assert f"已为您建立工单 {ticket.number}，由工程师李伟负责。现在是工作时间" in texts(outcome)[0]
    assert outcome.replies[0].payload["card"]["status"] == "已分派"
    assert [people for _, people in told(world)] == [["李伟"]]


async def test_with_nobody_there_nobody_is_named(world: World) -> None:
    world.says(HANDOFF)

    outcome = await world.say("转人工")

    assert "负责" not in texts(outcome)[0]
    assert "最晚 11月23日（周一）11:00" in texts(outcome)[0]


async def test_the_second_dislike_by_a_click_hands_over_in_the_same_way(world: World) -> None:
    world.agent(online=True)
    world.says(Handoff("dislikes", "other", "P3", "怎么导出报表"))

    outcome = await world.say("没用！")

    assert "由工程师李伟负责" in texts(outcome)[0]


async def test_a_p1_at_night_says_whom_it_wakes_only_if_it_does(world: World) -> None:
    world.clock.advance(timedelta(hours=13))  # 23:00
    world.says(Handoff("emergency", "crash", "P1", "全公司都登录不了"))

    outcome = await world.say("全公司都登录不了！")

    assert "首次响应时限 15 分钟" in texts(outcome)[0]
    assert WORDING.text("turn.ticket.woken") not in texts(outcome)[0]


# -- how far -------------------------------------------------------------------------------------


async def test_a_status_says_who_and_by_when(world: World) -> None:
    world.agent(online=True)
    await opened(world)
    world.says(TicketStatus(None))

    (said,) = texts(await world.say("查工单"))

    assert "目前状态：已分派，由工程师李伟负责。" in said
    assert "承诺最晚 11月23日（周一）11:00 首次答复。" in said


async def test_a_status_that_is_late_says_so(world: World) -> None:
    await opened(world)
    world.clock.advance(timedelta(minutes=61))
    world.says(TicketStatus(None))

    assert "现在已经超时，非常抱歉" in texts(await world.say("查工单"))[0]


async def test_after_the_first_answer_the_status_tells_the_next_promise(world: World) -> None:
    ticket = await opened(world)
    agent = world.agent()
    at = datetime(2026, 11, 23, 15, tzinfo=BEIJING)
    with world.db.write() as session:
        tickets.assign(session, ticket.number, agent.id, by=agent.actor, now=world.clock())
        tickets.reply(session, ticket.number, by=agent.actor, now=world.clock())
        tickets.schedule(session, ticket.number, at, "回电", by=agent.actor, now=world.clock())
    world.says(TicketStatus(None))

    (said,) = texts(await world.say("查工单"))

    assert "首次答复" not in said
    assert "目标在 11月23日（周一）15:30 前处理完。工程师约定 11月23日（周一）15:00 联系您。" in said


async def test_one_of_several_is_picked_by_digit_without_the_engine(world: World) -> None:
    await wishes(world, "希望支持批量导出", "希望支持深色模式")
    world.says(TicketStatus(None))
    outcome = await world.say("查工单")
    assert [option["id"] for option in outcome.replies[0].payload["options"]] == [
        f"ticket:{ticket.number}" for ticket in reversed(world.tickets())
    ]
    before = len(world.asked)

    (said,) = texts(await world.say("2"))

    assert "希望支持批量导出" in said
    assert "目前状态" in said
    assert len(world.asked) == before


async def test_the_latest_five_are_offered_and_open_ones_first(world: World) -> None:
    await wishes(world, *(f"希望支持第 {number} 种格式" for number in range(6)))
    first = min(world.tickets(), key=lambda ticket: ticket.id)
    with world.db.write() as session:
        for ticket in world.tickets():
            if ticket.id != first.id:
                tickets.close(session, ticket.number, by="agent:1", now=world.clock())
    world.says(TicketStatus(None))

    outcome = await world.say("查工单")

    offered = [option["id"] for option in outcome.replies[0].payload["options"]]
    assert len(offered) == 5
    assert offered[0] == f"ticket:{first.number}"
    assert "等" in texts(outcome)[0]


async def test_a_guesser_is_slowed_down_and_learns_nothing(world: World) -> None:
    ticket = await opened(world)
    with world.db.write() as session:
        other = conversations.open_for(session, "web", "stranger", now=world.clock())
        draft = tickets.TicketDraft("login", "P3", "别人的问题")
        foreign = tickets.open_ticket(session, draft, key="k", contact_id=other.contact_id, now=world.clock()).ticket
    answers = []

    for number in (foreign.number, "GD-20261122-0042-7", foreign.number, "GD-1", foreign.number, foreign.number):
        world.says(TicketStatus(number))
        answers.append(texts(await world.say(f"{number} 怎么样了"))[0].replace(number, "N"))
    world.says(TicketStatus(ticket.number))
    own = texts(await world.say(f"{ticket.number} 怎么样了"))[0]

    assert set(answers[:5]) == {WORDING.text("turn.status.unknown", number="N")}
    assert answers[5] == own == WORDING.text("turn.status.too_many")


# -- hurry ---------------------------------------------------------------------------------------


async def test_urging_tells_the_one_who_has_it_once_for_half_an_hour(world: World) -> None:
    world.agent(online=True)
    ticket = await opened(world)
    told(world)
    world.says(TicketUrge(None))

    first, second = texts(await world.say("催单"))[0], texts(await world.say("再催一下"))[0]

    assert first.startswith(f"已为工单 {ticket.number} 催办，处理人会优先看到。承诺最晚")
    assert "在 10:00 已经催办过" in second
    assert told(world) == [(f"客户催办工单 {ticket.number}", ["李伟"])]
    with world.db.read() as session:
        assert [event.kind for event in tickets.events(session, ticket.number)].count("urged") == 1


async def test_after_half_an_hour_urging_counts_again(world: World) -> None:
    await opened(world)
    world.says(TicketUrge(None))
    await world.say("催单")
    world.clock.advance(timedelta(minutes=30))

    assert "已为工单" in texts(await world.say("催单"))[0]


async def test_without_an_assignee_the_leads_are_told(world: World) -> None:
    world.agent("lead", "王组长", "lead")
    await opened(world)
    told(world)
    world.says(TicketUrge(None))

    assert "当班负责人会优先看到" in texts(await world.say("催单"))[0]
    assert [people for title, people in told(world) if "催办" in title] == [["王组长"]]


# -- complaints ----------------------------------------------------------------------------------


async def test_a_complaint_goes_to_a_lead_who_is_there(world: World) -> None:
    world.agent(online=True)
    lead = world.agent("lead", "王组长", "lead", online=True)
    world.says(Complaint("三天没人管，我要投诉"))

    outcome = await world.say("三天没人管，我要投诉！")

    assert world.tickets()[0].assignee_id == lead.id
    assert "由工程师王组长负责" in texts(outcome)[0]
    assert [people for title, people in told(world) if "投诉" in title] == [["王组长"]]


async def test_without_a_lead_there_somebody_takes_it_and_the_leads_are_told(world: World) -> None:
    agent = world.agent(online=True)
    world.agent("lead", "王组长", "lead")
    world.says(Complaint("三天没人管，我要投诉"))

    await world.say("三天没人管，我要投诉！")

    assert world.tickets()[0].assignee_id == agent.id
    assert [people for title, people in told(world) if "投诉" in title] == [["李伟", "王组长"]]


# -- calls back ----------------------------------------------------------------------------------


async def test_a_time_that_is_named_is_the_next_contact(world: World) -> None:
    world.says(Callback("13800138000", "导入失败"))

    outcome = await world.say("明天上午十点半给我打电话，13800138000")

    (ticket,) = world.tickets()
    assert ticket.slots["when"] == "明天上午十点半"
    assert ticket.next_contact_at == datetime(2026, 11, 24, 10, 30, tzinfo=BEIJING)
    assert "已登记 11月24日（周二）10:30 回电，号码 13800138000" in texts(outcome)[0]


async def test_a_time_that_is_no_moment_is_kept_as_it_was_said(world: World) -> None:
    world.says(Callback("13800138000", "导入失败"))

    outcome = await world.say("明天上午给我回个电话")

    (ticket,) = world.tickets()
    assert (ticket.slots["when"], ticket.next_contact_at) == ("明天上午", None)
    assert kinds(outcome) == ["ticket", "notice"]
    assert "“明天上午”" in texts(outcome)[1]


@pytest.mark.parametrize(
    ("text", "words", "moment"),
    [
        ("下午3点打给我", "下午3点", "2026-11-23T15:00"),
        ("今晚八点半给我打电话", "今晚八点半", "2026-11-23T20:30"),
        ("後天下午兩點回電", "后天下午两点", "2026-11-25T14:00"),
        ("明天10:15联系我", "明天10:15", "2026-11-24T10:15"),
        ("上午9点打给我", "上午9点", None),  # it is ten o'clock already
        ("半夜三点打给我", "三点", None),  # read wrongly or not: nobody is called at night
        ("给我回个电话 13800138000", "", None),
        ("尽快打给我", "", None),
    ],
)
def test_times_are_read_where_they_are_plain(text: str, words: str, moment: str | None) -> None:
    now = datetime(2026, 11, 23, 10, tzinfo=BEIJING)

    read, at = appointments.read(text, now, BEIJING)

    assert read == words
    assert at == (datetime.fromisoformat(moment).replace(tzinfo=BEIJING) if moment else None)


# -- links, and the customer's words -------------------------------------------------------------


async def test_the_card_links_to_the_progress_page(world: World) -> None:
    world.settings = replace(SETTINGS, public_url="https://help.example.com/")
    world.restart()
    world.says(HANDOFF)

    outcome = await world.say("转人工")

    assert outcome.replies[0].payload["card"]["link"].startswith("https://help.example.com/progress/GD-")


@pytest.mark.parametrize("kind", ["text", "image"])
async def test_what_the_customer_sends_ends_the_wait_for_it(world: World, kind: str) -> None:
    ticket = await opened(world)
    agent = world.agent()
    with world.db.write() as session:
        conversations.take(session, world.conversation().id, agent.id, now=world.clock())
        tickets.move(session, ticket.number, "waiting", by=agent.actor, now=world.clock())
    world.says(Said("好"))

    await world.receive("已经重启过了", kind=kind)
    await world.flow.idle()

    assert world.tickets()[0].status == "in_progress"
    with world.db.read() as session:
        assert tickets.events(session, ticket.number)[-1].kind == "customer_wrote"
        assert agents.get(session, agent.id).name == "李伟"
