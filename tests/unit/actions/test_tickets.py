from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.again import ActionRepeat
from actions.answer import ActionAnswer
from actions.empathy import SOOTHED
from actions.knowledge import FakeKnowledge, a_runbook
from actions.note import ActionNote
from actions.session import ActionSessionStart
from actions.ticket_form import ValidateTicketForm
from actions.tickets import desk_actions
from contract.decisions import (
    Callback,
    Complaint,
    Decision,
    Feedback,
    Handoff,
    OpenTicket,
    TicketStatus,
    TicketUrge,
)
from tests.unit.actions.calls import changes, entity, message, said, situation, tracker, user

DOMAIN = Path(__file__).parents[3] / "bot" / "domain"
TOPICS = ("crash", "data_loss_recovery", "network_offline")
KNOWLEDGE = FakeKnowledge(runbooks={topic: a_runbook(topic) for topic in TOPICS})
ACTIONS = {action.name(): action for action in desk_actions(KNOWLEDGE)}
NUMBER = entity("ticket_number", "GD-20261122-0042-7")
P1 = situation("P1", "data_loss")


async def decided(name: str, text: str, slots: dict[str, Any] | None = None, **more: Any) -> list[Decision | str]:
    earlier = more.pop("earlier", ())
    return await said(ACTIONS[name], tracker(message(text, **more), slots, earlier=earlier))


# -- the complete form ---------------------------------------------------------------------------


async def test_a_ticket_holds_what_was_said_anywhere() -> None:
    turn = {"last_question": "V6.2 导入失败", "slots": {"os": "Windows 10"}}

    (ticket,) = await decided("action_open_ticket", "13800138000", {"phone": "13800138000"}, turn=turn)

    assert isinstance(ticket, OpenTicket)
    assert (ticket.category, ticket.priority, ticket.summary) == ("import_export", "P2", "V6.2 导入失败")
    assert ticket.slots == {
        "phenomenon": "V6.2 导入失败",
        "version": "6.2",
        "module": "数据导入",
        "os": "Windows 10",
        "phone": "13800138000",
    }


async def test_the_form_forgets_its_description_for_the_next_time() -> None:
    seen = tracker(message("跳过"), {"phenomenon": "导入失败"})

    assert await changes(ACTIONS["action_open_ticket"], seen) == {"phenomenon": None}


async def test_an_emergency_told_to_the_form_gets_first_aid_before_the_number() -> None:
    before = [user(message("清单全没了", situation=P1))]

    aid, ticket = await decided("action_open_ticket", "13800138000", {"phenomenon": "清单全没了"}, earlier=before)

    assert aid == a_runbook("data_loss_recovery")
    assert isinstance(ticket, OpenTicket)
    assert (ticket.priority, ticket.category) == ("P1", "data_loss")


async def test_an_ordinary_ticket_has_no_first_aid() -> None:
    (ticket,) = await decided("action_open_ticket", "跳过", {"phenomenon": "导入失败", "phone": "-"})

    assert isinstance(ticket, OpenTicket)


async def test_somebody_upset_hears_a_kind_sentence_before_the_number() -> None:
    upset = situation("P2", negative=True)

    words, ticket = await decided("action_open_ticket", "导入失败,急死了", {"phenomenon": "导入失败"}, situation=upset)

    assert words == "utter_empathy"
    assert isinstance(ticket, OpenTicket)
    seen = tracker(message("导入失败", situation=upset), {"phenomenon": "导入失败"})
    assert await changes(ACTIONS["action_open_ticket"], seen) == {SOOTHED: True, "phenomenon": None}


# -- complaints, wishes, call backs --------------------------------------------------------------


async def test_a_complaint_goes_straight_to_a_person_with_a_kind_word() -> None:
    read = situation("P2", "other", negative=True, complaint=True)

    words, complaint = await decided("action_complaint", "三天没人管，我要投诉", intent="complaint", situation=read)

    assert words == "utter_empathy"
    assert isinstance(complaint, Complaint)
    assert (complaint.summary, complaint.priority) == ("三天没人管，我要投诉", "P2")


async def test_a_complaint_about_an_emergency_gets_its_first_aid() -> None:
    turn = {"last_question": "怎么导出报表"}

    aid, complaint = await decided("action_complaint", "清单全没了,我要投诉", situation=P1, turn=turn)

    assert aid == a_runbook("data_loss_recovery")
    assert isinstance(complaint, Complaint)
    assert complaint.priority == "P1"


async def test_an_emergency_dealt_with_before_is_not_that_of_the_complaint() -> None:
    turn = {"last_question": "清单全没了"}
    before = [user(message("清单全没了", situation=P1))]

    (complaint,) = await decided(
        "action_complaint", "你们太慢了,我要投诉", situation=situation(None), turn=turn, earlier=before
    )

    assert isinstance(complaint, Complaint)
    assert complaint.priority == "P2"


async def test_a_wish_is_a_small_ticket() -> None:
    (ticket,) = await decided("action_suggestion", "希望支持批量导出", intent="suggestion")

    assert isinstance(ticket, OpenTicket)
    assert (ticket.category, ticket.priority, ticket.summary) == ("suggestion", "P4", "希望支持批量导出")


async def test_a_call_back_is_asked_of_the_desk() -> None:
    (callback,) = await decided("action_callback", "打我13800138000", entities=[entity("phone", "13800138000")])

    assert callback == Callback("13800138000", "打我13800138000")


# -- my ticket -----------------------------------------------------------------------------------


async def test_a_ticket_number_is_passed_on_as_it_was_written() -> None:
    assert await decided("action_ticket_status", "查工单") == [TicketStatus(None)]
    assert await decided("action_ticket_status", "查", entities=[NUMBER]) == [TicketStatus("GD-20261122-0042-7")]
    assert await decided("action_ticket_urge", "催", entities=[NUMBER]) == [TicketUrge("GD-20261122-0042-7")]


RAGE = situation("P3", negative=True)


async def test_who_hurries_us_in_a_rage_without_a_ticket_gets_a_person() -> None:
    (called,) = await decided("action_ticket_urge", "气死我了,到底有没有人管", situation=RAGE)

    assert isinstance(called, Handoff)
    assert called.reason == "emotion"


async def test_with_a_ticket_the_ticket_is_hurried() -> None:
    told = {"situation": RAGE, "turn": {"open_tickets": 1}}

    assert await decided("action_ticket_urge", "气死我了,到底有没有人管", **told) == [TicketUrge(None)]


# -- of no use -----------------------------------------------------------------------------------


@pytest.mark.parametrize("read", [situation(None), situation(None, negative=True)])
async def test_of_no_use_is_a_thumb_down(read: dict[str, Any]) -> None:
    assert await decided("action_unhelpful", "没用", situation=read) == [Feedback(helpful=False)]


async def test_of_no_use_in_a_rage_is_a_wish_for_a_person() -> None:
    turn = {"last_question": "导入失败"}

    (called,) = await decided("action_unhelpful", "什么垃圾系统", situation=situation(None, negative=True), turn=turn)

    assert isinstance(called, Handoff)
    assert (called.reason, called.summary) == ("emotion", "导入失败")


# -- what the form was told ----------------------------------------------------------------------

ASIDE = ["action_ticket_status", "action_ticket_urge", "action_unhelpful", "action_callback", "action_suggestion"]


@pytest.mark.parametrize("name", ASIDE)
async def test_what_is_asked_in_the_middle_of_the_form_leaves_its_answers_alone(name: str) -> None:
    seen = tracker(message("查工单"), {"phenomenon": "导入失败"}, form="ticket_form")

    assert await changes(ACTIONS[name], seen) == {}


@pytest.mark.parametrize("name", ["action_leave_form", *ASIDE])
async def test_without_the_form_they_are_forgotten(name: str) -> None:
    seen = tracker(message("算了"), {"phenomenon": "导入失败"})

    assert await changes(ACTIONS[name], seen) == {"phenomenon": None}


async def test_who_leaves_the_form_hears_so() -> None:
    seen = tracker(message("算了", "cancel"), {"phenomenon": "导入失败"})

    assert await said(ACTIONS["action_leave_form"], seen) == ["utter_form_cancelled"]


# -- the domain ----------------------------------------------------------------------------------


def test_every_action_the_domain_names_exists_and_the_other_way_round() -> None:
    named = yaml.safe_load((DOMAIN / "actions.yml").read_text(encoding="utf-8"))["actions"]
    answers = (ActionAnswer(KNOWLEDGE), ActionNote(KNOWLEDGE), ActionRepeat())
    exist = [action.name() for action in (ActionSessionStart(), *answers, ValidateTicketForm(), *ACTIONS.values())]

    assert sorted(exist) == sorted(named)
