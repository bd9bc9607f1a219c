from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.code_entities import CodeAndSlotExtractor, LiveCodeBook
from bot.components.intent_classifier import OUT_OF_SCOPE
from bot.components.normalizer import Normalizer
from bot.components.overrides import CertainIntents
from bot.components.tokenizer import ChineseTokenizer

Make = Callable[..., Any]
Process = Callable[..., Message]


def published(index: Path, build: str, codes: list[str]) -> None:
    """A build of the index, and CURRENT naming it, by an atomic rename."""
    (index / build).mkdir(parents=True)
    table = {code: [f"err-{code.lower()}"] for code in codes}
    (index / build / "codes.json").write_text(json.dumps(table), encoding="utf-8")
    (index / "next").write_text(f"{build}\n", encoding="utf-8")
    os.replace(index / "next", index / "CURRENT")


# -- the normaliser ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "normal", "script"),
    [
        ("ＥＲＲＯＲ＿４０３", "ERROR_403", {"name": "none", "region": None}),
        ("軟體當機了", "软件崩溃了", {"name": "hant", "region": "tw"}),
        ("点解登录唔到，搵唔到嘢", "为什么登录不了,找不到东西", {"name": "hans", "region": "cn"}),
        ("导入报错", "导入报错", {"name": "hans", "region": "cn"}),
    ],
)
def test_a_message_is_normalised_and_its_script_is_noted(
    make: Make, process: Process, written: str, normal: str, script: dict[str, Any]
) -> None:
    message = process(make(Normalizer), written)

    assert message.get(TEXT) == normal
    assert message.get("script") == script
    assert {"text", "script"} <= set(message.as_dict(only_output_properties=True))


@pytest.mark.parametrize("text", ["/restart", "／restart", "// restart", "\u200b/restart"])
def test_no_message_is_a_command_behind_the_normaliser(make: Make, process: Process, text: str) -> None:
    assert process(make(Normalizer), text).get(TEXT) == "restart"


def test_training_examples_are_normalised_like_messages(make: Make) -> None:
    data = TrainingData([Message({TEXT: "軟體當機了", INTENT: "crash"})])

    assert make(Normalizer).process_training_data(data).training_examples[0].get(TEXT) == "软件崩溃了"


def test_a_message_without_text_is_left_alone(make: Make) -> None:
    message = Message({INTENT: "greet"})

    make(Normalizer).process([message])

    assert message.as_dict() == {INTENT: "greet"}


# -- the tokenizer -------------------------------------------------------------------------------


def test_tokens_are_words_of_the_trade_where_they_stand(make: Make, process: Process) -> None:
    tokens = process(make(ChineseTokenizer), "甘特图 打不开").get(TOKENS_NAMES[TEXT])

    assert [(token.text, token.start, token.end) for token in tokens] == [("甘特图", 0, 3), ("打不开", 4, 7)]


# -- codes and slots -----------------------------------------------------------------------------


def test_codes_and_slots_become_entities(make: Make, process: Process, tmp_path: Path) -> None:
    published(tmp_path, "b1", ["ERROR_403", "E1001"])
    text = "Win10 上 3.2 版导入报 error 403,电话13812345678"

    message = process(make(CodeAndSlotExtractor, index=str(tmp_path)), text)

    found = {entity["entity"]: entity for entity in message.get(ENTITIES)}
    assert {name: entity["value"] for name, entity in found.items()} == {
        "error_code": "ERROR_403",
        "os": "Windows 10",
        "version": "3.2",
        "phone": "13812345678",
    }
    assert all(text[entity["start"] : entity["end"]] for entity in found.values())
    assert text[found["error_code"]["start"] : found["error_code"]["end"]] == "error 403"
    assert message.get("codes") == [{"text": "error 403", "canonical": "ERROR_403", "codes": ["ERROR_403"]}]


def test_entities_found_before_are_kept(make: Make, process: Process, tmp_path: Path) -> None:
    before = {"entity": "module", "value": "数据导入", "start": 0, "end": 2}

    message = process(make(CodeAndSlotExtractor, index=str(tmp_path)), "导入报 E1001", entities=[before])

    assert [entity["entity"] for entity in message.get(ENTITIES)] == ["module", "error_code"]


def test_the_codes_of_a_build_are_read_as_the_retriever_writes_them() -> None:
    index = Path(__file__).parents[1] / "contract" / "golden" / "index"

    (found,) = LiveCodeBook(index).book().find("403错误")

    assert found.canonical == "ERROR_403"


def test_a_new_build_is_seen_at_the_next_message(tmp_path: Path) -> None:
    book = LiveCodeBook(tmp_path)
    assert [code.known for code in book.book().find("报 E1001")] == [False]

    published(tmp_path, "b1", ["E1001"])
    assert [code.codes for code in book.book().find("报 E1001")] == [("E1001",)]
    published(tmp_path, "b2", ["E2001"])
    assert [code.codes for code in book.book().find("报 E1001")] == [()]


@pytest.mark.parametrize("damage", ["not json", "[]", "3", '"E1001"', ""])
def test_a_damaged_index_leaves_the_last_good_book(tmp_path: Path, damage: str) -> None:
    book = LiveCodeBook(tmp_path)
    published(tmp_path, "b1", ["E1001"])
    book.book()

    published(tmp_path, "b2", ["E2001"])
    (tmp_path / "b2" / "codes.json").write_text(damage, encoding="utf-8")

    assert [code.codes for code in book.book().find("报 E1001")] == [("E1001",)]


def test_without_an_index_codes_are_told_by_their_shape(make: Make, process: Process, tmp_path: Path) -> None:
    message = process(make(CodeAndSlotExtractor, index=str(tmp_path / "nowhere")), "报 ERR-1042")

    assert message.get("codes") == [{"text": "ERR-1042", "canonical": "ERR-1042", "codes": []}]


# -- certainties ---------------------------------------------------------------------------------


def entity(name: str) -> dict[str, Any]:
    return {"entity": name, "value": "x", "start": 0, "end": 1}


@pytest.fixture
def certain(make: Make, process: Process) -> Callable[..., str]:
    """The intent after the certainties."""

    def decided(text: str, intent: str, confidence: float = 0.9, *entities: str, **data: Any) -> str:
        found = {"name": intent, "confidence": confidence}
        carried = {"intent": found, "entities": [entity(name) for name in entities], **data}
        return str(process(make(CertainIntents), text, **carried).get(INTENT)["name"])

    return decided


def test_a_picked_entry_is_no_question(certain: Callable[..., str]) -> None:
    picked = {"choice": {"id": "entry:faq-1", "label": "怎么导出"}}
    spoken = {"choice": {"id": "say:转人工", "label": "转人工"}}

    assert certain("怎么导出", "data_export", metadata=picked) == "choose_entry"
    assert certain("好的", "affirm", metadata=spoken) == "affirm"
    assert certain("好的", "affirm", metadata={"choice": None}) == "affirm"


@pytest.mark.parametrize("intent", ["ticket_urge", "ticket_status", "ticket_close", "complaint", "request_human"])
def test_a_ticket_number_leaves_a_clear_intent_alone(certain: Callable[..., str], intent: str) -> None:
    assert certain("催一下 GD-20261122-0042-7", intent, 0.8, "ticket_number") == intent


@pytest.mark.parametrize(("intent", "confidence"), [(OUT_OF_SCOPE, 0.9), ("provide_info", 0.2), ("ticket_urge", 0.3)])
def test_a_ticket_number_decides_what_is_unclear(certain: Callable[..., str], intent: str, confidence: float) -> None:
    assert certain("GD-20261122-0042-7", intent, confidence, "ticket_number") == "ticket_status"


def test_a_code_is_a_question_about_it_unless_something_else_is_wanted(certain: Callable[..., str]) -> None:
    assert certain("报 E1001", "login_failure", 0.9, "error_code") == "error_code_query"
    assert certain("报 E1001", OUT_OF_SCOPE, 0.9, "error_code") == "error_code_query"
    assert certain("报 E1001 没人管", "complaint", 0.9, "error_code") == "complaint"


@pytest.mark.parametrize("text", ["转人工", "审批卡住了,转人工"])
def test_a_plain_wish_for_a_human_wins(certain: Callable[..., str], text: str) -> None:
    assert certain(text, "approval_flow") == "request_human"


def test_everything_else_stays_as_it_was_guessed(certain: Callable[..., str]) -> None:
    assert certain("人工费怎么录入", "cost_budget", 0.4) == "cost_budget"
    assert certain("Win10 打不开", "crash", 0.4, "os", "version", "phone") == "crash"


@pytest.mark.parametrize("text", ["取消真人客服", "取消人工", "不用转人工了"])
def test_a_plain_refusal_wins_over_the_words_it_shares_with_the_wish(certain: Callable[..., str], text: str) -> None:
    assert certain(text, "request_human") == "cancel_human"


def test_a_refusal_without_a_no_is_a_wish(certain: Callable[..., str]) -> None:
    assert certain("真人客服啦拜託", "cancel_human") == "request_human"
