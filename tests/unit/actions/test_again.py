from __future__ import annotations

from typing import Any

import pytest

from actions.again import ActionRepeat
from actions.knowledge import an_answer
from contract.decisions import Asking, Decision, Feedback, Handoff, OpenTicket, to_json
from tests.unit.actions.calls import bot, dispatcher, message, said, tracker, user

QUESTION, ANSWER = user(message("怎么导出")), an_answer()
ASKING = bot("方便留个手机号吗?", to_json(Asking("ticket_form", "phone")))


async def repeated(earlier: list[dict[str, Any]], form: str | None = None) -> list[Decision | str]:
    return await said(ActionRepeat(), tracker(message("再说一遍", "repeat"), form=form, earlier=earlier))


async def test_the_last_answer_is_said_once_more() -> None:
    assert await repeated([QUESTION, bot("先说一句"), bot(custom=to_json(ANSWER))]) == ["先说一句", ANSWER]


async def test_only_the_last_turn_is_repeated() -> None:
    assert await repeated([QUESTION, bot("第一答"), QUESTION, bot("第二答")]) == ["第二答"]


async def test_a_turn_in_which_the_bot_was_silent_is_passed_over() -> None:
    assert await repeated([QUESTION, bot("第一答"), QUESTION]) == ["第一答"]


async def test_buttons_are_repeated_with_their_text() -> None:
    words, buttons = dispatcher(), [{"title": "转人工", "payload": "转人工"}]

    seen = tracker(message("再说一遍"), earlier=[QUESTION, bot("要人工吗", buttons=buttons)])
    await ActionRepeat().run(words, seen, {})

    assert [(each["text"], each["buttons"]) for each in words.messages] == [("要人工吗", buttons)]


@pytest.mark.parametrize("once", [Handoff("request"), OpenTicket("other", "P3", "x"), Feedback(helpful=False)])
async def test_what_changes_something_happens_once(once: Decision) -> None:
    assert await repeated([QUESTION, bot("抱歉"), bot(custom=to_json(once))]) == ["抱歉"]


async def test_where_nothing_was_said_that_is_what_is_said() -> None:
    assert await repeated([]) == ["utter_nothing_to_repeat"]


async def test_in_a_form_its_question_is_left_to_the_form() -> None:
    assert await repeated([QUESTION, bot("第一答"), ASKING], form="ticket_form") == ["第一答"]
    assert await repeated([QUESTION, ASKING], form="ticket_form") == []
