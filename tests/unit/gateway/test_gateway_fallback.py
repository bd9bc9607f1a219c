from __future__ import annotations

import pytest

from contract.decisions import Answer, EndHandoff, Handoff, TicketStatus
from gateway.answers import FakeAnswers
from gateway.engine import Said
from gateway.turns.fallback import Fallback, plainly
from gateway.wording import Wording
from zhtext.contacts import AllowList

WORDING = Wording.load()
ANSWER = Answer("faq-a", "1", "标题", ("第一步",), "手册", "2026-12-31", 0.9, "build", "trace")


def apologised(parts: tuple[object, ...]) -> bool:
    (part,) = parts
    return isinstance(part, Said) and [button.label for button in part.buttons] == ["转人工"]


@pytest.mark.parametrize("text", ["转人工", "轉人工", "我要找真人", "请帮我转人工客服"])
async def test_a_plain_wish_for_a_human_works_without_engine(text: str) -> None:
    parts = await Fallback(FakeAnswers(down=True), WORDING, AllowList()).decide(text, "导入失败")

    assert parts == (Handoff("request", "import_export", "P2", "导入失败", {"phenomenon": "导入失败"}),)


@pytest.mark.parametrize("text", ["人工费怎么录入", "不用转人工了，谢谢", "人工成本"])
def test_what_only_sounds_like_it_is_no_wish(text: str) -> None:
    assert not isinstance(plainly(text, None), Handoff)


def test_a_ticket_and_the_way_back_are_understood_too() -> None:
    assert plainly("查工单", None) == TicketStatus()
    assert plainly("查工单 GD-20261122-0042-7", None) == TicketStatus("GD-20261122-0042-7")
    assert plainly("取消人工", None) == EndHandoff()
    assert plainly("导入失败", None) is None


async def test_the_knowledge_base_answers_directly() -> None:
    parts = await Fallback(FakeAnswers({"怎么导出": ANSWER}), WORDING, AllowList()).decide("怎么导出", None)

    assert parts == (Said(WORDING.text("turn.degraded.with_answer")), ANSWER)


async def test_a_decline_without_engine_is_an_apology_with_the_offer_of_a_human() -> None:
    assert apologised(await Fallback(FakeAnswers(), WORDING, AllowList()).decide("怎么飞", None))


async def test_with_everything_down_it_apologises_all_the_same() -> None:
    assert apologised(await Fallback(FakeAnswers(down=True), WORDING, AllowList()).decide("怎么导出", None))


async def test_an_empty_text_is_not_looked_up() -> None:
    assert apologised(await Fallback(FakeAnswers({"": ANSWER}), WORDING, AllowList()).decide("", None))


@pytest.mark.parametrize("text", ["全公司都登不上系统了", "整個公司都連不上", "所有人都打不开了！！"])
def test_an_emergency_for_everybody_becomes_a_ticket_without_engine(text: str) -> None:
    found = plainly(text, "怎么导出")

    assert isinstance(found, Handoff)
    assert (found.reason, found.priority, found.slots["phenomenon"]) == ("emergency", "P1", text)


@pytest.mark.parametrize("text", ["我登不上系统了", "如果全公司都登不上怎么办", "怎么让所有人都能登录"])
def test_one_person_in_trouble_and_a_mere_question_are_no_emergency_for_everybody(text: str) -> None:
    assert plainly(text, None) is None
