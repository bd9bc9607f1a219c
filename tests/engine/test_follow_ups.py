from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.follow_ups import FollowUps
from contract.turn import TurnContext

Process = Callable[..., Message]


def turn(**more: Any) -> dict[str, Any]:
    return TurnContext(turn_id="t", now="2026-11-23T10:00:00+08:00", **more).to_json()


def test_a_follow_up_becomes_the_question_it_stands_for(process: Process) -> None:
    message = process(FollowUps(), "那手机端呢?", metadata=turn(last_question="網頁端怎麼匯出報表"))

    assert message.get(TEXT) == message.get("follow_up") == "手机端怎么导出报表"
    assert {"text", "follow_up"} <= set(message.as_dict(only_output_properties=True))


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        {},
        turn(),
        turn(last_question="网页端怎么导出报表", form="ticket_form/phenomenon"),
        turn(last_question="网页端怎么导出报表", choice={"id": "entry:a", "label": "那手机端呢?"}),
    ],
)
def test_without_a_question_before_in_a_form_and_when_picked_it_stays(process: Process, metadata: Any) -> None:
    message = process(FollowUps(), "那手机端呢?", metadata=metadata)

    assert message.get(TEXT) == "那手机端呢?"
    assert message.get("follow_up") is None


@pytest.mark.parametrize("text", ["怎么导入清单", "转人工可以吗", "谢谢", "", None])
def test_what_is_no_follow_up_stays(process: Process, text: Any) -> None:
    message = process(FollowUps(), text, metadata=turn(last_question="网页端怎么导出报表"))

    assert message.get(TEXT) == text
    assert message.get("follow_up") is None


def test_an_example_follows_up_nothing() -> None:
    data = TrainingData([Message({TEXT: "那手机端呢?", INTENT: "mobile_app"})])

    assert FollowUps().process_training_data(data) is data
    assert data.training_examples[0].get(TEXT) == "那手机端呢?"
