from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from contract.decisions import Answer, Asking, Complaint, Decline, Feedback, OpenTicket
from desk import turns
from desk.tables import FeedbackRow, UnansweredRow
from gateway.engine import Part, Said
from gateway.turns.flow import Outcome
from tests.integration.gateway.turn_world import ANSWER, CHOICES, DECLINE, HANDOFF, WORDING, World, kinds, texts
from zhtext.contacts import AllowList

# -- what a turn leaves behind -------------------------------------------------------------------


def decisions(turns_world: World, outcome: Outcome) -> Sequence[Mapping[str, Any]]:
    """What the committed turn says it has decided."""
    with turns_world.db.read() as session:
        turn = turns.find(session, outcome.turn_id)
    assert turn is not None
    found: Sequence[Mapping[str, Any]] = turn.outcome["decisions"]
    return found


async def test_a_committed_turn_holds_its_decisions_without_their_long_texts(turns_world: World) -> None:
    turns_world.says(Said("好的"), ANSWER)

    (kept,) = decisions(turns_world, await turns_world.say("怎么导出报表"))

    assert (kept["type"], kept["entry_id"], kept["build_id"], kept["trace_id"]) == ("answer", "faq-a", "build", "trace")
    assert "blocks" not in kept


async def test_an_answer_that_only_names_a_stranger_is_a_decline_and_a_gap(turns_world: World) -> None:
    turns_world.says(replace(ANSWER, blocks=("请打 400-999-8888。",)))

    outcome = await turns_world.say("怎么导出报表")

    assert texts(outcome) == [WORDING.text("turn.decline.no_evidence")]
    assert [kept["type"] for kept in decisions(turns_world, outcome)] == ["decline"]
    with turns_world.db.read() as session:
        assert [row.question for row in session.query(UnansweredRow)] == ["怎么导出报表"]


async def test_a_contact_of_the_vendors_is_said(turns_world: World) -> None:
    turns_world.contacts = AllowList(frozenset({"400-999-8888"}))
    turns_world.restart()
    turns_world.says(replace(ANSWER, blocks=("请打 400-999-8888。",)))

    outcome = await turns_world.say("怎么导出报表")

    assert outcome.replies[0].payload["card"]["blocks"] == ["请打 400-999-8888。"]


async def test_every_decision_of_a_turn_is_held_in_order(turns_world: World) -> None:
    turns_world.says(replace(ANSWER, question="怎么导出？"), replace(CHOICES, question="怎么打印？"))

    kept = decisions(turns_world, await turns_world.say("怎么导出？另外怎么打印？"))

    assert [(one["type"], one["question"]) for one in kept] == [("answer", "怎么导出？"), ("choices", "怎么打印？")]


async def test_a_turn_of_words_alone_has_decided_nothing(turns_world: World) -> None:
    turns_world.says(Said("您好"))

    assert decisions(turns_world, await turns_world.say("你好啊")) == []


async def test_a_direct_answer_without_the_engine_is_held_as_well(turns_world: World) -> None:
    turns_world.fails(RuntimeError("a bug"))

    assert decisions(turns_world, await turns_world.say("怎么导出报表")) == []


async def test_a_hand_off_tells_why(turns_world: World) -> None:
    turns_world.says(HANDOFF)

    (kept,) = decisions(turns_world, await turns_world.say("转人工"))

    assert (kept["type"], kept["reason"], kept["priority"]) == ("handoff", "request", "P2")


# -- what the next turn goes on from -------------------------------------------------------------


async def test_a_question_inside_a_form_is_not_what_the_ticket_is_about(turns_world: World) -> None:
    turns_world.says(DECLINE)
    await turns_world.say("导入失败怎么办")
    turns_world.says(Said("留个手机号？"), Asking("ticket_form", "phone"))
    await turns_world.say("转人工")
    turns_world.says(replace(ANSWER, question="你们几点上班？"), Said("留个手机号？"), Asking("ticket_form", "phone"))

    await turns_world.say("你们几点上班？")

    assert turns_world.conversation().last_question == "导入失败怎么办"
    assert turns_world.conversation().form == "ticket_form/phone"


async def test_a_follow_up_is_remembered_as_the_question_it_stood_for(turns_world: World) -> None:
    turns_world.says(replace(ANSWER, question="手机端怎么导出报表"))

    await turns_world.say("那手机端呢？")

    assert turns_world.conversation().last_question == "手机端怎么导出报表"


async def test_of_two_questions_the_last_one_looked_up_is_gone_on_from(turns_world: World) -> None:
    turns_world.says(replace(ANSWER, question="怎么导出？"), replace(CHOICES, question="怎么打印？"))

    await turns_world.say("怎么导出？另外怎么打印？")

    assert turns_world.conversation().last_question == "怎么打印？"


async def test_a_gap_is_the_question_that_was_not_answered_and_not_the_whole_message(turns_world: World) -> None:
    turns_world.says(ANSWER, Decline("no_evidence", build_id="build", question="怎么飞？"))

    await turns_world.say("怎么导出？另外怎么飞？")

    with turns_world.db.read() as session:
        assert [gap.question for gap in session.query(UnansweredRow)] == ["怎么飞？"]


async def test_a_complaint_about_an_emergency_is_one(turns_world: World) -> None:
    turns_world.says(Complaint("清单全没了，我要投诉", {}, "data_loss", "P1"))

    await turns_world.say("清单全没了，我要投诉！")

    (ticket,) = turns_world.tickets()
    assert (ticket.reason, ticket.category, ticket.priority) == ("complaint", "data_loss", "P1")


async def test_what_outlives_a_message_is_the_person_and_the_machine(turns_world: World) -> None:
    turns_world.says(ANSWER)

    await turns_world.say("Win10 上 6.2 版导入报 ERR-1042，今天上午开始，怎么办")

    assert dict(turns_world.conversation().slots) == {"os": "Windows 10", "version": "6.2"}


# -- thumbs in words -----------------------------------------------------------------------------

FIRST, SECOND = ANSWER, replace(ANSWER, entry_id="faq-b", title="怎么打印报表")
DOWN, UP = Feedback(helpful=False), Feedback(helpful=True)


async def answered(turns_world: World, answer: Answer, question: str) -> None:
    turns_world.says(answer)
    await turns_world.say(question)


async def thumb(turns_world: World, part: Part, words: str) -> Outcome:
    turns_world.says(part)
    return await turns_world.say(words)


async def test_the_second_answer_of_no_use_calls_a_human(turns_world: World) -> None:
    await answered(turns_world, FIRST, "怎么导出报表？")
    await thumb(turns_world, DOWN, "没用啊。")
    assert turns_world.tickets() == ()
    await answered(turns_world, SECOND, "怎么打印报表？")

    outcome = await thumb(turns_world, DOWN, "还是没用。")

    assert kinds(outcome) == ["ticket", "notice"]
    assert texts(outcome)[0].startswith(WORDING.text("turn.handoff.dislikes"))
    (ticket,) = turns_world.tickets()
    assert (ticket.reason, ticket.summary) == ("dislikes", "怎么打印报表？")
    assert turns_world.conversation().state == "waiting"
    assert [one["type"] for one in decisions(turns_world, outcome)] == ["handoff", "feedback"]


async def test_a_change_of_mind_about_one_answer_counts_once(turns_world: World) -> None:
    await answered(turns_world, FIRST, "怎么导出报表？")

    counted = []
    for part, words in ((DOWN, "没用。"), (UP, "哦，有用。"), (DOWN, "还是没用。")):
        await thumb(turns_world, part, words)
        counted.append(turns_world.conversation().dislikes)

    assert counted == [1, 0, 1]
    assert turns_world.tickets() == ()
    with turns_world.db.read() as session:
        assert [row.helpful for row in session.query(FeedbackRow)] == [False]


async def test_where_nothing_was_answered_it_is_the_bot_that_is_of_no_use(turns_world: World) -> None:
    await thumb(turns_world, DOWN, "你没用。")
    assert turns_world.conversation().dislikes == 1

    await thumb(turns_world, DOWN, "真的没用。")

    assert turns_world.tickets()[0].reason == "dislikes"


@pytest.mark.parametrize("times", [1, 3])
async def test_thumbs_up_call_nobody(turns_world: World, times: int) -> None:
    await answered(turns_world, FIRST, "怎么导出报表？")

    for number in range(times):
        await thumb(turns_world, UP, f"有用{number}。")

    assert turns_world.tickets() == ()
    assert turns_world.conversation().dislikes == 0


async def test_a_wish_without_a_hand_off_leaves_the_bot_in_charge(turns_world: World) -> None:
    turns_world.says(OpenTicket("suggestion", "P4", "希望支持批量导出", {"module": "数据导出"}))

    await turns_world.say("希望支持批量导出？")

    assert turns_world.conversation().state == "bot"
