from __future__ import annotations

from typing import Any

import pytest

from actions import drafts
from actions.heard import Heard, heard
from contract.decisions import Callback, Complaint, Handoff, OpenTicket
from tests.unit.actions.calls import entity, message, situation, tracker, user

P1, P2 = situation("P1", "data_loss"), situation("P2", "import_export")


def hearing(text: str, **more: Any) -> Heard:
    earlier = more.pop("earlier", ())
    return heard(tracker(message(text, **more), earlier=earlier))


# -- what a ticket can say without asking --------------------------------------------------------


@pytest.mark.parametrize("name", drafts.PERSONAL)
def test_the_person_and_the_machine_outlive_a_question(name: str) -> None:
    earlier = {"slots": {name: "x"}}

    assert drafts.known_slots(hearing("导入失败", turn=earlier), {})[name] == "x"
    assert drafts.known_slots(hearing("导入失败"), {name: "x"})[name] == "x"


@pytest.mark.parametrize("name", ["error_code", "module", "when", "frequency", "scope", "phenomenon", "role", "file"])
def test_what_belongs_to_the_last_problem_does_not(name: str) -> None:
    earlier = {"slots": {name: "x"}}

    assert drafts.known_slots(hearing("在吗", turn=earlier), {}).get(name) != "x"
    if name != "phenomenon":  # the form has just been told that one
        assert name not in drafts.known_slots(hearing("在吗"), {name: "x"})


def test_the_question_in_hand_tells_its_slots_word_for_word() -> None:
    turn = {"last_question": "Win10 上 6.2 版导入报 ERR-1042，今天上午开始，所有人都这样"}

    known = drafts.known_slots(hearing("转人工", turn=turn), {})

    assert known["phenomenon"] == turn["last_question"]
    assert (known["os"], known["version"], known["error_code"], known["scope"]) == (
        "Windows 10",
        "6.2",
        "ERR-1042",
        "all",
    )
    assert known["module"] == "数据导入"


def test_the_newest_word_counts() -> None:
    turn = {"slots": {"version": "5.0", "os": "Windows 10"}, "last_question": "6.0版导入失败"}

    assert drafts.known_slots(hearing("转人工", turn=turn), {"version": "5.5"})["version"] == "6.0"
    newest = hearing("其实是6.2版", turn=turn, entities=[entity("version", "6.2")])
    assert drafts.known_slots(newest, {})["version"] == "6.2"
    assert drafts.known_slots(newest, {})["os"] == "Windows 10"


def test_of_several_values_in_one_message_the_first_counts() -> None:
    codes = [entity("error_code", "E1001"), entity("error_code", "E1002")]

    assert drafts.known_slots(hearing("报 E1001 还有 E1002", entities=codes), {})["error_code"] == "E1001"


def test_what_was_skipped_is_not_on_the_ticket() -> None:
    assert drafts.known_slots(hearing("跳过"), {"phone": drafts.SKIPPED, "phenomenon": drafts.SKIPPED}) == {}


def test_a_skipped_number_is_not_taken_from_an_earlier_episode() -> None:
    earlier = {"slots": {"phone": "13800138000"}}

    assert "phone" not in drafts.known_slots(hearing("跳过", turn=earlier), {"phone": drafts.SKIPPED})


@pytest.mark.parametrize(
    ("slots", "last", "problem"),
    [
        ({"phenomenon": "审批卡住了"}, "导入失败", "审批卡住了"),
        ({"phenomenon": drafts.SKIPPED}, "导入失败", "导入失败"),
        ({}, "导入失败", "导入失败"),
        ({}, None, ""),
    ],
)
def test_the_problem_is_what_the_form_was_told_or_what_was_asked(
    slots: dict[str, str], last: str | None, problem: str
) -> None:
    assert drafts.problem_of(hearing("转人工", turn={"last_question": last}), slots) == problem


def test_an_emergency_told_in_the_middle_of_the_form_is_what_the_ticket_is_about() -> None:
    seen = hearing("全公司都登不上了", situation=situation("P1", "login"))

    ticket = drafts.open_ticket(seen, {"phenomenon": "导入失败"})

    assert (ticket.priority, ticket.category, ticket.summary) == ("P1", "login", "全公司都登不上了")
    assert ticket.slots["phenomenon"] == "全公司都登不上了"


def test_an_emergency_that_came_with_the_wish_is_told_without_the_wish() -> None:
    seen = hearing("全公司都登不上了,转人工", situation=situation("P1", "login"))

    assert drafts.problem_of(seen, {"phenomenon": "全公司都登不上了"}) == "全公司都登不上了"


# -- the drafts ----------------------------------------------------------------------------------


def test_a_ticket_has_the_priority_of_its_problem_and_not_of_the_last_word() -> None:
    seen = hearing("13800138000", earlier=[user(message("清单全没了", situation=P1))])

    ticket = drafts.open_ticket(seen, {"phenomenon": "清单全没了", "phone": "13800138000"})

    assert isinstance(ticket, OpenTicket)
    assert (ticket.category, ticket.priority, ticket.summary) == ("data_loss", "P1", "清单全没了")
    assert ticket.slots["phone"] == "13800138000"


def test_a_ticket_about_nothing_in_particular_is_an_ordinary_one() -> None:
    ticket = drafts.open_ticket(hearing("转人工", situation=situation("P2", "crash")), {"phenomenon": drafts.SKIPPED})

    assert (ticket.priority, ticket.summary, ticket.slots) == ("P3", "", {})


def test_a_hand_off_is_about_this_message_where_it_tells_a_problem() -> None:
    turn = {"last_question": "怎么导出报表"}

    taken = drafts.handoff(hearing("导入失败", situation=P2, turn=turn), {}, "two_misses")

    assert isinstance(taken, Handoff)
    assert (taken.reason, taken.summary, taken.category, taken.priority) == (
        "two_misses",
        "导入失败",
        "import_export",
        "P2",
    )


def test_a_hand_off_is_about_what_was_asked_where_this_message_tells_none() -> None:
    turn = {"last_question": "导入失败"}
    before = [user(message("导入失败", situation=P2))]

    taken = drafts.handoff(hearing("烦死了", situation=situation(None), turn=turn, earlier=before), {}, "emotion")

    assert (taken.summary, taken.category, taken.priority) == ("导入失败", "import_export", "P2")
    assert taken.slots["phenomenon"] == "导入失败"


@pytest.mark.parametrize(("read", "priority"), [(P1, "P1"), (P2, "P2"), (situation("P4", "billing"), "P2")])
def test_a_complaint_is_in_the_askers_own_words_and_never_a_small_matter(read: dict[str, Any], priority: str) -> None:
    complaint = drafts.complaint(hearing("三天没人管，我要投诉", situation=read), {})

    assert isinstance(complaint, Complaint)
    assert (complaint.summary, complaint.priority, complaint.category) == (
        "三天没人管，我要投诉",
        priority,
        read["category"],
    )


@pytest.mark.parametrize(
    ("more", "phone"),
    [
        ({"entities": [entity("phone", "13800138000")]}, "13800138000"),
        ({"turn": {"slots": {"phone": "13900139000"}}}, "13900139000"),
        ({}, None),
    ],
)
def test_a_call_back_knows_the_number_if_anybody_said_it(more: dict[str, Any], phone: str | None) -> None:
    assert drafts.callback(hearing("给我回电", **more), {}) == Callback(phone, "给我回电")


def test_a_call_back_is_about_what_was_asked() -> None:
    assert drafts.callback(hearing("给我回电", turn={"last_question": "导入失败"}), {}).summary == "导入失败"


def test_a_long_description_is_one_line_in_the_queue_and_whole_on_the_ticket() -> None:
    ticket = drafts.open_ticket(hearing("跳过"), {"phenomenon": "长" * 500})

    assert len(ticket.summary) == drafts.SUMMARY_CHARS
    assert ticket.summary.endswith("…")
    assert ticket.slots["phenomenon"] == "长" * 500
