import pytest

from actions.knowledge import an_answer
from contract.decisions import EndHandoff, Handoff, TicketStatus
from gateway.answers import FakeAnswers
from gateway.engine import Said
from gateway.turns.fallback import Fallback
from gateway.wording import Wording
from zhtext.contacts import AllowList

WORDING = Wording.load()


async def test_a_wish_for_a_human_becomes_a_hand_off_about_the_last_question() -> None:
    parts = await Fallback(FakeAnswers(down=True), WORDING, AllowList()).decide("轉人工", "审批卡住了")

    assert isinstance(parts[0], Handoff)
    assert parts[0].summary == "审批卡住了"


async def test_taking_it_back_works_without_the_engine() -> None:
    parts = await Fallback(FakeAnswers(), WORDING, AllowList()).decide("取消人工", None)

    assert parts == (EndHandoff(),)


async def test_ones_ticket_can_be_asked_for_with_its_number() -> None:
    parts = await Fallback(FakeAnswers(), WORDING, AllowList()).decide("查工单 GD-20261122-0042-7", None)

    assert parts == (TicketStatus("GD-20261122-0042-7"),)


async def test_a_question_is_answered_by_the_knowledge_base_and_says_so() -> None:
    answer = an_answer()

    parts = await Fallback(FakeAnswers({"怎么导入": answer}), WORDING, AllowList()).decide("怎么导入", None)

    assert isinstance(parts[0], Said)
    assert parts[1] == answer


@pytest.mark.parametrize("answers", [FakeAnswers(), FakeAnswers(down=True)], ids=["declines", "is down"])
async def test_nothing_to_say_is_said_with_the_offer_of_a_human(answers: FakeAnswers) -> None:
    (apology,) = await Fallback(answers, WORDING, AllowList()).decide("量子力学", None)

    assert isinstance(apology, Said)
    assert [button.id for button in apology.buttons] == ["转人工"]
