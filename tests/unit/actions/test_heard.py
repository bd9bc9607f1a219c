from __future__ import annotations

import pytest

from actions.heard import heard
from actions.situation import Situation, by_patterns, of_message
from tests.unit.actions.calls import bot, entity, message, situation, tracker, user


def test_a_message_of_a_tool_has_no_context_and_is_heard_all_the_same() -> None:
    seen = heard(tracker({"text": "你好"}))

    assert (seen.text, seen.intent, seen.out_of_scope, seen.context.misses) == ("你好", "", False, 0)
    assert (seen.picked, seen.entity("phone"), seen.followed_up) == ("", None, None)
    assert heard(tracker({})).text == ""


def test_everything_about_a_message_is_one_value() -> None:
    turn = {"choice": {"id": "entry:a", "label": "x"}, "misses": 1}
    phones = [entity("phone", "13800138000"), entity("phone", "13900139000")]

    seen = heard(tracker(message("手机端怎么导出", turn=turn, entities=phones, sure=0.7, follow_up="手机端怎么导出")))

    assert (seen.picked, seen.entity("phone"), seen.sure, seen.context.misses) == ("entry:a", "13800138000", 0.7, 1)
    assert seen.followed_up == seen.text == "手机端怎么导出"


# -- the situation -------------------------------------------------------------------------------


def test_what_the_engine_read_counts() -> None:
    seen = heard(tracker(message("你好", situation=situation("P1", "crash", negative=True, complaint=True))))

    assert seen.situation == Situation("P1", "crash", negative=True, complaint=True, sure=0.9)
    assert seen.emergency


def test_a_mere_guess_wakes_nobody_up() -> None:
    unsure = heard(tracker(message("好像都打不开", situation=situation("P1", "crash", sure=0.5))))

    assert unsure.situation.priority == "P2"
    assert not unsure.emergency


@pytest.mark.parametrize(
    ("intent", "category", "urgent"),
    [("task_missing", "data_loss", False), ("task_missing", "crash", True), ("data_loss_recovery", "data_loss", True)],
)
def test_a_missing_task_is_mostly_a_filter(intent: str, category: str, urgent: bool) -> None:
    assert heard(tracker(message("我的任务不见了", intent, situation=situation("P1", category)))).emergency is urgent


@pytest.mark.parametrize("read", [None, "P1", 3])
def test_without_a_model_the_patterns_judge(read: object) -> None:
    seen = heard(tracker(message("全公司都登不上了", situation=read)))

    assert of_message({"situation": read}) is None
    assert seen.situation == by_patterns("全公司都登不上了")
    assert seen.situation.priority == "P1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("气死我了,导入又失败", Situation("P2", "import_export", negative=True, sure=0.5)),
        ("我要投诉你们", Situation("P3", "other", complaint=True, sure=0.5)),
        ("怎么导出报表", Situation("P4", "import_export", sure=0.5)),
    ],
)
def test_patterns_tell_priority_category_mood_and_complaint(text: str, expected: Situation) -> None:
    assert by_patterns(text) == expected


def test_what_tells_no_problem_becomes_an_ordinary_ticket() -> None:
    seen = heard(tracker(message("在吗", situation=situation(None))))

    assert seen.situation.priority is None
    assert not seen.situation.emergency
    assert seen.priority("在吗") == "P3"


# -- other texts than this one -------------------------------------------------------------------

READ = situation("P1", "crash")


def test_an_earlier_message_is_judged_as_the_engine_read_it() -> None:
    seen = heard(
        tracker(message("13800138000"), earlier=[user(message("打不开了", situation=READ)), bot("留个手机号?")])
    )

    assert seen.judged("打不开了") == Situation("P1", "crash", sure=0.9)
    assert seen.priority("打不开了") == "P1"


@pytest.mark.parametrize("kept", ["打不開了，大家都", "打不开了,大家都 ", "打不开了，大家都"])
def test_what_a_form_kept_as_it_was_written_is_the_same_message(kept: str) -> None:
    before = [user(message("打不开了,大家都", situation=READ))]

    assert heard(tracker(message("跳过"), earlier=before)).judged(kept) == Situation("P1", "crash", sure=0.9)
    assert heard(tracker(message("打不开了,大家都", situation=READ))).judged(kept) == Situation("P1", "crash", sure=0.9)


def test_a_clause_of_a_message_is_judged_like_the_whole() -> None:
    seen = heard(tracker(message("转人工,大家都打不开了,急", situation=READ)))

    assert seen.judged("大家都打不开了，急") == Situation("P1", "crash", sure=0.9)


def test_a_message_that_tells_no_problem_says_nothing_of_a_problem_in_it() -> None:
    seen = heard(tracker(message("13800138000"), earlier=[user(message("转人工,导入失败", situation=situation(None)))]))

    assert seen.judged("导入失败") == by_patterns("导入失败")


def test_a_text_the_engine_never_saw_is_judged_by_the_patterns() -> None:
    seen = heard(tracker(message("跳过"), earlier=[user(message("别的事", situation=READ)), user(message("没有模型"))]))

    assert seen.judged("怎么导出报表") == by_patterns("怎么导出报表")
    assert seen.judged("没有模型") == by_patterns("没有模型")


def test_earlier_messages_are_in_the_order_they_were_last_said() -> None:
    texts = ("甲", "乙", "甲")
    seen = heard(tracker(message("丙"), earlier=[user(message(text, situation=READ)) for text in texts]))

    assert list(seen.before) == ["乙", "甲"]
