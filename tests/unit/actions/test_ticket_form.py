from __future__ import annotations

from typing import Any

import pytest

from actions.drafts import SKIPPED
from actions.ticket_form import ValidateTicketForm
from tests.unit.actions.calls import dispatcher, entity, message, situation, tracker, user

FORM = ValidateTicketForm()
WEB, WECHAT = {"channel": "web"}, {"channel": "wechat"}
P1, P2 = situation("P1", "crash"), situation("P2", "import_export")
ASKED_PROBLEM, ASKED_PHONE = {"requested_slot": "phenomenon"}, {"requested_slot": "phone"}
WISH = ("转人工", "request_human")


async def required(text: str, intent: str, slots: dict[str, Any] | None = None, **more: Any) -> list[str]:
    earlier = more.pop("earlier", ())
    seen = tracker(message(text, intent, **more), slots, earlier=earlier)
    return await FORM.required_slots(["phenomenon", "phone"], dispatcher(), seen, {})


def phenomenon(text: str, intent: str, slots: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return FORM.extract_phenomenon(dispatcher(), tracker(message(text, intent, **more), slots), {})


def phone(text: str, intent: str, slots: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return FORM.extract_phone(dispatcher(), tracker(message(text, intent, **more), slots), {})


def validated(value: Any, slots: dict[str, Any] | None = None) -> tuple[dict[str, Any], list[str]]:
    words = dispatcher()
    kept = FORM.validate_phone(value, words, tracker(message("x"), slots), {})
    return kept, [each["response"] for each in words.messages]


# -- what is asked -------------------------------------------------------------------------------


async def test_the_form_asks_what_is_wrong_and_how_to_reach_a_visitor_of_the_page() -> None:
    assert FORM.domain_slots({}) == ["phenomenon", "phone"]
    assert await required(*WISH, turn=WEB) == ["phenomenon", "phone"]


async def test_in_wechat_nobody_is_lost_and_nobody_is_asked_for_a_number() -> None:
    assert await required(*WISH, turn=WECHAT) == ["phenomenon"]


async def test_what_was_asked_before_is_the_problem() -> None:
    assert await required(*WISH, turn={**WEB, "last_question": "导入失败"}) == ["phone"]
    assert await required(*WISH, turn={**WECHAT, "last_question": "导入失败"}) == []


async def test_who_tells_a_problem_of_its_own_means_that_one() -> None:
    turn = {**WEB, "last_question": "怎么导出报表"}

    assert await required("转人工,审批卡住了", "request_human", turn=turn) == ["phenomenon", "phone"]


@pytest.mark.parametrize("intent", ["request_human", "ticket_create"])
async def test_who_repeats_the_wish_is_asked_nothing_more(intent: str) -> None:
    assert await required("转人工", intent, ASKED_PROBLEM, turn=WEB) == ["phenomenon"]
    assert phenomenon("转人工", intent, ASKED_PROBLEM) == {"phenomenon": SKIPPED}
    assert await required("转人工", intent, ASKED_PHONE, turn=WEB) == ["phone"]
    assert phone("转人工", intent, ASKED_PHONE) == {"phone": SKIPPED}


async def test_another_answer_to_a_question_goes_on_asking() -> None:
    assert await required("审批卡住了", "approval_flow", ASKED_PROBLEM, turn=WEB) == ["phenomenon", "phone"]


async def test_an_emergency_that_comes_with_the_wish_is_all_that_is_needed() -> None:
    text = "全公司都登不上了,转人工"

    assert await required(text, "request_human", situation=P1, turn=WEB) == ["phenomenon"]
    assert phenomenon(text, "request_human", situation=P1) == {"phenomenon": "全公司都登不上了"}


async def test_after_an_emergency_nothing_is_asked() -> None:
    assert await required(*WISH, turn={**WEB, "last_question": "全公司都登不上了"}) == []
    before = [user(message("大家都进不去了,我们整个公司", situation=P1))]
    turn = {**WEB, "last_question": "大家都進不去了，我們整個公司"}
    assert await required(*WISH, situation=situation(None), turn=turn, earlier=before) == []


@pytest.mark.parametrize("asked", [ASKED_PROBLEM, ASKED_PHONE])
async def test_an_emergency_told_to_the_form_ends_its_questions(asked: dict[str, str]) -> None:
    told = ("全公司都登不上了", "login_failure")

    assert await required(*told, asked, situation=P1, turn=WEB) == [asked["requested_slot"]]
    assert phenomenon(*told, asked, situation=P1) == {"phenomenon": told[0]}


def test_an_emergency_told_instead_of_a_number_skips_the_number() -> None:
    told = ("全公司都登不上了", "login_failure")

    assert phone(*told, {**ASKED_PHONE, "phenomenon": "导入失败"}, situation=P1) == {"phone": SKIPPED}


# -- what came along -----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["转人工，审批卡住了", "审批卡住了，转人工", "審批卡住了，轉人工"])
def test_a_description_beside_the_wish_is_not_asked_again(text: str) -> None:
    assert phenomenon(text, "request_human") == {"phenomenon": "审批卡住了"}


@pytest.mark.parametrize(
    ("text", "intent"),
    [("转人工", "request_human"), ("转人工，急", "request_human"), ("审批卡住了", "approval_flow"), ("", "greet")],
)
def test_without_wish_or_description_the_form_asks(text: str, intent: str) -> None:
    assert phenomenon(text, intent) == {}


def test_a_wish_only_the_model_hears_brings_its_description_too() -> None:
    told = [entity("phenomenon", "導入一直失敗")]
    text = "导入一直失败,能不能来个人帮我看看"

    assert phenomenon(text, "request_human", entities=told, situation=P2) == {"phenomenon": "導入一直失敗"}
    assert phenomenon(text, "request_human", entities=told, situation=situation(None)) == {}
    assert phenomenon(text, "data_import", entities=told, situation=P2) == {}


def test_a_description_given_before_stays() -> None:
    assert phenomenon("转人工，审批卡住了", "request_human", {"phenomenon": "导入失败"}) == {}


def test_insisting_skips_the_question_that_was_asked_and_only_that() -> None:
    assert phenomenon(*WISH, ASKED_PROBLEM) == {"phenomenon": SKIPPED}
    assert phenomenon("转人工，导入失败了", "request_human", ASKED_PROBLEM) == {"phenomenon": "导入失败了"}
    assert phenomenon(*WISH, ASKED_PHONE) == {}
    assert phone(*WISH, ASKED_PHONE) == {"phone": SKIPPED}
    assert phone(*WISH, ASKED_PROBLEM) == {}


@pytest.mark.parametrize(
    ("said", "kept"), [(" 导入失败 ", "导入失败"), ("  ", None), ("长" * 3_000, "长" * 2_000), (403, "403"), ("-", "-")]
)
def test_a_description_is_trimmed_and_never_too_long(said: Any, kept: str | None) -> None:
    assert FORM.validate_phenomenon(said, dispatcher(), tracker(message("x")), {}) == {"phenomenon": kept}


# -- the number ----------------------------------------------------------------------------------

KNOWN = {"slots": {"phone": "13800138000"}}


def test_a_number_known_before_is_not_asked_again() -> None:
    assert phone(*WISH, turn=KNOWN) == {"phone": "13800138000"}
    assert phone(*WISH, {"phone": "13900139000"}, turn=KNOWN) == {}


def test_a_number_of_this_turn_wins_over_the_old_one() -> None:
    assert phone("13900139000", "provide_info", entities=[entity("phone", "13900139000")], turn=KNOWN) == {}


@pytest.mark.parametrize("text", ["1380013800", "电话 138-0013-80", "12345"])
def test_an_attempt_at_a_number_is_looked_at(text: str) -> None:
    assert phone(text, "provide_info", ASKED_PHONE) == {"phone": text}
    assert phone(text, "provide_info") == {}


@pytest.mark.parametrize("text", ["导入失败", "报错 1042", "6.2 版"])
def test_other_words_are_no_attempt(text: str) -> None:
    assert phone(text, "data_import", ASKED_PHONE) == {}


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
    assert validated(said, ASKED_PHONE) == ({"phone": kept}, [])


@pytest.mark.parametrize("said", ["1380013", "1380013800", "138001380001", ""])
def test_a_broken_number_is_asked_for_again(said: str) -> None:
    assert validated(said, ASKED_PHONE) == ({"phone": None}, ["utter_invalid_phone"])


def test_a_broken_number_nobody_asked_for_is_passed_over_in_silence() -> None:
    assert validated("1380013") == ({"phone": None}, [])
