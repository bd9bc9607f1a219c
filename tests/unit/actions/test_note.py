from __future__ import annotations

from typing import Any

import pytest

from actions.knowledge import FakeKnowledge, a_runbook, an_answer, some_choices
from actions.note import ActionNote
from contract.decisions import Answer, Decision, Decline, Handoff
from tests.unit.actions.calls import message, said, situation, tracker

ANSWER = an_answer()
FACT, ASKED = "我用的是6.1版", "导入失败怎么办"
MISSED = {"last_question": ASKED, "misses": 1}


async def noted(knowledge: FakeKnowledge, text: str = FACT, **more: Any) -> list[Decision | str]:
    return await said(ActionNote(knowledge), tracker(message(text, "provide_info", **more)))


async def test_facts_alone_are_noted() -> None:
    knowledge = FakeKnowledge()

    assert await noted(knowledge, turn={"last_question": ASKED, "misses": 0}) == ["utter_noted"]
    assert await noted(knowledge) == ["utter_noted"]
    assert knowledge.asked == []


async def test_a_missed_question_is_asked_anew_with_them() -> None:
    whole = f"{ASKED}，{FACT}"

    (found,) = await noted(FakeKnowledge({whole: ANSWER}), turn=MISSED)

    assert isinstance(found, Answer)
    assert (found.entry_id, found.question) == ("faq-a", whole)


@pytest.mark.parametrize("found", [Decline("no_evidence"), some_choices("a", "b")])
async def test_facts_that_do_not_help_are_no_second_miss(found: Decision) -> None:
    assert await noted(FakeKnowledge({f"{ASKED}，{FACT}": found}), turn=MISSED) == ["utter_noted"]


async def test_what_may_as_well_be_a_question_is_answered_as_one() -> None:
    assert await noted(FakeKnowledge({FACT: ANSWER}), sure=0.4) == [ANSWER]


async def test_an_emergency_is_never_just_noted() -> None:
    knowledge = FakeKnowledge(runbooks={"crash": a_runbook()})

    aid, taken = await noted(knowledge, "6.1版,全公司都打不开", situation=situation("P1", "crash"))

    assert aid == a_runbook()
    assert isinstance(taken, Handoff)


async def test_facts_in_anger_are_noted_kindly() -> None:
    assert await noted(FakeKnowledge(), situation=situation(None, negative=True)) == ["utter_empathy", "utter_noted"]
