"""Which questions the editors get to see as unanswered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from contract.decisions import Callback, Complaint, Decline, Feedback, Handoff, OpenTicket, Runbook
from contract.turn import TurnContext
from desk import gaps
from gateway.channels.web import thumbs
from gateway.engine import Part
from tests.integration.gateway.turn_world import ANSWER, DECLINE, HANDOFF, TICKET, World

RUNBOOK = Runbook("runbook-crash", "崩溃急救", ("先保存",), "手册", "build", "trace")
ASKED = HANDOFF.slots["phenomenon"]


def unanswered(world: World) -> list[tuple[str, str, str]]:
    with world.db.read() as session:
        return [(each.source, each.reason, each.question) for each in gaps.unclustered(session)]


async def test_a_decline_is_a_gap_and_small_talk_is_none(turns_world: World) -> None:
    turns_world.says(Decline("out_of_scope", build_id="build"))
    await turns_world.say("今天天气怎么样")
    turns_world.says(DECLINE)
    await turns_world.say("怎么飞")

    assert unanswered(turns_world) == [("declined", "no_evidence", "怎么飞")]


async def test_what_seems_foreign_and_may_be_ours_is_a_gap_and_no_miss(turns_world: World) -> None:
    turns_world.says(Decline("out_of_scope", build_id="build", keep=True))
    await turns_world.say("罐车的轨迹怎么看")

    assert unanswered(turns_world) == [("declined", "out_of_scope", "罐车的轨迹怎么看")]


async def test_the_second_miss_is_a_gap_of_the_question_that_was_handed_over(turns_world: World) -> None:
    def script(text: str, context: TurnContext) -> Sequence[Part]:
        slots = {"phenomenon": text}
        return (Handoff("two_misses", "other", "P3", text, slots) if context.misses else DECLINE,)

    turns_world.script = script
    await turns_world.say("怎么飞")
    await turns_world.say("到底怎么飞")

    assert unanswered(turns_world) == [
        ("declined", "no_evidence", "怎么飞"),
        ("handed_off", "two_misses", "到底怎么飞"),
    ]


async def test_a_decline_and_a_hand_off_in_one_turn_are_one_gap(turns_world: World) -> None:
    turns_world.says(DECLINE, HANDOFF)
    await turns_world.say("怎么飞")

    assert unanswered(turns_world) == [("declined", "no_evidence", "怎么飞")]


async def test_a_wish_for_a_human_after_a_question_is_a_gap_of_that_question(turns_world: World) -> None:
    turns_world.says(ANSWER)
    await turns_world.say("怎么导出报表")
    turns_world.says(Handoff("request", "import_export", "P3", "怎么导出报表"))
    await turns_world.say("转人工")

    assert unanswered(turns_world) == [("handed_off", "request", "怎么导出报表")]


async def test_a_wish_for_a_human_without_a_question_is_none(turns_world: World) -> None:
    turns_world.says(Handoff("request", "other", "P3", ""))
    await turns_world.say("转人工")

    assert unanswered(turns_world) == []


async def test_a_form_hands_its_problem_over(turns_world: World) -> None:
    turns_world.says(TICKET)
    await turns_world.say("没有了")

    assert unanswered(turns_world) == [("handed_off", "form", ASKED)]


@pytest.mark.parametrize(
    "decision",
    [
        replace(HANDOFF, reason="emergency"),
        replace(HANDOFF, reason="emotion"),
        Complaint("太差了", {"phenomenon": ASKED}),
        Callback("13800001111", ASKED),
        OpenTicket("suggestion", "P4", "希望支持夜间模式", {"phenomenon": "希望支持夜间模式"}),
    ],
)
async def test_who_wants_a_human_whatever_the_knowledge_base_knows_leaves_no_gap(
    turns_world: World, decision: Part
) -> None:
    turns_world.says(decision)
    await turns_world.say("就这样")

    assert unanswered(turns_world) == []


async def test_a_thumb_down_is_a_gap_of_the_question_that_the_answer_was_for(turns_world: World) -> None:
    turns_world.says(replace(ANSWER, question="手机端怎么导出报表"))
    outcome = await turns_world.say("那手机端呢")
    user, seq = turns_world.conversation().external_id, outcome.replies[0].seq

    thumbs.rate(turns_world.services, user, seq, helpful=False)
    assert unanswered(turns_world) == [("rejected", "faq-a", "手机端怎么导出报表")]

    thumbs.rate(turns_world.services, user, seq, helpful=True)
    assert unanswered(turns_world) == []


async def test_of_two_answers_in_one_turn_each_has_its_own_question(turns_world: World) -> None:
    turns_world.says(
        replace(ANSWER, question="怎么导出报表"), replace(ANSWER, entry_id="faq-b", question="怎么打印报表")
    )
    outcome = await turns_world.say("怎么导出报表？怎么打印报表？")

    thumbs.rate(turns_world.services, "visitor", outcome.replies[1].seq, helpful=False)

    assert unanswered(turns_world) == [("rejected", "faq-b", "怎么打印报表")]


async def test_a_word_of_no_use_is_a_thumb_down(turns_world: World) -> None:
    turns_world.says(RUNBOOK)
    await turns_world.say("软件崩溃了")
    turns_world.says(Feedback(helpful=False))
    await turns_world.say("没用")

    assert unanswered(turns_world) == [("rejected", "runbook-crash", "软件崩溃了")]


async def test_the_second_thumb_down_hands_the_question_over(turns_world: World) -> None:
    turns_world.says(ANSWER)
    for question in ("怎么导出报表", "怎么打印报表"):
        outcome = await turns_world.say(question)
        thumbs.rate(turns_world.services, "visitor", outcome.replies[0].seq, helpful=False)

    assert unanswered(turns_world) == [
        ("rejected", "faq-a", "怎么导出报表"),
        ("rejected", "faq-a", "怎么打印报表"),
        ("handed_off", "dislikes", "怎么打印报表"),
    ]
    assert [ticket.reason for ticket in turns_world.tickets()] == ["dislikes"]
