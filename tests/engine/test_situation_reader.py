from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.situation_reader import SituationReader
from tests.engine.messages import labelled

Make = Callable[..., Any]
Process = Callable[..., Message]

EXAMPLES = TrainingData(
    [
        Message({TEXT: text, INTENT: intent})
        for text, intent in [("给我转接人工坐席", "request_human"), ("麻烦人工坐席", "request_human")] * 3
        + [("怎么画甘特图", "gantt_schedule"), ("我要投诉", "complaint")]
    ]
)


def written(folder: Path) -> Path:
    rows = [
        {"text": one.text, **{k: v == "true" if v in ("true", "false") else v for k, v in one.labels.items()}}
        for one in labelled()
    ]
    folder.mkdir()
    (folder / "mine.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return folder


@pytest.fixture
def trained(make: Make, tmp_path: Path) -> SituationReader:
    reader: SituationReader = make(SituationReader, labelled=str(written(tmp_path / "labelled")))
    reader.train(EXAMPLES)
    return reader


def loaded(storage: LocalModelStorage) -> SituationReader:
    config = SituationReader.get_default_config()
    return SituationReader.load(config, storage, Resource("component"), ExecutionContext(GraphSchema({})))


def test_every_message_gets_its_situation(trained: SituationReader, process: Process) -> None:
    message = process(trained, "全公司都登不上了")

    assert message.get("situation")["priority"] == "P1"
    assert "situation" in message.as_dict(only_output_properties=True)
    assert json.loads(json.dumps(message.as_dict(only_output_properties=True)))


def test_the_wish_is_learnt_from_the_intents_as_well(trained: SituationReader, process: Process) -> None:
    assert process(trained, "转接人工坐席").get("situation")["wants_human"]
    assert not process(trained, "怎么画甘特图").get("situation")["wants_human"]


def test_what_was_trained_is_what_is_loaded(
    trained: SituationReader, storage: LocalModelStorage, process: Process
) -> None:
    again = loaded(storage)

    for text in ("全公司都登不上了", "我要投诉", "转接人工坐席"):
        assert process(again, text).get("situation") == process(trained, text).get("situation")


def test_without_labelled_messages_it_says_nothing(
    make: Make, storage: LocalModelStorage, tmp_path: Path, process: Process
) -> None:
    make(SituationReader, labelled=str(tmp_path / "nowhere")).train(EXAMPLES)

    assert process(loaded(storage), "全公司都登不上了").get("situation") is None


def test_without_intents_it_learns_from_the_labelled_messages_alone(
    make: Make, tmp_path: Path, process: Process
) -> None:
    reader = make(SituationReader, labelled=str(written(tmp_path / "labelled")))

    reader.train(TrainingData([]))

    assert process(reader, "全公司都登不上了").get("situation")["priority"] == "P1"


def test_a_bad_line_stops_the_training_and_is_named(make: Make, tmp_path: Path) -> None:
    folder = written(tmp_path / "labelled")
    (folder / "broken.jsonl").write_text("{}\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"broken\.jsonl:1"):
        make(SituationReader, labelled=str(folder)).train(EXAMPLES)


@pytest.mark.parametrize("text", ["", None])
def test_an_empty_message_is_left_alone(trained: SituationReader, process: Process, text: Any) -> None:
    assert process(trained, text).get("situation") is None
