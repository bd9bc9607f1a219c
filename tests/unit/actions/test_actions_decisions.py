from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from actions import drafts
from actions.answer import ActionAnswer
from actions.heard import heard
from actions.knowledge import FakeKnowledge, Knowledge, an_answer, some_choices
from actions.session import ActionSessionStart
from actions.ticket_form import ValidateTicketForm
from actions.tickets import desk_actions
from contract.decisions import (
    Callback,
    Complaint,
    Decision,
    Decline,
    Handoff,
    OpenTicket,
    Runbook,
    TicketStatus,
    TicketUrge,
    from_json,
)
from contract.turn import TurnContext
from tests.unit.actions.calls import TURN, dispatcher, message, tracker

DOMAIN = Path(__file__).parents[3] / "bot" / "domain"
ANSWER = an_answer()
CHOICES = some_choices("怎么导出报表", "怎么打印报表")
DECLINE = Decline("no_evidence", build_id="b", trace_id="t")
UNKNOWN = Decline("unknown_code", ("E1007",), build_id="b", trace_id="t")


def entity(name: str, value: str) -> dict[str, Any]:
    return {"entity": name, "value": value, "start": 0, "end": len(value)}


async def decided(action: Any, latest: dict[str, Any], slots: dict[str, Any] | None = None) -> Decision:
    """The one decision an action says."""
    said = dispatcher()
    await action.run(said, tracker(latest, slots), {})
    (response,) = said.messages
    return from_json(response["custom"])


async def answered(knowledge: Knowledge, text: str, **more: Any) -> Decision:
    return await decided(ActionAnswer(knowledge), message(text, **more))


# -- answers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("found", [ANSWER, CHOICES, DECLINE, UNKNOWN])
async def test_what_the_knowledge_base_decides_is_said(found: Decision) -> None:
    assert await answered(FakeKnowledge({"导入失败": found}), "导入失败") == found


async def test_a_picked_entry_is_shown_without_asking_again() -> None:
    knowledge = FakeKnowledge({"别的": ANSWER})

    found = await answered(knowledge, "怎么导出报表", turn={"choice": {"id": "entry:faq-a", "label": "怎么导出报表"}})

    assert found == ANSWER
    assert knowledge.asked == []


async def test_a_picked_entry_that_is_gone_is_declined() -> None:
    found = await answered(FakeKnowledge(), "怎么导出报表", turn={"choice": {"id": "entry:gone", "label": "x"}})

    assert found == Decline("no_evidence")


async def test_another_choice_is_only_text() -> None:
    knowledge = FakeKnowledge({"转人工": DECLINE})

    await answered(knowledge, "转人工", turn={"choice": {"id": "say:转人工", "label": "转人工"}})

    assert knowledge.asked == ["转人工"]


@pytest.mark.parametrize("found", [CHOICES, DECLINE])
async def test_what_is_out_of_scope_is_declined_as_such(found: Decision) -> None:
    said = await answered(FakeKnowledge({"今天天气": found}), "今天天气", out_of_scope=True)

    assert isinstance(said, Decline)
    assert said.reason == "out_of_scope"


@pytest.mark.parametrize("found", [ANSWER, UNKNOWN])
async def test_evidence_wins_over_a_feeling_that_it_is_foreign(found: Decision) -> None:
    assert await answered(FakeKnowledge({"E1007": found}), "E1007", out_of_scope=True) == found


@pytest.mark.parametrize("found", [DECLINE, UNKNOWN])
async def test_the_second_miss_calls_a_human(found: Decision) -> None:
    said = await answered(FakeKnowledge({"导入失败": found}), "导入失败", turn={"misses": 1})

    assert said == Handoff("two_misses", "import_export", "P2", "导入失败", {"phenomenon": "导入失败"})


async def test_small_talk_and_answers_are_no_misses() -> None:
    knowledge = FakeKnowledge({"导入失败": ANSWER})

    assert isinstance(await answered(knowledge, "今天天气", turn={"misses": 1}, out_of_scope=True), Decline)
    assert await answered(knowledge, "导入失败", turn={"misses": 1}) == ANSWER


async def test_a_runbook_is_said_like_any_answer() -> None:
    runbook = Runbook("rb", "数据丢失", ("停止写入。",), "应急手册", "b", "t")

    assert await answered(FakeKnowledge({"数据没了": runbook}), "数据没了") == runbook


# -- sessions ------------------------------------------------------------------------------------


async def started(context: TurnContext | None) -> list[dict[str, Any]]:
    slots = {"session_started_metadata": context.to_json() if context else None}
    return await ActionSessionStart().run(dispatcher(), tracker(message("你好"), slots), {})


async def test_a_new_episode_begins_with_nothing_when_nothing_is_known() -> None:
    assert [event["event"] for event in await started(None)] == ["session_started", "action"]
    assert [event["event"] for event in await started(TurnContext(**TURN))] == ["session_started", "action"]


async def test_a_new_episode_keeps_the_slots_known_before() -> None:
    slots = {"version": "6.2", "phone": "13800138000", "os": "", "mood": "sunny"}

    events = await started(TurnContext(**TURN, slots=slots))

    told = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
    assert told == {"version": "6.2", "phone": "13800138000"}


async def test_an_unfinished_form_goes_on_at_the_slot_it_asked_for() -> None:
    events = await started(TurnContext(**TURN, form="ticket_form/phone"))

    assert [event["event"] for event in events] == ["session_started", "active_loop", "slot", "action"]
    assert events[1]["name"] == "ticket_form"
    assert (events[2]["name"], events[2]["value"]) == ("requested_slot", "phone")
    assert events[-1]["name"] == "action_listen"


# -- the form ------------------------------------------------------------------------------------

FORM = ValidateTicketForm()


async def required(turn: dict[str, Any], slots: dict[str, Any] | None = None) -> list[str]:
    seen = tracker(message("转人工", "request_human", turn=turn), slots)
    return await FORM.required_slots(["phenomenon", "phone"], dispatcher(), seen, {})


async def test_the_form_asks_what_is_wrong_and_how_to_reach_a_visitor_of_the_page() -> None:
    assert await required({"channel": "web"}) == ["phenomenon", "phone"]


async def test_in_wechat_nobody_is_lost_and_nobody_is_asked_for_a_number() -> None:
    assert await required({"channel": "wechat"}) == ["phenomenon"]


async def test_what_was_asked_before_is_the_problem() -> None:
    assert await required({"channel": "web", "last_question": "导入失败"}) == ["phone"]
    assert await required({"channel": "wechat", "last_question": "导入失败"}) == []


def test_a_description_beside_the_wish_is_not_asked_again() -> None:
    seen = tracker(message("转人工，审批卡住了", "request_human"))

    assert FORM.extract_phenomenon(dispatcher(), seen, {}) == {"phenomenon": "审批卡住了"}


@pytest.mark.parametrize("text", ["转人工", "转人工，急", "审批卡住了"])
def test_without_wish_or_description_the_form_asks(text: str) -> None:
    assert FORM.extract_phenomenon(dispatcher(), tracker(message(text)), {}) == {}


def test_a_number_known_before_is_not_asked_again() -> None:
    seen = tracker(message("转人工", turn={"slots": {"phone": "13800138000"}}))

    assert FORM.extract_phone(dispatcher(), seen, {}) == {"phone": "13800138000"}


def test_a_number_of_this_turn_wins_over_the_old_one() -> None:
    seen = tracker(message("13900139000", turn={"slots": {"phone": "13800138000"}}), {"phone": "13900139000"})

    assert FORM.extract_phone(dispatcher(), seen, {}) == {}


@pytest.mark.parametrize(
    ("said", "kept"), [(" 导入失败 ", "导入失败"), ("  ", None), ("长" * 3_000, "长" * 2_000), (403, "403")]
)
def test_a_description_is_trimmed_and_never_too_long(said: Any, kept: str | None) -> None:
    assert FORM.validate_phenomenon(said, dispatcher(), tracker(message("x")), {}) == {"phenomenon": kept}


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("13800138000", "13800138000"),
        ("我的号码是 138 0013 8000", "13800138000"),
        ("+852 5123 4567", "+85251234567"),
        ("0571-88001234", "057188001234"),
        ("-", "-"),
    ],
)
def test_a_number_is_kept_as_digits_and_a_skip_as_a_skip(said: str, kept: str) -> None:
    heard_ = dispatcher()

    assert FORM.validate_phone(said, heard_, tracker(message("x"), {"requested_slot": "phone"}), {}) == {"phone": kept}
    assert heard_.messages == []


def test_a_broken_number_is_asked_for_again() -> None:
    heard_ = dispatcher()

    kept = FORM.validate_phone("1380013", heard_, tracker(message("x"), {"requested_slot": "phone"}), {})

    assert kept == {"phone": None}
    assert [said["response"] for said in heard_.messages] == ["utter_invalid_phone"]


def test_a_broken_number_nobody_asked_for_is_passed_over_in_silence() -> None:
    heard_ = dispatcher()

    assert FORM.validate_phone("1380013", heard_, tracker(message("x")), {}) == {"phone": None}
    assert heard_.messages == []


# -- tickets -------------------------------------------------------------------------------------

ACTIONS = {action.name(): action for action in desk_actions()}


async def test_a_ticket_holds_what_was_said_anywhere() -> None:
    turn = {"last_question": "V6.2 导入失败", "slots": {"os": "Windows 10"}}

    said = await decided(
        ACTIONS["action_open_ticket"],
        message("13800138000", turn=turn),
        {"phone": "13800138000", "error_code": "E1001"},
    )

    assert said == OpenTicket(
        category="import_export",
        priority="P2",
        summary="V6.2 导入失败",
        slots={
            "phenomenon": "V6.2 导入失败",
            "error_code": "E1001",
            "version": "6.2",
            "os": "Windows 10",
            "phone": "13800138000",
        },
    )


async def test_what_was_skipped_is_not_on_the_ticket() -> None:
    said = await decided(ACTIONS["action_open_ticket"], message("跳过"), {"phenomenon": "导入失败", "phone": "-"})

    assert isinstance(said, OpenTicket)
    assert said.slots == {"phenomenon": "导入失败"}


async def test_the_form_forgets_its_description_for_the_next_time() -> None:
    events = await ACTIONS["action_open_ticket"].run(dispatcher(), tracker(message("跳过"), {"phenomenon": "a"}), {})

    assert [(event["name"], event["value"]) for event in events] == [("phenomenon", None)]


async def test_a_long_description_is_one_line_in_the_queue_and_whole_on_the_ticket() -> None:
    said = await decided(ACTIONS["action_open_ticket"], message("跳过"), {"phenomenon": "长" * 500})

    assert isinstance(said, OpenTicket)
    assert len(said.summary) == drafts.SUMMARY_CHARS
    assert said.summary.endswith("…")
    assert said.slots["phenomenon"] == "长" * 500


async def test_a_ticket_number_is_passed_on_as_it_was_written() -> None:
    number = entity("ticket_number", "GD-20261122-0042-7")

    assert await decided(ACTIONS["action_ticket_status"], message("查工单")) == TicketStatus(None)
    assert await decided(
        ACTIONS["action_ticket_status"], message("GD-20261122-0042-7", entities=[number])
    ) == TicketStatus("GD-20261122-0042-7")
    assert await decided(ACTIONS["action_ticket_urge"], message("催", entities=[number])) == TicketUrge(
        "GD-20261122-0042-7"
    )


async def test_a_complaint_is_in_the_askers_own_words() -> None:
    said = await decided(ACTIONS["action_complaint"], message("三天没人管，我要投诉", "complaint"))

    assert said == Complaint("三天没人管，我要投诉", {})


@pytest.mark.parametrize(
    ("latest", "phone"),
    [
        (message("打我13800138000", entities=[entity("phone", "13800138000")]), "13800138000"),
        (message("给我回电", turn={"slots": {"phone": "13900139000"}}), "13900139000"),
        (message("给我回电"), None),
    ],
)
async def test_a_call_back_knows_the_number_if_anybody_said_it(latest: dict[str, Any], phone: str | None) -> None:
    said = await decided(ACTIONS["action_callback"], latest)

    assert isinstance(said, Callback)
    assert said.phone == phone


async def test_a_wish_is_a_small_ticket() -> None:
    said = await decided(ACTIONS["action_suggestion"], message("希望支持批量导出", "suggestion"))

    assert said == OpenTicket("suggestion", "P4", "希望支持批量导出", {})


def test_a_message_of_a_tool_has_no_context_and_is_heard_all_the_same() -> None:
    seen = heard(tracker({"text": "你好"}))

    assert (seen.text, seen.intent, seen.out_of_scope, seen.context.misses) == ("你好", "", False, 0)
    assert heard(tracker({})).text == ""


def test_every_action_the_domain_names_exists_and_the_other_way_round() -> None:
    named = set(yaml.safe_load((DOMAIN / "actions.yml").read_text(encoding="utf-8"))["actions"])
    exist = {action.name() for action in (ActionSessionStart(), ActionAnswer(FakeKnowledge()), FORM, *desk_actions())}

    assert exist == named
