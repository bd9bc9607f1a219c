"""Stopped and started again: nothing is lost, nothing is trained twice, nobody is cut off with kill -9."""

from __future__ import annotations

from collections.abc import Callable

from tests.e2e import desk_view
from tests.e2e.agent import Agent
from tests.e2e.stack import Stack
from tests.e2e.visitor import Visitor


def test_a_second_start_finds_data_password_and_model(stack: Stack, visitor: Callable[[], Visitor]) -> None:
    customer = visitor()
    customer.ask("导入报错 ERR-1042 怎么处理")
    password, model = stack.secret("admin_password"), _stamp(stack)
    before = desk_view.of_visitor(stack, customer.token)

    with customer.listening():  # an open window must not hold up the end
        stack.stop()
    stopping = stack.supervisor_said()
    stack.start()

    assert "with SIGKILL" not in stopping
    assert desk_view.of_visitor(stack, customer.token).messages == before.messages
    assert stack.secret("admin_password") == password
    Agent(stack.url).log_in("admin", password)
    assert _stamp(stack) == model
    assert stack.said().rstrip().count("，沿用") >= 2, "the second start should reuse index and model"
    assert customer.ask("ERROR_403").kind == "answer"


def _stamp(stack: Stack) -> tuple[str, int]:
    model = stack.model()
    return model.name, model.stat().st_mtime_ns
