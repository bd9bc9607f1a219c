from __future__ import annotations

import pytest

from actions.emergency import emergency, first_aid
from actions.heard import heard
from actions.knowledge import FakeKnowledge, a_runbook
from contract.decisions import Handoff
from tests.unit.actions.calls import message, situation, tracker

TOPICS = ("crash", "data_loss_recovery", "network_offline")
KNOWLEDGE = FakeKnowledge(runbooks={topic: a_runbook(topic) for topic in TOPICS})


@pytest.mark.parametrize(
    ("category", "topic"),
    [
        ("data_loss", "data_loss_recovery"),
        ("network", "network_offline"),
        ("crash", "crash"),
        ("login", "crash"),
        ("other", "crash"),
    ],
)
def test_the_first_aid_is_for_what_the_person_feels(category: str, topic: str) -> None:
    assert first_aid(KNOWLEDGE, category, "全公司都用不了") == a_runbook(topic)


@pytest.mark.parametrize("text", ["客户资料泄露了", "看到了别的公司的数据", "我们的账号被盗了", "帳號被盜了"])
@pytest.mark.parametrize("category", ["other", "data_loss"])
def test_a_leak_gets_people_and_no_recipe(text: str, category: str) -> None:
    assert first_aid(KNOWLEDGE, category, text) is None


def test_data_lost_in_an_attack_is_still_data_to_be_saved() -> None:
    assert first_aid(KNOWLEDGE, "data_loss", "中了勒索病毒,文件全没了") == a_runbook("data_loss_recovery")


def test_without_a_runbook_there_is_still_the_human() -> None:
    seen = heard(tracker(message("全公司都登不上了", situation=situation("P1", "login"))))

    (taken,) = emergency(seen, {}, FakeKnowledge())

    assert isinstance(taken, Handoff)
    assert (taken.reason, taken.priority, taken.category) == ("emergency", "P1", "login")
