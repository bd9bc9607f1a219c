"""Processes killed and frozen while people are being served: what they see, how soon, and what is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.e2e import desk_view
from tests.e2e.agent import Agent
from tests.e2e.follower import Follower
from tests.e2e.loop import LoopThread
from tests.e2e.shots import Protocol
from tests.e2e.stack import Stack
from tests.e2e.visitor import Heard, Visitor, by_bot
from tests.e2e.waiting import until
from tests.e2e.wechat_server import WeChatServer

QUESTION = "导入报错 ERR-1042 怎么处理"
BUSY = "智能助手暂时繁忙"  # wording/turn.yml, degraded
BACK = 120.0  # seconds in which the engine must be back, on a machine that does other things too
Visitors = Callable[[], Visitor]
Followers = Callable[[], Follower]


@pytest.fixture(autouse=True)
def _whole(stack: Stack, visitor: Visitors) -> None:
    """Each test begins with everything up and the breaker closed."""
    until(lambda: stack.answering("engine", "actions"), BACK, "everything up", every=0.2)
    recovered(stack, visitor())


@dataclass(frozen=True)
class Interrupted:
    """A text whose sender died while WeChat had it."""

    phone: Follower
    text: str


@pytest.fixture(scope="module", autouse=True)
def interrupted(stack: Stack, wechat: WeChatServer, loop_thread: LoopThread) -> Interrupted:
    """The worker dies while it sends. First of all: its lease takes a minute to run out, and the others use that time."""
    phone = Follower(loop_thread, stack, wechat)
    phone.say("导出 CSV 乱码")
    phone.say("转人工")
    (ticket,) = desk_view.of_follower(stack, phone.openid).tickets
    agent = Agent(stack.url).log_in("admin", stack.secret("admin_password"))
    agent.take(ticket.number)
    text = "您好，请把出错的文件发给我看一下。"
    wechat.wechat.latency = 4.0  # of five that the worker waits
    worker = stack.pid("worker")
    begun = len(wechat.began)
    agent.reply(ticket.number, text)
    until(lambda: len(wechat.began) > begun, 20, "the worker's call to WeChat", every=0.01)
    stack.kill_now(worker)
    wechat.wechat.latency = 0.0
    return Interrupted(phone, text)


def test_without_the_engine_the_knowledge_base_answers(stack: Stack, visitor: Visitors, protocol: Protocol) -> None:
    customer, in_a_form = visitor(), visitor()
    in_a_form.ask("转人工，审批单打印出来是空白的")
    stack.kill("engine")

    answered = customer.ask(QUESTION, by_bot_card)

    told(protocol, "engine killed", QUESTION, customer, answered)
    assert answered.after < 2
    assert "ERR-1042" in answered.card["title"]
    assert BUSY in customer.heard[-2].text
    assert desk_view.of_visitor(stack, customer.token).turns[-1].degraded

    opened = customer.ask("转人工", by_ticket)
    told(protocol, "engine killed, a human is wanted", "转人工", customer, opened)
    assert opened.after < 2
    assert opened.card["number"].startswith("GD-")

    number = in_a_form.ask("13800138000")
    told(protocol, "engine killed, in the middle of the form", "13800138000", in_a_form, number)
    assert number.after < 2

    recovered(stack, visitor())
    completed = in_a_form.ask("13800138000", by_ticket)
    told(protocol, "engine back, the form goes on", "13800138000", in_a_form, completed)
    assert "审批单打印出来是空白的" in desk_view.of_visitor(stack, in_a_form.token).tickets[0].summary


def test_without_the_actions_an_empty_answer_becomes_an_honest_sentence(
    stack: Stack, visitor: Visitors, protocol: Protocol
) -> None:
    customer = visitor()
    customer.ask("ERROR_403")
    stack.kill("actions")

    said = customer.ask(QUESTION)

    told(protocol, "actions killed", QUESTION, customer, said)
    assert said.after < 5
    assert BUSY in said.text
    assert "转人工" in said.options

    until(lambda: stack.answering("actions"), BACK, "actions started again by the supervisor", every=0.2)
    assert recovered(stack, customer).kind == "answer"


def test_without_engine_and_actions_nothing_is_lost(stack: Stack, visitor: Visitors, protocol: Protocol) -> None:
    customer = visitor()
    customer.ask("ERROR_403")
    stack.kill("engine", "actions")

    said = customer.ask(QUESTION)

    told(protocol, "engine and actions killed", QUESTION, customer, said)
    assert said.after < 5
    assert BUSY in said.text
    assert "转人工" in said.options
    assert QUESTION in desk_view.of_visitor(stack, customer.token).by("user")

    opened = customer.ask("转人工", by_ticket)
    told(protocol, "engine and actions killed, a human is wanted", "转人工", customer, opened)
    assert opened.after < 5

    ended = customer.ask("取消人工")
    told(protocol, "engine and actions killed, the human is no longer wanted", "取消人工", customer, ended)
    assert "已取消人工" in ended.text
    assert recovered(stack, customer).kind == "answer"


def test_a_frozen_engine_delays_a_few_and_then_nobody(stack: Stack, visitor: Visitors, protocol: Protocol) -> None:
    customers = [visitor() for _ in range(5)]
    stack.freeze("engine")
    try:
        for customer in customers:
            customer.post(QUESTION)
        waited = [customer.wait(by_bot_card) for customer in customers]
        told(protocol, "engine frozen", QUESTION, customers[0], waited[0])
        assert max(message.after for message in waited) < 5

        at_once = visitor()
        answered = at_once.ask(QUESTION, by_bot_card)
        told(protocol, "engine frozen, after five failures", QUESTION, at_once, answered)
        assert answered.after < 1
    finally:
        stack.thaw("engine")
    assert recovered(stack, customers[0]).kind == "answer"


def test_a_reply_comes_once_when_the_gateway_dies_after_accepting(
    stack: Stack, visitor: Visitors, protocol: Protocol
) -> None:
    customer = visitor()
    customer.ask("ERROR_403")
    pid = stack.pid("gateway")
    customer.post(QUESTION)
    stack.kill_now(pid)

    answered = customer.wait(by_bot_card, within=30)

    told(protocol, "gateway killed after 202", QUESTION, customer, answered)
    until(lambda: stack.answering("engine", "actions"), 30, "the gateway back")
    customer.ask("谢谢")
    found = desk_view.of_visitor(stack, customer.token)
    assert found.by("user") == ["ERROR_403", QUESTION, "谢谢"]
    assert len(found.turns) == 3
    assert [message.kind for message in found.messages if message.author == "bot"].count("answer") == 2


def test_a_follower_is_answered_by_a_repeat_when_the_gateway_dies(
    stack: Stack, follower: Followers, protocol: Protocol
) -> None:
    phone = follower()
    phone.say("ERROR_403")
    pid = stack.pid("gateway")

    response = phone.say_through(QUESTION, lambda: threading.Timer(0.03, stack.kill_now, [pid]).start(), every=7.0)

    protocol.note("gateway killed, on WeChat", QUESTION, ["ERR-1042 …"], phone.seconds)
    assert response.status_code == 200
    assert "ERR-1042" in response.text
    found = desk_view.of_follower(stack, phone.openid)
    assert found.by("user") == ["ERROR_403", QUESTION]
    assert len(found.turns) == 2


@pytest.mark.parametrize("delay", [0.0, 0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.1, 0.14, 0.2])
def test_a_gateway_that_dies_while_a_ticket_is_opened_opens_one(
    stack: Stack, visitor: Visitors, protocol: Protocol, delay: float
) -> None:
    customer = visitor()
    asked = customer.ask("转人工，导出的报表是空白的")
    assert "手机号" in asked.text
    dying = threading.Timer(delay, stack.kill_now, [stack.pid("gateway")])
    dying.start()

    customer.post("13800138000")
    opened = customer.wait(by_ticket, within=30)

    dying.join()
    told(
        protocol,
        f"gateway killed {delay * 1000:g} ms after the last answer of the form",
        "13800138000",
        customer,
        opened,
    )
    found = desk_view.of_visitor(stack, customer.token)
    assert [ticket.number for ticket in found.tickets] == [opened.card["number"]]
    assert [message.kind for message in found.messages].count("ticket") == 1
    assert found.by("user") == ["转人工，导出的报表是空白的", "13800138000"]


def test_a_text_whose_sender_died_is_sent_again_and_the_doubt_is_counted(
    stack: Stack, interrupted: Interrupted
) -> None:
    arrived = interrupted.phone.wait_for_push(interrupted.text, within=90)
    assert arrived
    counts = until(
        lambda: (counts := desk_view.outbox_counts(stack.database)).ambiguous and counts, 90, "the doubt counted"
    )
    assert counts.ambiguous == 1
    until(lambda: desk_view.outbox_counts(stack.database).leased == 0, 20, "the text sent")
    assert interrupted.phone.pushed.count(interrupted.text) in (1, 2)


def by_bot_card(message: Heard) -> bool:
    return by_bot(message) and message.kind == "answer"


def by_ticket(message: Heard) -> bool:
    return message.kind == "ticket"


def recovered(stack: Stack, customer: Visitor) -> Heard:
    """The first answer of this customer's that came the ordinary way again."""
    until(lambda: stack.answering("engine", "actions"), BACK, "engine and actions back", every=0.2)

    def ordinary() -> Heard | None:
        answer = customer.ask("ERROR_403")
        return None if desk_view.of_visitor(stack, customer.token).turns[-1].degraded else answer

    return until(ordinary, BACK, "an answer that is not degraded", every=1.0)


def told(protocol: Protocol, fault: str, said: str, customer: Visitor, last: Heard) -> None:
    """What the customer saw since they spoke."""
    began = next((n for n in range(len(customer.heard) - 1, -1, -1) if customer.heard[n].author == "user"), -1)
    saw = [message.shown.splitlines()[0] for message in customer.heard[began + 1 :]]
    protocol.note(fault, said, saw, last.after)
