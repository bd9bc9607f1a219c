"""解决了吗, and how was it: asked once, answered by a button, a digit or a word, never mistaken for something else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from desk import asks, conversations, outbox, tickets
from desk.messages import Message
from desk.tables import AskRow, FeedbackRow
from desk.tickets import Ticket
from gateway.care.asking import ANSWERABLE
from gateway.engine import Said
from gateway.errors import NoReply
from gateway.notifications.routes import Routes
from gateway.rules import ServiceRules
from gateway.timers.asks import asks as tick
from gateway.turns.flow import Incoming, Outcome
from tests.integration.gateway.turn_world import CHOICES, HANDOFF, World, texts

DAY = timedelta(days=1)
SOLVED = "测试解决办法"


async def resolved(world: World, *, assigned: bool = True) -> Ticket:
    """A customer has been helped by Li Wei, a day ago."""
    world.says(HANDOFF)
    await world.say("转人工")
    (ticket,) = world.tickets()
    if assigned:
        agent = world.agent(online=True)
        with world.db.write() as session:
            tickets.assign(session, ticket.number, agent.id, by=agent.actor, now=world.clock())
            conversations.take(session, world.conversation().id, agent.id, now=world.clock())
    with world.db.write() as session:
        tickets.resolve(session, ticket.number, solution=SOLVED, by="agent:1", now=world.clock())
        conversations.release(session, world.conversation().id, now=world.clock())
    world.clock.advance(DAY)
    world.says(Said("好的"))
    return world.tickets()[0]


async def asked(world: World) -> Ticket:
    ticket = await resolved(world)
    assert tick(world.timed()) == 1
    return ticket


def last(world: World) -> Message:
    return world.messages()[-1]


def labels(message: Message) -> list[str]:
    return [option["label"] for option in message.payload.get("options", ())]


def ask_id(world: World) -> int:
    return int(last(world).payload["options"][0]["id"].split(":")[1])


def scores(world: World) -> list[tuple[int | None, str, int | None]]:
    with world.db.read() as session:
        return [(row.score, row.reason, row.ticket_id) for row in session.query(FeedbackRow) if row.score]


def events(world: World, number: str) -> list[str]:
    with world.db.read() as session:
        return [event.kind for event in tickets.events(session, number)]


# -- asking --------------------------------------------------------------------------------------


async def test_a_day_after_it_was_resolved_the_customer_is_asked_once(turns_world: World) -> None:
    ticket = await resolved(turns_world)

    assert [tick(turns_world.timed()) for _ in range(3)] == [1, 0, 0]

    said = last(turns_world)
    assert (said.author, said.kind, labels(said)) == ("bot", "choices", ["已解决", "没解决"])
    assert ticket.number in said.text
    assert events(turns_world, ticket.number).count("asked") == 1


async def test_nobody_is_asked_before_the_day_is_over(turns_world: World) -> None:
    await resolved(turns_world)
    turns_world.clock.advance(-timedelta(minutes=1))

    assert tick(turns_world.timed()) == 0


@pytest.mark.parametrize(("hours_later", "asked"), [(9, 1), (10, 0), (13, 0), (22, 0), (23, 1)])
async def test_nobody_is_woken_by_a_question(turns_world: World, hours_later: int, asked: int) -> None:
    await resolved(turns_world)  # it is 10 o'clock
    turns_world.clock.advance(timedelta(hours=hours_later))

    assert tick(turns_world.timed()) == asked


async def test_a_wish_is_not_asked_about(turns_world: World) -> None:
    ticket = await resolved(turns_world)
    with turns_world.db.write() as session:
        tickets.change(session, ticket.number, category="suggestion", by="agent:1", now=turns_world.clock())

    assert tick(turns_world.timed()) == 0


async def test_a_ticket_that_is_worked_on_again_is_not_asked_about(turns_world: World) -> None:
    ticket = await resolved(turns_world)
    with turns_world.db.write() as session:
        tickets.reopen(session, ticket.number, by="agent:1", now=turns_world.clock())

    assert tick(turns_world.timed()) == 0


async def test_somebody_in_the_middle_of_a_conversation_is_not_interrupted(turns_world: World) -> None:
    await resolved(turns_world)
    turns_world.says(CHOICES)
    turns_world.clock.advance(-timedelta(minutes=1))
    await turns_world.say("报表怎么弄？")
    turns_world.clock.advance(timedelta(minutes=1))
    assert tick(turns_world.timed()) == 0

    turns_world.clock.advance(timedelta(minutes=31))

    assert tick(turns_world.timed()) == 1


async def test_whoever_writes_at_night_is_asked_along_with_the_answer(turns_world: World) -> None:
    ticket = await resolved(turns_world)
    turns_world.clock.advance(timedelta(hours=12))
    tick(turns_world.timed())

    outcome = await turns_world.say("怎么导出报表？")

    assert texts(outcome)[0] == "好的"
    assert ticket.number in texts(outcome)[1]
    assert turns_world.conversation().choices[0].label == "已解决"


async def test_an_unanswered_question_is_over_after_three_days(turns_world: World) -> None:
    await asked(turns_world)
    identity = ask_id(turns_world)
    turns_world.clock.advance(ANSWERABLE)
    tick(turns_world.timed())

    with turns_world.db.read() as session:
        assert asks.get(session, identity).state == "expired"
    await turns_world.say("2")
    assert turns_world.asked[-1] == "2"
    assert not turns_world.tickets()[0].open


# -- 已解决 --------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["1", "已解决", "解决了。", "第一个", "已經解決了"])
async def test_solved_closes_the_ticket_and_asks_for_a_score(turns_world: World, words: str) -> None:
    ticket = await asked(turns_world)

    outcome = await turns_world.say(words)

    assert turns_world.tickets()[0].status == "closed"
    assert ticket.number in texts(outcome)[0]
    options = last(turns_world).payload["options"]
    assert [option["id"].rpartition(":")[2] for option in options] == ["1", "2", "3", "4", "5"]
    assert options[4]["label"] in ("非常满意", "非常滿意")
    assert last(turns_world).payload["stars"] is True
    assert "转人工" not in turns_world.asked[1:]


async def test_a_button_answers_too_and_a_second_click_changes_nothing(turns_world: World) -> None:
    await asked(turns_world)
    identity = ask_id(turns_world)
    await turns_world.click(f"ask:{identity}:yes", "已解决")

    outcome = await turns_world.click(f"ask:{identity}:no", "没解决")

    assert texts(outcome)[0].startswith("这个问题已经过期或者已经回答过了")
    assert turns_world.tickets()[0].status == "closed"


async def test_without_the_engine_answers_are_understood_all_the_same(turns_world: World) -> None:
    await asked(turns_world)
    turns_world.fails(NoReply("engine_silent"))
    turns_world.answers.down = True

    outcome = await turns_world.say("1")

    assert not outcome.degraded
    assert turns_world.tickets()[0].status == "closed"


async def test_a_digit_belongs_to_what_was_offered_last(turns_world: World) -> None:
    await asked(turns_world)
    turns_world.says(CHOICES)
    await turns_world.say("报表怎么弄？")

    await turns_world.say("1")

    assert turns_world.context.choice == {"id": "entry:a", "label": "怎么导出报表"}
    assert turns_world.tickets()[0].status == "resolved"


@pytest.mark.parametrize(("words", "status"), [("已解决。", "closed"), ("沒解決", "assigned"), ("2", "resolved")])
async def test_later_the_very_words_still_answer_and_a_digit_does_not(
    turns_world: World, words: str, status: str
) -> None:
    await asked(turns_world)
    await turns_world.say("怎么导出报表？")

    await turns_world.say(words)

    assert turns_world.tickets()[0].status == status


async def test_a_question_in_place_of_an_answer_is_answered(turns_world: World) -> None:
    await asked(turns_world)

    outcome = await turns_world.say("怎么导出报表？")

    assert texts(outcome) == ["好的"]
    assert turns_world.tickets()[0].status == "resolved"


async def test_somebody_elses_question_cannot_be_answered(turns_world: World) -> None:
    await asked(turns_world)
    identity = ask_id(turns_world)
    stranger = Incoming(
        "web", "stranger", "s-1", "已解决", choice=conversations.Choice(f"ask:{identity}:yes", "已解决")
    )

    await turns_world.flow.outcome(await turns_world.flow.receive(stranger), 5.0)

    assert turns_world.tickets()[0].status == "resolved"
    assert turns_world.asked[-1] == "已解决"


# -- 没解决 --------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["2", "没解决", "還沒解決", "还是不行！"])
async def test_not_solved_brings_the_same_ticket_back_to_its_agent(turns_world: World, words: str) -> None:
    ticket = await asked(turns_world)

    outcome = await turns_world.say(words)

    (now,) = turns_world.tickets()
    assert (now.number, now.status, now.assignee_id) == (ticket.number, "assigned", ticket.assignee_id)
    assert ticket.number in texts(outcome)[0]
    assert "李" in texts(outcome)[0]
    assert turns_world.conversation().state == "waiting"
    assert turns_world.conversation().misses == turns_world.conversation().dislikes == 0


async def test_one_without_an_agent_goes_to_whoever_is_there(turns_world: World) -> None:
    await resolved(turns_world, assigned=False)
    tick(turns_world.timed())
    agent = turns_world.agent(online=True)

    await turns_world.say("没解决")

    assert turns_world.tickets()[0].assignee_id == agent.id


async def test_with_another_ticket_open_the_two_are_one_persons_work(turns_world: World) -> None:
    await asked(turns_world)
    identity = ask_id(turns_world)
    turns_world.says(replace(HANDOFF, summary="另一件事"))
    await turns_world.say("转人工")
    with turns_world.db.write() as session:
        conversations.release(session, turns_world.conversation().id, now=turns_world.clock())

    outcome = await turns_world.click(f"ask:{identity}:no", "没解决")

    (other,) = [ticket for ticket in turns_world.tickets() if ticket.open]
    assert other.summary == "另一件事"
    assert other.number in texts(outcome)[0]
    assert events(turns_world, other.number)[-1] == "noted"
    assert turns_world.conversation().state == "waiting"


async def test_what_is_resolved_again_is_asked_about_again(turns_world: World) -> None:
    ticket = await asked(turns_world)
    await turns_world.say("没解决")
    with turns_world.db.write() as session:
        tickets.resolve(session, ticket.number, solution=SOLVED, by="agent:1", now=turns_world.clock())
        conversations.release(session, turns_world.conversation().id, now=turns_world.clock())
    turns_world.clock.advance(DAY)

    assert [tick(turns_world.timed()), tick(turns_world.timed())] == [1, 0]


# -- the score -----------------------------------------------------------------------------------


async def confirmed(world: World) -> Ticket:
    ticket = await asked(world)
    await world.say("已解决")
    return ticket


@pytest.mark.parametrize(("words", "score"), [("5", 5), ("5分", 5), ("给四星", 4), ("非常满意", 5), ("打5分吧", 5)])
async def test_a_score_is_kept_with_its_ticket(turns_world: World, words: str, score: int) -> None:
    ticket = await confirmed(turns_world)

    outcome = await turns_world.say(words)

    assert scores(turns_world) == [(score, "", ticket.id)]
    assert texts(outcome) == ["谢谢您的评价！"]
    assert events(turns_world, ticket.number)[-1] == "scored"


async def test_a_score_is_given_once(turns_world: World) -> None:
    await confirmed(turns_world)
    identity = ask_id(turns_world)
    await turns_world.say("4")

    outcome = await turns_world.click(f"ask:{identity}:1", "很不满意")

    assert texts(outcome) == ["您已经评价过了，谢谢！"]
    assert [score for score, _, _ in scores(turns_world)] == [4]


@pytest.mark.parametrize("score", [1, 2, 3])
async def test_after_a_poor_score_a_reason_can_be_picked(turns_world: World, score: int) -> None:
    await confirmed(turns_world)

    await turns_world.say(str(score))
    assert labels(last(turns_world)) == ["响应太慢", "问题没解决", "说得看不懂", "态度不好", "说说原因"]
    outcome = await turns_world.say("1")

    assert [(kept, reason) for kept, reason, _ in scores(turns_world)] == [(score, "响应太慢")]
    assert texts(outcome) == ["已经记下，谢谢您告诉我们。"]


async def test_a_reason_can_be_said_in_ones_own_words(turns_world: World) -> None:
    await confirmed(turns_world)
    await turns_world.say("2")
    await turns_world.say("说说原因")

    await turns_world.say("等了一个下午才有人理")

    assert scores(turns_world)[0][:2] == (2, "等了一个下午才有人理")
    assert "等了一个下午才有人理" not in turns_world.asked


@pytest.mark.parametrize("words", ["怎么导出报表？", "转人工", "查工单", "ERROR_403"])
async def test_something_else_in_place_of_a_reason_is_what_it_is(turns_world: World, words: str) -> None:
    await confirmed(turns_world)
    await turns_world.say("2")
    await turns_world.say("说说原因")

    await turns_world.say(words)

    assert turns_world.asked[-1] == words
    assert scores(turns_world)[0][:2] == (2, "")


async def test_a_reason_that_comes_too_late_is_a_message_like_any_other(turns_world: World) -> None:
    await confirmed(turns_world)
    await turns_world.say("2")
    await turns_world.say("说说原因")
    turns_world.clock.advance(timedelta(minutes=10))

    await turns_world.say("等了一个下午才有人理")

    assert turns_world.asked[-1] == "等了一个下午才有人理"


async def test_a_low_score_is_told_to_the_leads(turns_world: World) -> None:
    turns_world.rules = ServiceRules(routes=Routes({"low_score": ("wecom",)}))
    turns_world.restart()
    turns_world.agent("lead", "王组长", "lead")
    ticket = await confirmed(turns_world)

    await turns_world.say("2")

    with turns_world.db.write() as session:
        (notice,) = outbox.lease(session, now=turns_world.clock())
    assert notice.payload["number"] == ticket.number
    assert [one["name"] for one in notice.payload["people"]] == ["王组长"]


# -- a conversation that was closed, and WeChat --------------------------------------------------


async def test_a_closed_conversation_understands_the_answer(turns_world: World) -> None:
    await resolved(turns_world)
    with turns_world.db.write() as session:
        conversations.close(session, turns_world.conversation().id, now=turns_world.clock())
    assert tick(turns_world.timed()) == 1

    await turns_world.say("1")

    assert turns_world.tickets()[0].status == "closed"


async def followed(world: World, text: str, number: int) -> Outcome:
    accepted = await world.flow.receive(Incoming("wechat", "oFollower", f"wx-{number}", text))
    outcome = await world.flow.outcome(accepted, 5.0)
    assert outcome is not None
    return outcome


async def follower_helped(world: World, ago: timedelta) -> None:
    world.says(HANDOFF)
    await followed(world, "转人工", 1)
    (ticket,) = world.tickets()
    with world.db.write() as session:
        tickets.resolve(session, ticket.number, solution=SOLVED, by="agent:1", now=world.clock())
        found = conversations.find(session, "wechat", "oFollower")
        assert found is not None
        conversations.release(session, found.id, now=world.clock())
    world.clock.advance(ago)
    world.says(Said("好的"))


def pushed(world: World) -> list[str]:
    with world.db.write() as session:
        return [str(row.payload["text"]) for row in outbox.lease(session, now=world.clock())]


async def test_a_follower_is_asked_within_wechats_window(turns_world: World) -> None:
    await follower_helped(turns_world, DAY)

    assert tick(turns_world.timed(pushes=True)) == 1

    (text,) = pushed(turns_world)
    assert text.endswith("1. 已解决\n2. 没解决\n回复数字选择。")


@pytest.mark.parametrize(("pushes", "ago"), [(False, DAY), (True, 2 * DAY + timedelta(minutes=1))])
async def test_a_follower_who_cannot_be_reached_is_asked_with_their_next_message(
    turns_world: World, pushes: bool, ago: timedelta
) -> None:
    await follower_helped(turns_world, ago)
    assert tick(turns_world.timed(pushes=pushes)) == 0

    first = await followed(turns_world, "怎么导出报表？", 2)
    await followed(turns_world, "1", 3)

    assert len(first.replies) == 2
    assert [option["label"] for option in first.replies[1].payload["options"]] == ["已解决", "没解决"]
    assert turns_world.tickets()[0].status == "closed"


async def test_two_machines_ask_once(turns_world: World) -> None:
    await resolved(turns_world)
    tick(turns_world.timed())
    with turns_world.db.read() as session:
        kept = [(row.kind, row.state) for row in session.query(AskRow)]

    assert kept == [("solved", "asked")]
