from __future__ import annotations

from typing import Any

import pytest

from actions.knowledge import FakeKnowledge, an_answer, some_choices
from actions.take_back import ActionTakeBack
from contract.decisions import Answer, Choices, Decision, Decline, EndHandoff
from tests.unit.actions.calls import changes, message, said, tracker

REST = "ERROR_403 怎么处理"


async def taken_back(text: str, knowledge: FakeKnowledge) -> list[Decision | str]:
    return await said(ActionTakeBack(knowledge), tracker(message(text, "cancel_human")))


@pytest.mark.parametrize("text", ["取消人工", "不用转人工了", "取消人工,谢谢", "算了,我自己来"])
async def test_the_hand_off_ends_and_nothing_is_looked_up(text: str) -> None:
    knowledge = FakeKnowledge()

    assert await taken_back(text, knowledge) == [EndHandoff()]
    assert knowledge.asked == []


@pytest.mark.parametrize("found", [an_answer(), some_choices("a", "b")])
async def test_what_is_asked_beside_it_is_answered_and_named(found: Decision) -> None:
    ended, shown = await taken_back(f"取消人工,另外{REST}", FakeKnowledge({REST: found}))

    assert ended == EndHandoff()
    assert isinstance(shown, (Answer, Choices))
    assert shown.question == REST


async def test_what_has_no_answer_is_not_declined_on_top() -> None:
    knowledge = FakeKnowledge({REST: Decline("no_evidence")})

    assert await taken_back(f"取消人工,另外{REST}", knowledge) == [EndHandoff()]
    assert knowledge.asked == [REST]


async def test_what_the_form_was_told_is_forgotten() -> None:
    slots: dict[str, Any] = {"phenomenon": "导入失败"}
    seen = tracker(message("取消人工", "cancel_human"), slots)

    assert await changes(ActionTakeBack(FakeKnowledge()), seen) == {"phenomenon": None}
