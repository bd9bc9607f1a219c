from __future__ import annotations

import pytest

from actions.empathy import SOOTHED, needs_a_person, soothe
from actions.heard import heard
from tests.unit.actions.calls import dispatcher, message, situation, tracker, user

CALM, ANGRY = situation("P3"), situation("P3", negative=True)


def test_somebody_angry_hears_one_kind_sentence() -> None:
    seen, words = tracker(message("又卡住了,烦死了", situation=ANGRY)), dispatcher()

    events = soothe(words, heard(seen), seen)

    assert [each["response"] for each in words.messages] == ["utter_empathy"]
    assert [(event["name"], event["value"]) for event in events] == [(SOOTHED, True)]


@pytest.mark.parametrize(("read", "slots"), [(ANGRY, {SOOTHED: True}), (CALM, {})])
def test_twice_it_would_ring_hollow_and_calm_people_need_none(read: dict[str, object], slots: dict[str, bool]) -> None:
    seen, words = tracker(message("又卡住了", situation=read), slots), dispatcher()

    assert soothe(words, heard(seen), seen) == []
    assert words.messages == []


@pytest.mark.parametrize("text", ["什么垃圾系统", "气死我了", "忍无可忍", "你们就是骗子"])
def test_strong_words_need_a_person(text: str) -> None:
    assert needs_a_person(heard(tracker(message(text, situation=ANGRY))))


def test_strong_words_that_are_not_meant_so_do_not() -> None:
    assert not needs_a_person(heard(tracker(message("滚动条怎么调", situation=CALM))))


@pytest.mark.parametrize(("before", "person"), [([ANGRY], True), ([CALM], False), ([ANGRY, CALM], False), ([], False)])
def test_only_anger_right_after_anger_needs_a_person(before: list[dict[str, object]], person: bool) -> None:
    earlier = [user(message(f"第{i}句", situation=read)) for i, read in enumerate(before)]

    seen = tracker(message("还是不行", situation=ANGRY), earlier=earlier)

    assert needs_a_person(heard(seen)) is person


def test_a_calm_word_after_anger_needs_nobody() -> None:
    seen = tracker(message("好的", situation=CALM), earlier=[user(message("烦死了", situation=ANGRY))])

    assert not needs_a_person(heard(seen))
