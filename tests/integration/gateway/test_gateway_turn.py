from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from contract.decisions import (
    Asking,
    Callback,
    Complaint,
    Decision,
    Decline,
    EndHandoff,
    Feedback,
    Handoff,
    Incident,
    OpenTicket,
    Option,
    Runbook,
    TicketStatus,
    TicketUrge,
)
from contract.turn import TurnContext
from desk import contacts, conversations, tickets
from desk.conversations import Change
from desk.errors import StoreFull
from desk.tables import UnansweredRow
from gateway.engine import Part, Said
from gateway.errors import NoReply
from tests.integration.gateway.turn_world import ANSWER, CHOICES, DECLINE, HANDOFF, TICKET, WORDING, World, kinds, texts

SILENT = NoReply("engine_silent")


# -- store first ---------------------------------------------------------------------------------


async def test_the_message_is_stored_before_the_engine_is_asked(turns_world: World) -> None:
    stored: list[str] = []

    def script(text: str, context: TurnContext) -> Sequence[Part]:
        stored.extend(message.text for message in turns_world.messages())
        return (Said("好"),)

    turns_world.script = script

    await turns_world.say("怎么导出报表")

    assert stored == ["怎么导出报表"]


async def test_an_answer_is_said_with_its_evidence_and_ends_a_row_of_misses(turns_world: World) -> None:
    turns_world.says(DECLINE)
    await turns_world.say("怎么飞")
    turns_world.says(ANSWER)

    outcome = await turns_world.say("怎么导出报表")

    assert kinds(outcome) == ["answer"]
    assert outcome.replies[0].payload["card"]["trace_id"] == "trace"
    assert not outcome.degraded
    assert turns_world.conversation().misses == 0
    assert turns_world.conversation().last_question == "怎么导出报表"


async def test_the_engine_is_told_what_it_cannot_know(turns_world: World) -> None:
    turns_world.says(DECLINE)
    await turns_world.say("V6.2 的清单导入失败怎么办")
    turns_world.clock.advance(timedelta(hours=12))  # 22:00 in Beijing

    await turns_world.say("還是不行怎麼辦")

    context = turns_world.context
    assert (context.working, context.next_opening) == (False, "2026-11-24T08:30:00+08:00")
    assert (context.script, context.region, context.channel) == ("hant", "tw", "web")
    assert (context.misses, context.last_question) == (1, "V6.2 的清单导入失败怎么办")
    assert context.slots == {"version": "6.2"}
    assert context.now == turns_world.clock().isoformat()


async def test_a_command_reaches_the_engine_only_as_text(turns_world: World) -> None:
    await turns_world.say('／restart{"a": 1} 怎么用')
    await turns_world.say("/")

    assert turns_world.asked == ['restart{"a": 1} 怎么用']


# -- without the engine --------------------------------------------------------------------------


async def test_a_silent_engine_is_replaced_by_a_direct_answer(turns_world: World) -> None:
    turns_world.fails(SILENT)
    turns_world.answers._decisions["怎么导出报表"] = ANSWER

    outcome = await turns_world.say("怎么导出报表")

    assert texts(outcome) == [WORDING.text("turn.degraded.with_answer"), ANSWER.title]
    assert outcome.degraded


async def test_a_direct_answer_of_which_only_a_stranger_would_be_left_is_an_apology(turns_world: World) -> None:
    turns_world.fails(SILENT)
    turns_world.answers._decisions["怎么导出报表"] = replace(ANSWER, blocks=("请打 400-999-8888。",))

    outcome = await turns_world.say("怎么导出报表")

    assert texts(outcome) == [WORDING.text("turn.degraded.nothing")]


async def test_with_the_knowledge_base_down_too_it_apologises_and_offers_a_ticket(turns_world: World) -> None:
    turns_world.fails(SILENT)
    turns_world.answers.down = True

    outcome = await turns_world.say("怎么导出报表")

    assert texts(outcome) == [WORDING.text("turn.degraded.nothing")]
    assert outcome.replies[0].payload["options"] == [{"id": "say:转人工", "label": "转人工"}]
    assert outcome.degraded


async def test_without_the_engine_the_offered_ticket_is_still_opened(turns_world: World) -> None:
    turns_world.fails(SILENT)
    turns_world.answers.down = True
    await turns_world.say("导入失败怎么办")

    outcome = await turns_world.click("say:转人工", "转人工")

    assert kinds(outcome) == ["ticket", "notice"]
    assert len(turns_world.tickets()) == 1
    assert turns_world.conversation().state == "waiting"


async def test_a_new_episode_begins_after_silence(turns_world: World) -> None:
    await turns_world.say("怎么导出报表")
    before = turns_world.sender
    turns_world.fails(SILENT)
    await turns_world.say("怎么打印报表")
    turns_world.says(Said("好"))

    await turns_world.say("那手机端呢")

    assert turns_world.sender != before
    assert turns_world.sender.split(":")[0] == before.split(":")[0]


async def test_an_ordinary_turn_stays_in_its_episode(turns_world: World) -> None:
    await turns_world.say("怎么导出报表")
    before = turns_world.sender

    await turns_world.say("那手机端呢")

    assert turns_world.sender == before


async def test_a_decision_nobody_carries_out_ends_in_an_honest_sentence(turns_world: World) -> None:
    turns_world.says(Said("先说一句"), Incident("inc-1"))

    outcome = await turns_world.say("系统是不是挂了？")

    assert texts(outcome) == [WORDING.text("turn.answer_failed")]
    assert outcome.degraded


async def test_what_was_half_carried_out_leaves_no_trace(turns_world: World) -> None:
    turns_world.says(HANDOFF, Incident("inc-1"))

    await turns_world.say("转人工")

    assert turns_world.tickets() == ()
    assert turns_world.conversation().state == "bot"


async def test_an_unexpected_error_of_the_engine_ends_in_an_honest_sentence_too(turns_world: World) -> None:
    turns_world.fails(RuntimeError("a bug"))

    assert texts(await turns_world.say("怎么导出报表")) == [WORDING.text("turn.answer_failed")]


async def test_a_full_disk_leaves_the_message_to_be_dealt_with_later(turns_world: World) -> None:
    turns_world.fails(StoreFull("full"))  # as if raised while the turn was committed
    accepted = await turns_world.receive("怎么导出报表")

    assert await turns_world.flow.outcome(accepted, 5.0) is None
    assert [message.status for message in turns_world.messages()] == ["pending"]


# -- choices -------------------------------------------------------------------------------------


async def offered(turns_world: World) -> None:
    turns_world.says(CHOICES)
    outcome = await turns_world.say("报表怎么弄")
    assert [option["label"] for option in outcome.replies[0].payload["options"]] == [
        "怎么导出报表",
        "怎么打印报表",
        "都不是",
    ]
    turns_world.says(ANSWER)


@pytest.mark.parametrize("words", ["2", "第二个", "怎么打印报表", "怎麼打印報表"])
async def test_a_choice_is_picked_by_number_by_words_and_by_label(turns_world: World, words: str) -> None:
    await offered(turns_world)

    await turns_world.say(words)

    assert turns_world.context.choice == {"id": "entry:b", "label": "怎么打印报表"}
    assert turns_world.asked[-1] == "怎么打印报表"


async def test_a_choice_is_picked_by_a_click(turns_world: World) -> None:
    await offered(turns_world)

    await turns_world.click("entry:a", "怎么导出报表")

    assert turns_world.context.choice == {"id": "entry:a", "label": "怎么导出报表"}


async def test_a_click_on_something_never_offered_is_only_its_text(turns_world: World) -> None:
    await offered(turns_world)

    await turns_world.click("entry:secret", "内部资料在哪里")

    assert turns_world.context.choice is None
    assert turns_world.asked[-1] == "内部资料在哪里"


async def test_none_of_these_asks_for_a_human(turns_world: World) -> None:
    await offered(turns_world)

    await turns_world.say("都不是")

    assert turns_world.asked[-1] == "转人工"


async def test_a_choice_cannot_be_picked_twice_or_after_half_an_hour(turns_world: World) -> None:
    await offered(turns_world)
    await turns_world.say("2")
    await turns_world.say("2")
    assert turns_world.context.choice is None

    await offered(turns_world)
    turns_world.clock.advance(timedelta(minutes=30))
    await turns_world.say("2")
    assert turns_world.context.choice is None


# -- tickets -------------------------------------------------------------------------------------


async def test_a_completed_form_opens_a_ticket_and_says_number_time_and_what_happens_next(turns_world: World) -> None:
    turns_world.says(TICKET)

    outcome = await turns_world.say("13800138000")

    (ticket,) = turns_world.tickets()
    assert kinds(outcome) == ["ticket", "notice"]
    assert ticket.number in outcome.replies[0].text
    assert "工作时间" in outcome.replies[0].text
    assert (ticket.summary, ticket.priority, ticket.reason) == ("导入失败", "P2", "form")
    assert ticket.slots == {"phenomenon": "导入失败", "version": "6.2", "phone": "13800138000"}
    assert turns_world.conversation().state == "waiting"
    assert turns_world.conversation().slots == {"version": "6.2", "phone": "13800138000"}


async def test_eight_deliveries_of_one_message_open_one_ticket(turns_world: World) -> None:
    turns_world.says(HANDOFF)
    await turns_world.say("怎么办")
    turns_world.released()

    outcomes = await asyncio.gather(*(turns_world.say("转人工", "wx-77") for _ in range(8)))

    assert len({outcome.turn_id for outcome in outcomes}) == 1
    assert len({tuple(texts(outcome)) for outcome in outcomes}) == 1
    assert turns_world.asked.count("转人工") == 1
    assert len(turns_world.tickets()) == 1


async def test_a_repeat_long_after_gets_the_stored_outcome(turns_world: World) -> None:
    turns_world.says(HANDOFF)
    first = await turns_world.say("转人工", "wx-77")
    turns_world.restart()

    again = await turns_world.say("转人工", "wx-77")

    assert again == first
    assert turns_world.asked == ["转人工"]


async def test_a_second_wish_finds_the_open_ticket(turns_world: World) -> None:
    turns_world.says(HANDOFF)
    await turns_world.say("转人工")
    turns_world.released()

    outcome = await turns_world.say("转人工")

    (ticket,) = turns_world.tickets()
    assert f"已有一张处理中的工单 {ticket.number}" in outcome.replies[0].text


async def test_a_suggestion_is_a_ticket_without_a_human(turns_world: World) -> None:
    turns_world.says(OpenTicket("suggestion", "P4", "希望支持批量导出"))

    outcome = await turns_world.say("希望支持批量导出？")

    (ticket,) = turns_world.tickets()
    assert (ticket.reason, ticket.handoff) == ("suggestion", False)
    assert turns_world.conversation().state == "bot"
    assert ticket.number in texts(outcome)[0]


async def test_a_complaint_goes_to_a_human_with_the_askers_words(turns_world: World) -> None:
    turns_world.says(Complaint("三天没人管，我要投诉"))

    await turns_world.say("三天没人管，我要投诉！")

    (ticket,) = turns_world.tickets()
    assert (ticket.reason, ticket.priority, ticket.summary) == ("complaint", "P2", "三天没人管，我要投诉")
    assert turns_world.conversation().state == "waiting"


@pytest.mark.parametrize(("phone", "said"), [("13800138000", "号码 13800138000"), (None, "请把方便接听的号码发给我")])
async def test_a_call_back_is_noted_and_the_bot_goes_on(turns_world: World, phone: str | None, said: str) -> None:
    turns_world.says(Callback(phone, "导入失败"))

    outcome = await turns_world.say("请给我回个电话吧")

    assert said in texts(outcome)[0]
    assert turns_world.tickets()[0].reason == "callback"
    assert turns_world.conversation().state == "bot"


async def test_first_aid_comes_before_the_ticket(turns_world: World) -> None:
    turns_world.says(
        Runbook("rb", "数据丢失应急处理", ("停止写入。",), "应急手册", "b", "t"),
        Handoff("emergency", "data_loss", "P1", "数据没了"),
    )

    outcome = await turns_world.say("数据全没了怎么办")

    assert kinds(outcome) == ["text", "answer", "ticket", "notice"]
    assert turns_world.tickets()[0].priority == "P1"


# -- misses --------------------------------------------------------------------------------------


async def test_a_decline_counts_and_is_kept_for_the_editors(turns_world: World) -> None:
    turns_world.says(
        Decline("unknown_code", ("E1007",), (Option("entry:e1006", "E1006 会话已过期"),), "build", "trace")
    )

    outcome = await turns_world.say("报 E1007 怎么办")

    assert turns_world.conversation().misses == 1
    assert [option["label"] for option in outcome.replies[0].payload["options"]] == ["E1006 会话已过期", "转人工"]
    with turns_world.db.read() as session:
        (gap,) = session.query(UnansweredRow).all()
        assert (gap.question, gap.reason, gap.build_id) == ("报 E1007 怎么办", "unknown_code", "build")


async def test_small_talk_is_no_miss(turns_world: World) -> None:
    turns_world.says(Decline("out_of_scope"))

    await turns_world.say("今天天气怎么样")

    assert turns_world.conversation().misses == 0
    assert turns_world.conversation().last_question is None


async def test_the_engine_is_told_of_the_first_miss_so_that_the_second_one_hands_over(turns_world: World) -> None:
    def script(text: str, context: TurnContext) -> Sequence[Part]:
        return (Handoff("two_misses", "other", "P3", text) if context.misses else DECLINE,)

    turns_world.script = script
    await turns_world.say("怎么飞")

    outcome = await turns_world.say("到底怎么飞")

    assert texts(outcome)[0].startswith(WORDING.text("turn.handoff.two_misses"))
    assert turns_world.tickets()[0].reason == "two_misses"
    assert turns_world.conversation().misses == 0
    assert turns_world.conversation().state == "waiting"


# -- while a human is responsible ----------------------------------------------------------------


async def handed_over(turns_world: World) -> None:
    turns_world.says(HANDOFF)
    await turns_world.say("转人工")


@pytest.mark.parametrize("part", [ANSWER, CHOICES, DECLINE, Said("您好"), HANDOFF, TICKET, Feedback(helpful=False)])
async def test_while_waiting_the_bot_says_once_that_the_message_gets_through_and_is_silent_then(
    turns_world: World, part: Part
) -> None:
    await handed_over(turns_world)
    turns_world.says(part)

    first, second = await turns_world.say("怎么导出报表"), await turns_world.say("有人吗？")

    assert texts(first) == [WORDING.text("turn.human.forwarded")]
    assert second.replies == ()
    assert {message.status for message in turns_world.messages() if message.author == "user"} == {"handled"}
    assert len(turns_world.tickets()) == 1


async def test_while_waiting_one_may_ask_for_the_ticket_and_hurry(turns_world: World) -> None:
    await handed_over(turns_world)
    number = turns_world.tickets()[0].number

    turns_world.says(TicketStatus(None))
    assert number in texts(await turns_world.say("查工单"))[0]
    turns_world.says(TicketUrge(None))
    (said,) = texts(await turns_world.say("催单"))
    assert said.startswith(f"已为工单 {number} 催办")


async def test_a_silent_engine_says_nothing_while_a_human_is_responsible(turns_world: World) -> None:
    await handed_over(turns_world)
    turns_world.taken()
    turns_world.fails(SILENT)

    assert (await turns_world.say("怎么导出报表")).replies == ()
    assert turns_world.conversation().state == "human"


async def test_with_a_human_there_only_the_way_back_is_heard(turns_world: World) -> None:
    await handed_over(turns_world)
    turns_world.taken()
    for part in (ANSWER, Said("您好"), TicketStatus(None), TicketUrge(None), DECLINE, HANDOFF):
        turns_world.says(part)
        assert (await turns_world.say("怎么导出报表")).replies == ()

    turns_world.says(EndHandoff())
    outcome = await turns_world.say("取消人工")

    assert len(outcome.replies) == 1
    assert turns_world.conversation().state == "bot"


@pytest.mark.parametrize("engine_down", [False, True])
async def test_the_way_back_closes_the_ticket_and_begins_a_new_episode(turns_world: World, engine_down: bool) -> None:
    await handed_over(turns_world)
    before = turns_world.conversation().episode
    turns_world.says(EndHandoff())
    if engine_down:
        turns_world.fails(SILENT)

    outcome = await turns_world.say("取消人工")

    (ticket,) = turns_world.tickets()
    assert texts(outcome) == [WORDING.text("turn.human.ended", number=ticket.number)]
    assert not ticket.open
    assert turns_world.conversation().state == "bot"
    assert turns_world.conversation().episode == before + 1


async def test_without_a_hand_off_there_is_nothing_to_end(turns_world: World) -> None:
    turns_world.says(EndHandoff())

    assert texts(await turns_world.say("取消人工")) == [WORDING.text("turn.human.nothing_to_end")]


async def test_a_decision_nobody_carries_out_is_no_reason_to_speak_while_a_human_is_there(turns_world: World) -> None:
    await handed_over(turns_world)
    turns_world.taken()
    turns_world.fails(RuntimeError("a bug"))

    assert (await turns_world.say("怎么导出报表")).replies == ()


# -- overtaken -----------------------------------------------------------------------------------


async def test_a_human_who_takes_over_while_the_engine_thinks_is_not_talked_over(turns_world: World) -> None:
    await turns_world.say("在线上有问题？")

    def script(text: str, context: TurnContext) -> Sequence[Part]:
        if turns_world.conversation().state == "bot":
            turns_world.taken()
        return (ANSWER,)

    turns_world.script = script

    outcome = await turns_world.say("怎么导出报表")

    assert outcome.replies == ()
    assert turns_world.conversation().state == "human"
    assert turns_world.messages()[-1].status == "handled"


async def test_a_human_who_lets_go_while_the_engine_thinks_leaves_no_question_unanswered(turns_world: World) -> None:
    await handed_over(turns_world)
    turns_world.taken()

    def script(text: str, context: TurnContext) -> Sequence[Part]:
        if turns_world.conversation().state == "human":
            turns_world.released()
            return (EndHandoff(),)
        return (ANSWER,)

    turns_world.script = script

    outcome = await turns_world.say("怎么导出报表")

    assert kinds(outcome) == ["answer"]


# -- forms ---------------------------------------------------------------------------------------


async def test_a_form_that_asks_is_remembered_and_told_to_the_engine(turns_world: World) -> None:
    turns_world.says(Said("请说明问题"), Asking("ticket_form", "phenomenon"))
    await turns_world.say("转人工")
    assert turns_world.conversation().form == "ticket_form/phenomenon"

    turns_world.says(Said("留个手机号？"), Asking("ticket_form", "phone"))
    await turns_world.say("导入失败")

    assert turns_world.context.form == "ticket_form/phenomenon"
    assert turns_world.conversation().form == "ticket_form/phone"
    assert turns_world.conversation().last_question == "导入失败"


async def test_a_form_that_does_not_ask_on_is_over(turns_world: World) -> None:
    turns_world.says(Said("留个手机号？"), Asking("ticket_form", "phone"))
    await turns_world.say("转人工")
    turns_world.says(Said("好的，已取消"))

    await turns_world.say("算了")

    assert turns_world.conversation().form is None


async def test_a_form_survives_an_engine_that_was_lost_meanwhile(turns_world: World) -> None:
    turns_world.says(Said("留个手机号？"), Asking("ticket_form", "phone"))
    await turns_world.say("转人工")
    turns_world.fails(SILENT)
    await turns_world.say("13800138000")
    turns_world.says(TICKET)

    await turns_world.say("13800138000")

    assert turns_world.context.form == "ticket_form/phone"
    assert turns_world.conversation().form is None


async def test_the_problem_that_came_along_with_the_wish_is_kept(turns_world: World) -> None:
    turns_world.says(Said("留个手机号？"), Asking("ticket_form", "phone"))

    await turns_world.say("转人工，审批卡住了")

    assert turns_world.conversation().last_question == "审批卡住了"


async def test_a_number_given_once_is_the_contacts_from_then_on(turns_world: World) -> None:
    turns_world.says(TICKET)

    await turns_world.say("13800138000")

    with turns_world.db.read() as session:
        assert contacts.get(session, turns_world.conversation().contact_id).phone == "13800138000"


# -- script --------------------------------------------------------------------------------------


async def test_a_taiwan_asker_gets_a_taiwan_reply(turns_world: World) -> None:
    turns_world.says(Said("请重新登录软件"), ANSWER)

    outcome = await turns_world.say("軟體登不進去怎麼辦")

    assert texts(outcome)[0] == "請重新登入軟體"
    assert outcome.replies[1].payload["card"]["blocks"] == ["開啟軟體，點【导出】。"]


async def test_once_cantonese_has_been_heard_the_region_stays_hong_kong(turns_world: World) -> None:
    turns_world.says(Said("请重新登录软件"))
    await turns_world.say("點解登入唔到")

    assert texts(await turns_world.say("還是進不去怎麼辦")) == ["請重新登入軟件"]


async def test_a_bare_code_is_answered_in_the_script_heard_before(turns_world: World) -> None:
    turns_world.says(Said("请重新登录软件"))
    await turns_world.say("軟體登不進去怎麼辦")

    assert texts(await turns_world.say("ERROR_403")) == ["請重新登入軟體"]


async def test_a_traditional_asker_picks_by_the_label_as_it_was_shown(turns_world: World) -> None:
    turns_world.says(CHOICES)
    outcome = await turns_world.say("報表要怎麼弄")
    shown = outcome.replies[0].payload["options"][0]["label"]
    turns_world.says(ANSWER)

    await turns_world.say(shown)

    assert shown == "怎麼匯出報表"
    assert turns_world.context.choice == {"id": "entry:a", "label": shown}


# -- my ticket -----------------------------------------------------------------------------------


async def test_only_the_owner_hears_of_a_ticket(turns_world: World) -> None:
    await turns_world.say("怎么导出报表")
    with turns_world.db.write() as session:
        other = conversations.open_for(session, "web", "stranger", now=turns_world.clock())
        draft = tickets.TicketDraft("login", "P3", "别人的问题")
        number = tickets.open_ticket(
            session, draft, key="k", contact_id=other.contact_id, now=turns_world.clock()
        ).ticket.number
    turns_world.says(TicketStatus(number))

    assert texts(await turns_world.say(f"{number} 怎么样了")) == [WORDING.text("turn.status.unknown", number=number)]
    turns_world.says(TicketUrge(number))
    assert texts(await turns_world.say(f"催一下 {number}？")) == [WORDING.text("turn.urge.none")]
    turns_world.says(TicketStatus(None))
    assert texts(await turns_world.say("查工单")) == [WORDING.text("turn.status.none")]


@pytest.mark.parametrize("number", ["GD-20261122-0042-8", "42", "../../etc"])
async def test_a_mistyped_number_is_unknown_and_no_error(turns_world: World, number: str) -> None:
    turns_world.says(TicketStatus(number))

    outcome = await turns_world.say("工单怎么样了")

    assert texts(outcome) == [WORDING.text("turn.status.unknown", number=number)]
    assert not outcome.degraded


async def test_several_tickets_are_listed(turns_world: World) -> None:
    turns_world.says(OpenTicket("suggestion", "P4", "希望支持批量导出"))
    await turns_world.say("希望支持批量导出？")
    turns_world.says(OpenTicket("suggestion", "P4", "希望支持深色模式"))
    await turns_world.say("希望支持深色模式？")
    turns_world.says(TicketStatus(None))

    (said,) = texts(await turns_world.say("查工单"))

    assert said.startswith("您有 2 张工单")
    assert all(ticket.number in said for ticket in turns_world.tickets())


# -- thumbs in words -----------------------------------------------------------------------------


@pytest.mark.parametrize(("helpful", "key"), [(True, "turn.feedback.helpful"), (False, "turn.feedback.unhelpful")])
async def test_a_thumb_in_words_is_thanked_for(turns_world: World, helpful: bool, key: str) -> None:
    turns_world.says(ANSWER)
    await turns_world.say("怎么导出报表")
    turns_world.says(Feedback(helpful))

    assert texts(await turns_world.say("没用。")) == [WORDING.text(key)]


def every_part() -> list[Decision]:
    return [ANSWER, CHOICES, DECLINE, HANDOFF, TICKET, Complaint("投诉"), Callback(None, ""), TicketStatus(None)]


@pytest.mark.parametrize("part", every_part(), ids=lambda part: part.type)
async def test_every_decision_is_answered_with_something(turns_world: World, part: Decision) -> None:
    turns_world.says(part)

    outcome = await turns_world.say("怎么办")

    assert outcome.replies
    assert all(text.strip() for text in texts(outcome))
    assert "$" not in "".join(texts(outcome))


async def test_what_a_page_tells_while_the_engine_thinks_is_kept(turns_world: World) -> None:
    await turns_world.say("你好")

    def told_meanwhile(text: str, context: TurnContext) -> Sequence[Part]:
        known = turns_world.conversation()
        with turns_world.db.write() as session:
            slots = {**known.slots, "version": "6.2"}
            conversations.update(session, known.id, Change(slots=slots), now=turns_world.clock())
        return [Said("好的")]

    turns_world.script = told_meanwhile
    await turns_world.say("我电话是13800000000")

    assert dict(turns_world.conversation().slots) == {"version": "6.2", "phone": "13800000000"}
