from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from actions.answer import CERTAIN, PENDING, SURELY_FOREIGN, ActionAnswer
from actions.empathy import SOOTHED
from actions.knowledge import FakeKnowledge, Knowledge, a_runbook, an_answer, some_choices
from contract.decisions import Answer, Choices, Decision, Decline, Handoff
from tests.unit.actions.calls import changes, entity, message, said, situation, tracker, user

ANSWER = an_answer()
OTHER = an_answer("faq-b", "另一个标题")
CHOICES = some_choices("怎么导出报表", "怎么打印报表")
DECLINE = Decline("no_evidence", build_id="b", trace_id="t")
UNKNOWN = Decline("unknown_code", ("E1007",), build_id="b", trace_id="t")

IMPORT, PASSWORD = "导入失败怎么处理?", "另外密码在哪里改?"
TWO = IMPORT + PASSWORD
PASSWORD_ALONE = "密码在哪里改?"


async def answered(knowledge: Knowledge, text: str, **more: Any) -> list[Decision | str]:
    slots, earlier = more.pop("slots", None), more.pop("earlier", ())
    return await said(ActionAnswer(knowledge), tracker(message(text, **more), slots, earlier=earlier))


# -- one question --------------------------------------------------------------------------------


@pytest.mark.parametrize("found", [ANSWER, CHOICES, DECLINE, UNKNOWN])
async def test_what_the_knowledge_base_decides_is_said(found: Decision) -> None:
    assert await answered(FakeKnowledge({"导入失败": found}), "导入失败") == [found]


async def test_a_runbook_is_only_on_offer_where_one_person_is_in_trouble() -> None:
    (offered,) = await answered(FakeKnowledge({"只有我打不开": a_runbook()}), "只有我打不开")

    assert isinstance(offered, Choices)
    assert [option.id for option in offered.options] == ["entry:run-crash"]


async def test_a_runbook_answers_a_question_about_emergencies() -> None:
    runbook = a_runbook()

    assert await answered(FakeKnowledge({"如何做断网演练": runbook}), "如何做断网演练") == [runbook]


async def test_an_unknown_code_beside_a_known_one_is_named() -> None:
    known = {"text": "ERROR_403", "canonical": "ERROR_403", "codes": ["ERROR_403"]}
    latest = {**message("两个码"), "codes": [known, {"text": "ERR-7777", "canonical": "ERR-7777", "codes": []}]}

    spoken = await said(ActionAnswer(FakeKnowledge({"两个码": ANSWER})), tracker(latest))

    assert spoken == [ANSWER, "utter_unknown_code_too"]


GUESSED = replace(ANSWER, probability=CERTAIN - 0.01)


@pytest.mark.parametrize("found", [CHOICES, DECLINE, GUESSED])
async def test_what_is_out_of_scope_is_declined_as_such(found: Decision) -> None:
    (declined,) = await answered(FakeKnowledge({"今天天气": found}), "今天天气", out_of_scope=True)

    assert isinstance(declined, Decline)
    assert declined.reason == "out_of_scope"


@pytest.mark.parametrize(
    ("foreign", "priority", "kept"), [(0.9, "P4", True), (0.9, None, False), (SURELY_FOREIGN, "P4", False)]
)
async def test_what_may_be_ours_after_all_is_kept_for_the_editors(
    foreign: float, priority: str | None, kept: bool
) -> None:
    (declined,) = await answered(
        FakeKnowledge(), "罐车的轨迹怎么看", out_of_scope=True, foreign=foreign, situation=situation(priority)
    )

    assert isinstance(declined, Decline)
    assert (declined.reason, declined.keep) == ("out_of_scope", kept)


@pytest.mark.parametrize(
    "found",
    [replace(ANSWER, probability=CERTAIN), replace(ANSWER, probability=0.3, code="E1007"), UNKNOWN],
)
async def test_evidence_wins_over_a_feeling_that_it_is_foreign(found: Decision) -> None:
    assert await answered(FakeKnowledge({"E1007": found}), "E1007", out_of_scope=True) == [found]


async def test_a_follow_up_is_looked_up_whole_and_the_answer_names_what_it_answers() -> None:
    whole = "手机端怎么导出报表"

    (found,) = await answered(FakeKnowledge({whole: ANSWER}), whole, follow_up=whole)

    assert isinstance(found, Answer)
    assert (found.entry_id, found.question) == ("faq-a", whole)


async def test_a_follow_up_is_one_question_whatever_it_looks_like() -> None:
    knowledge = FakeKnowledge({TWO: ANSWER})

    await answered(knowledge, TWO, follow_up=TWO)

    assert knowledge.asked == [TWO]


# -- picked entries ------------------------------------------------------------------------------


async def test_a_picked_entry_is_shown_without_asking_again() -> None:
    knowledge = FakeKnowledge({"别的": ANSWER})

    found = await answered(knowledge, "怎么导出报表", turn={"choice": {"id": "entry:faq-a", "label": "怎么导出报表"}})

    assert found == [ANSWER]
    assert knowledge.asked == []


async def test_a_picked_entry_that_is_gone_is_declined() -> None:
    found = await answered(FakeKnowledge(), "怎么导出报表", turn={"choice": {"id": "entry:gone", "label": "x"}})

    assert found == [Decline("no_evidence")]


async def test_another_choice_is_only_text() -> None:
    knowledge = FakeKnowledge({"转人工": DECLINE})

    await answered(knowledge, "转人工", turn={"choice": {"id": "say:转人工", "label": "转人工"}})

    assert knowledge.asked == ["转人工"]


# -- two questions -------------------------------------------------------------------------------


async def test_two_questions_get_two_answers_that_name_them() -> None:
    knowledge = FakeKnowledge({IMPORT: ANSWER, PASSWORD_ALONE: OTHER})

    found = await answered(knowledge, TWO)

    assert [(each.entry_id, each.question) for each in found if isinstance(each, Answer)] == [
        ("faq-a", IMPORT),
        ("faq-b", PASSWORD_ALONE),
    ]
    assert len(found) == 2


async def test_what_is_settled_is_said_before_what_has_to_be_picked() -> None:
    knowledge = FakeKnowledge({IMPORT: CHOICES, PASSWORD_ALONE: OTHER})

    first, second = await answered(knowledge, TWO)

    assert isinstance(first, Answer)
    assert isinstance(second, Choices)
    assert second.question == IMPORT


async def test_of_two_choices_the_second_waits_and_is_named() -> None:
    knowledge = FakeKnowledge({IMPORT: CHOICES, PASSWORD_ALONE: some_choices("改密码", "找回密码")})
    seen = tracker(message(TWO))

    shown, named = await said(ActionAnswer(knowledge), seen)

    assert isinstance(shown, Choices)
    assert shown.question == IMPORT
    assert named == "utter_next_question"
    assert await changes(ActionAnswer(knowledge), seen) == {PENDING: PASSWORD_ALONE}


async def test_the_waiting_question_is_answered_once_the_first_is_picked() -> None:
    knowledge = FakeKnowledge({"别的": ANSWER, PASSWORD_ALONE: OTHER})
    picked = message("导入模板", turn={"choice": {"id": "entry:faq-a", "label": "导入模板"}})
    seen = tracker(picked, {PENDING: PASSWORD_ALONE})

    first, second = await said(ActionAnswer(knowledge), seen)

    assert first == ANSWER
    assert isinstance(second, Answer)
    assert (second.entry_id, second.question) == ("faq-b", PASSWORD_ALONE)
    assert await changes(ActionAnswer(knowledge), seen) == {PENDING: None}


async def test_a_question_instead_of_a_pick_gives_the_waiting_one_up() -> None:
    seen = tracker(message("导入失败"), {PENDING: PASSWORD_ALONE})

    assert await changes(ActionAnswer(FakeKnowledge({"导入失败": ANSWER})), seen) == {PENDING: None}


async def test_two_questions_that_lead_to_one_entry_are_one() -> None:
    knowledge = FakeKnowledge({IMPORT: ANSWER, PASSWORD_ALONE: ANSWER, TWO: ANSWER})

    assert await answered(knowledge, TWO) == [ANSWER]


async def test_parts_that_say_less_than_the_whole_are_asked_as_one() -> None:
    assert await answered(FakeKnowledge({TWO: ANSWER}), TWO) == [ANSWER]


async def test_a_question_without_evidence_beside_an_answered_one_is_declined_by_name() -> None:
    answer, declined = await answered(FakeKnowledge({IMPORT: ANSWER}), TWO, turn={"misses": 1})

    assert isinstance(answer, Answer)
    assert declined == Decline("no_evidence", question=PASSWORD_ALONE)


# -- misses --------------------------------------------------------------------------------------


@pytest.mark.parametrize("found", [DECLINE, UNKNOWN])
async def test_the_second_miss_calls_a_human(found: Decision) -> None:
    (called,) = await answered(
        FakeKnowledge({"导入失败": found}), "导入失败", turn={"misses": 1}, situation=situation("P2", "import_export")
    )

    assert isinstance(called, Handoff)
    assert (called.reason, called.category, called.priority) == ("two_misses", "import_export", "P2")
    assert called.summary == called.slots["phenomenon"] == "导入失败"


async def test_the_first_miss_does_not() -> None:
    assert await answered(FakeKnowledge(), "导入失败", turn={"misses": 0}) == [Decline("no_evidence")]


async def test_two_questions_without_evidence_are_one_miss() -> None:
    assert await answered(FakeKnowledge(), TWO) == [Decline("no_evidence")]
    (called,) = await answered(FakeKnowledge(), TWO, turn={"misses": 1})
    assert isinstance(called, Handoff)


async def test_small_talk_answers_and_choices_are_no_misses() -> None:
    knowledge = FakeKnowledge({"导入失败": ANSWER, "报表": CHOICES})

    (declined,) = await answered(knowledge, "今天天气", turn={"misses": 1}, out_of_scope=True)
    assert isinstance(declined, Decline)
    assert await answered(knowledge, "导入失败", turn={"misses": 1}) == [ANSWER]
    assert await answered(knowledge, "报表", turn={"misses": 1}) == [CHOICES]


# -- emergencies and nerves ----------------------------------------------------------------------

P1 = situation("P1", "crash")


async def test_an_emergency_gets_first_aid_and_a_human_in_its_very_first_turn() -> None:
    knowledge = FakeKnowledge(runbooks={"crash": a_runbook("crash")})

    aid, taken = await answered(knowledge, "全公司都登不上了", situation=P1)

    assert aid == a_runbook("crash")
    assert isinstance(taken, Handoff)
    assert (taken.reason, taken.category, taken.priority, taken.summary) == (
        "emergency",
        "crash",
        "P1",
        "全公司都登不上了",
    )
    assert knowledge.asked == []


async def test_the_first_sentence_to_somebody_desperate_is_not_the_first_aid() -> None:
    desperate = situation("P1", "data_loss", negative=True)
    knowledge = FakeKnowledge(runbooks={"data_loss_recovery": a_runbook("data_loss_recovery")})

    words, aid, taken = await answered(knowledge, "数据全没了,急死我了", situation=desperate)

    assert words == "utter_empathy"
    assert aid == a_runbook("data_loss_recovery")
    assert isinstance(taken, Handoff)


async def test_who_picks_an_entry_has_no_new_emergency() -> None:
    picked = {"choice": {"id": "entry:faq-a", "label": "系统打不开怎么办"}}

    assert await answered(FakeKnowledge({"别的": ANSWER}), "系统打不开怎么办", situation=P1, turn=picked) == [ANSWER]


async def test_anger_is_met_with_a_sentence_and_still_answered() -> None:
    seen = tracker(message("导入又失败了,烦", situation=situation("P2", negative=True)))
    action = ActionAnswer(FakeKnowledge({"导入又失败了,烦": ANSWER}))

    assert await said(action, seen) == ["utter_empathy", ANSWER]
    assert await changes(action, seen) == {SOOTHED: True, PENDING: None}


async def test_rage_gets_the_answer_and_a_person() -> None:
    furious = situation("P2", "import_export", negative=True)

    words, answer, called = await answered(
        FakeKnowledge({"什么垃圾系统,导入失败": ANSWER}), "什么垃圾系统,导入失败", situation=furious
    )

    assert (words, answer) == ("utter_empathy", ANSWER)
    assert isinstance(called, Handoff)
    assert called.reason == "emotion"


@pytest.mark.parametrize("found", [CHOICES, DECLINE])
async def test_rage_is_not_asked_to_choose_and_not_declined(found: Decision) -> None:
    text = "什么垃圾系统,导入失败"

    words, called = await answered(
        FakeKnowledge({text: found}), text, situation=situation("P2", negative=True), slots={}
    )

    assert words == "utter_empathy"
    assert isinstance(called, Handoff)


async def test_the_second_angry_message_in_a_row_gets_a_person_too() -> None:
    angry = situation("P2", negative=True)
    before = [user(message("导入又失败了,烦", situation=angry))]

    answer, called = await answered(
        FakeKnowledge({"还是失败": ANSWER}), "还是失败", situation=angry, earlier=before, slots={SOOTHED: True}
    )

    assert answer == ANSWER
    assert isinstance(called, Handoff)
    assert called.reason == "emotion"


async def test_what_was_already_told_is_on_the_ticket_of_a_second_miss() -> None:
    (called,) = await answered(
        FakeKnowledge(),
        "6.2版导入报E1007",
        turn={"misses": 1, "slots": {"os": "Windows 10"}},
        entities=[entity("error_code", "E1007"), entity("version", "6.2")],
    )

    assert isinstance(called, Handoff)
    assert {"os": "Windows 10", "version": "6.2", "error_code": "E1007"}.items() <= called.slots.items()
