from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.code_entities import CodeAndSlotExtractor, LiveCodeBook
from bot.components.intent_classifier import OUT_OF_SCOPE
from bot.components.normalizer import Normalizer
from bot.components.overrides import CertainIntents
from bot.components.tokenizer import ChineseTokenizer
from zhtext.slots import SLOTS

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
        "module": "数据导入",
        "phenomenon": "Win10 上 3.2 版导入报 error 403",
    }
    assert all(text[entity["start"] : entity["end"]] for entity in found.values())
    assert text[found["error_code"]["start"] : found["error_code"]["end"]] == "error 403"
    assert message.get("codes") == [{"text": "error 403", "canonical": "ERROR_403", "codes": ["ERROR_403"]}]


def test_what_is_quoted_is_in_the_writers_own_script(make: Make, process: Process, tmp_path: Path) -> None:
    written = "今天上午開始，每次匯出清單都失敗，所有人都這樣"
    message = process(make(Normalizer), written)

    make(CodeAndSlotExtractor, index=str(tmp_path)).process([message])

    said = {entity["entity"]: entity["value"] for entity in message.get(ENTITIES)}
    assert {name: said[name] for name in ("when", "frequency", "scope", "module")} == {
        "when": "今天上午",
        "frequency": "每次",
        "scope": "all",
        "module": "数据导出",
    }
    assert said["phenomenon"] in written
    assert "匯出清單" in said["phenomenon"]


def test_every_entity_is_one_of_the_domain(make: Make, process: Process, tmp_path: Path) -> None:
    domain = Path(__file__).parents[2] / "bot" / "domain" / "intents.yml"
    known = yaml.safe_load(domain.read_text(encoding="utf-8"))["entities"]

    assert {*SLOTS, "error_code"} == set(known)


def test_an_engine_knows_the_codes_of_the_index_it_was_started_for(
    make: Make, process: Process, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(tmp_path / "own", "b1", ["ERROR_403"])
    published(tmp_path / "other", "b1", ["E1001"])
    monkeypatch.setenv("GONGDA_INDEX", str(tmp_path / "own"))

    message = process(make(CodeAndSlotExtractor, index=str(tmp_path / "other")), "403错误")

    assert [code["canonical"] for code in message.get("codes")] == ["ERROR_403"]


def test_entities_found_before_are_kept(make: Make, process: Process, tmp_path: Path) -> None:
    before = {"entity": "colour", "value": "红", "start": 0, "end": 2}

    message = process(make(CodeAndSlotExtractor, index=str(tmp_path)), "E1001 是什么意思", entities=[before])

    assert [entity["entity"] for entity in message.get(ENTITIES)] == ["colour", "error_code"]


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

TRAINED = [
    "request_human", "cancel_human", "callback_request", "complaint", "remote_onsite_service",
    "ticket_create", "ticket_status", "ticket_urge", "ticket_close",
    "error_code_query", "cost_budget", "approval_flow", "login_failure", "crash",
    "data_loss_recovery", "network_offline", "feedback_helpful", "feedback_unhelpful",
]  # fmt: skip


def entity(name: str) -> dict[str, Any]:
    return {"entity": name, "value": "x", "start": 0, "end": 1}


def read(*flags: str, priority: str | None = None, category: str = "other", sure: float = 0.9) -> dict[str, Any]:
    """What the situation model says."""
    said = {name: name in flags for name in ("negative", "complaint", "wants_human")}
    return {"situation": {**said, "priority": priority, "category": category, "scores": {"priority": sure}}}


def trained(component: Any, intents: list[str]) -> Any:
    component.train(TrainingData([Message({TEXT: intent, INTENT: intent}) for intent in intents]))
    return component


def decide(process: Process, component: Any) -> Callable[..., str]:
    def decided(text: str, intent: str, confidence: float = 0.9, *entities: str, **data: Any) -> str:
        found = {"name": intent, "confidence": confidence}
        carried = {"intent": found, "entities": [entity(name) for name in entities], **data}
        return str(process(component, text, **carried).get(INTENT)["name"])

    return decided


@pytest.fixture
def certain(make: Make, process: Process) -> Callable[..., str]:
    """The intent after the certainties."""
    return decide(process, trained(make(CertainIntents), TRAINED))


@pytest.fixture
def foreign(make: Make, process: Process) -> Callable[..., str]:
    """The same, trained on data that has none of our intents."""
    return decide(process, trained(make(CertainIntents), ["play_music", "set_alarm"]))


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


@pytest.mark.parametrize(("intent", "confidence"), [(OUT_OF_SCOPE, 0.9), ("login_failure", 0.3), ("provide_info", 0.9)])
def test_a_code_is_a_question_about_it_where_nothing_clear_is_asked_beside_it(
    certain: Callable[..., str], intent: str, confidence: float
) -> None:
    assert certain("报 E1001", intent, confidence, "error_code") == "error_code_query"


@pytest.mark.parametrize("intent", ["login_failure", "complaint", "request_human", "callback_request"])
def test_what_is_clearly_asked_beside_a_code_counts(certain: Callable[..., str], intent: str) -> None:
    assert certain("报 E1001", intent, 0.9, "error_code") == intent


@pytest.mark.parametrize(("tickets", "intent"), [(0, "error_code_query"), (1, "ticket_urge"), (None, "ticket_urge")])
def test_nobody_hurries_a_ticket_that_is_not_there(
    certain: Callable[..., str], tickets: int | None, intent: str
) -> None:
    turn = {} if tickets is None else {"open_tickets": tickets}

    assert certain("急急急,报 E1001", "ticket_urge", 0.9, "error_code", metadata=turn) == intent


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


def test_a_wish_only_the_situation_model_hears_counts(certain: Callable[..., str]) -> None:
    assert certain("能不能来个懂行的跟我说", "login_failure", **read("wants_human")) == "request_human"
    assert certain("能不能来个懂行的跟我说", "login_failure", **read()) == "login_failure"


@pytest.mark.parametrize("intent", ["callback_request", "complaint", "ticket_create", "remote_onsite_service"])
def test_who_asks_for_people_in_another_way_is_served_in_that_way(certain: Callable[..., str], intent: str) -> None:
    assert certain("让你们的人给我回个电话", intent, **read("wants_human", "negative")) == intent


RANKING = {
    "intent_ranking": [
        {"name": "request_human", "confidence": 0.5},
        {"name": "complaint", "confidence": 0.3},
        {"name": "cancel_human", "confidence": 0.2},
        {"name": "cost_budget", "confidence": 0.1},
    ]
}


def test_labour_cost_is_no_wish_where_the_situation_model_hears_none(certain: Callable[..., str]) -> None:
    assert certain("人工费怎么录入", "request_human", 0.5, **read(), **RANKING) == "cost_budget"
    assert certain("人工费怎么录入", "request_human", 0.5, **read("wants_human"), **RANKING) == "request_human"


@pytest.mark.parametrize(
    ("flags", "intent"), [((), "cost_budget"), (("negative",), "complaint"), (("complaint",), "complaint")]
)
def test_a_complaint_has_to_sound_like_one(certain: Callable[..., str], flags: tuple[str, ...], intent: str) -> None:
    assert certain("投诉台账怎么导出", "complaint", 0.5, **read(*flags), **RANKING) == intent


def test_without_a_second_guess_or_a_situation_the_intents_are_believed(certain: Callable[..., str]) -> None:
    assert certain("人工费怎么录入", "request_human", 0.5, **read()) == "request_human"
    assert certain("人工费怎么录入", "request_human", 0.5, **RANKING) == "request_human"


@pytest.mark.parametrize(
    ("category", "intent"),
    [
        ("data_loss", "data_loss_recovery"),
        ("network", "network_offline"),
        ("login", "login_failure"),
        ("other", "crash"),
    ],
)
def test_a_disaster_is_no_small_talk(certain: Callable[..., str], category: str, intent: str) -> None:
    told = "全公司都打不开,没有一个人能用"

    assert certain(told, "feedback_unhelpful", **read(priority="P1", category=category)) == intent
    assert certain(told, "ticket_urge", **read(priority="P1", category=category)) == intent


@pytest.mark.parametrize("more", [{"priority": "P1", "sure": 0.4}, {"priority": "P2"}, {"priority": None}])
def test_a_guess_at_a_disaster_and_lesser_trouble_change_nothing(
    certain: Callable[..., str], more: dict[str, Any]
) -> None:
    assert certain("没用", "feedback_unhelpful", **read(**more)) == "feedback_unhelpful"


def test_a_question_in_a_disaster_keeps_its_topic(certain: Callable[..., str]) -> None:
    assert certain("全公司的审批都卡住了", "approval_flow", **read(priority="P1", category="crash")) == "approval_flow"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("没有帮助", "feedback_unhelpful"),
        ("不管用", "feedback_unhelpful"),
        ("有帮助", "feedback_helpful"),
        ("我没用过", "feedback_helpful"),
    ],
)
def test_of_no_help_shares_its_words_with_of_help(certain: Callable[..., str], text: str, intent: str) -> None:
    assert certain(text, "feedback_helpful") == intent


@pytest.mark.parametrize(
    ("text", "entities"), [("转人工", ()), ("取消人工", ()), ("报 E1001", ("error_code",)), ("查", ("ticket_number",))]
)
def test_on_other_peoples_data_nothing_is_certain(
    foreign: Callable[..., str], text: str, entities: tuple[str, ...]
) -> None:
    assert foreign(text, "play_music", 0.3, *entities, **read("wants_human", priority="P1")) == "play_music"


def test_untrained_it_invents_no_intent(make: Make, process: Process) -> None:
    assert decide(process, make(CertainIntents))("转人工", "approval_flow") == "approval_flow"


def test_the_intents_it_may_choose_are_kept_with_the_model(
    make: Make, process: Process, storage: LocalModelStorage
) -> None:
    trained(make(CertainIntents), TRAINED)

    again = CertainIntents.load({}, storage, Resource("component"), ExecutionContext(GraphSchema({})))

    assert decide(process, again)("转人工", "approval_flow") == "request_human"
